import type { Clock } from '../foundation/index.ts';
import { systemClock } from '../foundation/index.ts';
import type { InventoryInput } from '../identity/index.ts';
import { CUSTOMER_COUNT, ORDER_COUNT } from './customers/rows.ts';
import { DEMO_PEOPLE } from './people.ts';
import type { DemoTarget } from './target/server.ts';

const SYSTEM = 'crm';
const RECEIVING_SYSTEM = 'billing';
const TARGET = 'crm-db';
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
  readonly clock?: Clock;
}): InventoryInput {
  const { issuer, target, clock = systemClock } = options;
  const inDays = (days: number): Date => new Date(clock.now().getTime() + days * DAY_MS);
  const maintainers = DEMO_PEOPLE.filter(({ roles }) => roles.includes('maintainer'));
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
        assets: [
          { kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: CUSTOMER_COUNT },
          { kind: 'table', name: 'crm.orders', dataClass: 'personal', recordCount: ORDER_COUNT },
          { kind: 'path', name: target.customersDirectory, dataClass: 'personal', recordCount: CUSTOMER_COUNT },
        ],
      },
      { name: RECEIVING_SYSTEM, titleEn: 'Billing', titleJa: '請求システム', owners: ['mori'] },
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
    ],
    accounts: maintainers.map(({ subject }) => ({ target: TARGET, person: subject, account: subject })),
    grants: maintainers.map(({ subject }) => ({
      target: TARGET,
      person: subject,
      actions: subject === 'aoki' ? ['shell', 'exec', 'upload', 'download'] : ['shell', 'exec'],
      expiresAt: inDays(GRANT_DAYS),
    })),
  };
}
