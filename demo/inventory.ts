import type { Clock } from '../foundation/index.ts';
import { systemClock } from '../foundation/index.ts';
import type { InventoryInput } from '../identity/index.ts';
import { CUSTOMER_COUNT, ORDER_COUNT } from './customers/rows.ts';
import { DEMO_PEOPLE } from './people.ts';
import type { DemoTarget } from './target/server.ts';

const SYSTEM = 'crm';
const RECEIVING_SYSTEM = 'billing';
/** The systems that come to the relay by a key of their own. */
export const RELAYED = [SYSTEM, RECEIVING_SYSTEM] as const;
const TARGET = 'crm-db';
/** The same customers in a browser. */
export const SITE = 'crm-admin';
const GRANT_DAYS = 90;
const CONTRACT_DAYS = 180;
const DAY_MS = 86_400_000;

/** Small enough that paging meets it while somebody watches; nobody is asked in between (`softRatio` 1). */
const SMALL_BUDGET = { persons: { command: 50, session: 50 }, softRatio: 1 };

/**
 * What the demonstration announces: the seven people, the customer system that Tanaka answers for, its one target, what
 * must not leave it unasked, an account with a grant of 90 days for each of the two maintainers, and a second system
 * that Mori answers for alone, to hand something over to.
 */
export function demoInventory(options: {
  readonly issuer: string;
  readonly target: Pick<DemoTarget, 'host' | 'port' | 'hostKey' | 'customersDirectory'>;
  /** Left out where no site is served. */
  readonly site?: { readonly host: string; readonly port: number } | undefined;
  /** The key of each system that comes to the relay, `ssh-ed25519 AAAA…`; none are announced without it. */
  readonly relayKeys?: Readonly<Record<(typeof RELAYED)[number], string>>;
  readonly clock?: Clock;
}): InventoryInput {
  const { issuer, relayKeys, site, target, clock = systemClock } = options;
  const inDays = (days: number): Date => new Date(clock.now().getTime() + days * DAY_MS);
  const maintainers = DEMO_PEOPLE.filter(({ roles }) => roles.includes('maintainer'));
  const onSite = site === undefined ? [] : maintainers;
  return {
    issuer,
    people: DEMO_PEOPLE.map((person) => ({
      ...person,
      roles: [...person.roles],
      contractEndsAt: person.subject === 'chen' ? inDays(CONTRACT_DAYS) : null,
      sponsor: person.subject === 'chen' ? 'tanaka' : null,
    })),
    systems: [
      {
        name: SYSTEM,
        titleEn: 'Customer management',
        titleJa: '顧客管理システム',
        owners: ['tanaka'],
        risk: SMALL_BUDGET,
        relay: relayOf(SYSTEM, relayKeys),
        assets: [
          { kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: CUSTOMER_COUNT },
          { kind: 'table', name: 'crm.orders', dataClass: 'personal', recordCount: ORDER_COUNT },
          { kind: 'path', name: target.customersDirectory, dataClass: 'personal', recordCount: CUSTOMER_COUNT },
        ],
      },
      {
        ...{ name: RECEIVING_SYSTEM, titleEn: 'Billing', titleJa: '請求システム', owners: ['mori'] },
        relay: relayOf(RECEIVING_SYSTEM, relayKeys),
      },
    ],
    targets: [
      {
        name: TARGET,
        system: SYSTEM,
        host: target.host,
        port: target.port,
        hostKey: target.hostKey,
        mode: 'guarded-line',
      },
      ...(site === undefined ? [] : [siteOf(site)]),
    ],
    accounts: [
      ...maintainers.map(({ subject }) => ({ target: TARGET, person: subject, account: subject })),
      ...onSite.map(({ subject }) => ({ target: SITE, person: subject, account: subject })),
    ],
    grants: grantsOf(maintainers, onSite, inDays(GRANT_DAYS)),
  };
}

function siteOf({ host, port }: { readonly host: string; readonly port: number }) {
  return {
    ...{ name: SITE, system: SYSTEM, host, port, mode: 'guarded-web' as const },
    web: { scheme: 'http' as const, banner: true },
  };
}

function relayOf(name: (typeof RELAYED)[number], keys: Readonly<Record<typeof name, string>> | undefined) {
  return keys === undefined ? [] : [{ name: `${name}-batch`, publicKey: keys[name], sources: ['127.0.0.0/8'] }];
}

type People = typeof DEMO_PEOPLE;

function grantsOf(maintainers: People, onSite: People, expiresAt: Date) {
  return [
    ...maintainers.map(({ subject }) => ({
      target: TARGET,
      person: subject,
      actions:
        subject === 'aoki'
          ? (['shell', 'exec', 'upload', 'download'] as const).slice()
          : (['shell', 'exec'] as const).slice(),
      expiresAt,
    })),
    ...onSite.map(({ subject }) => ({
      target: SITE,
      person: subject,
      actions: (['web'] as const).slice(),
      expiresAt,
    })),
  ];
}
