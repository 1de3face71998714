/** What the gateway is told of the world's servers. */
import type { InventoryInput } from '../../identity/index.ts';

export interface InventoryTarget {
  readonly name: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  readonly mode: 'recorded' | 'guarded-line';
}

/** Login of a maintainer → the account that is theirs on every target. */
export type Accounts = Readonly<Record<string, string>>;

/** Something that may not leave unasked, so that the gate has something to guard. */
const assets: InventoryInput['systems'][number]['assets'] = [
  { kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: 10 },
];

export function inventory(issuer: string, targets: readonly InventoryTarget[], accounts: Accounts): InventoryInput {
  const each = targets.flatMap(({ name }) =>
    Object.entries(accounts).map(([person, account]) => ({ target: name, person, account })),
  );
  const actions: InventoryInput['grants'][number]['actions'] = ['shell', 'exec', 'upload', 'download'];
  return {
    issuer,
    people: [],
    systems: [{ name: 'bench', titleEn: 'Bench', titleJa: '計測', owners: ['tanaka'], assets }],
    targets: targets.map((target) => ({ ...target, system: 'bench', host: '127.0.0.1' })),
    accounts: each,
    grants: each.map(({ target, person }) => ({
      ...{ target, person, actions },
      expiresAt: new Date(Date.now() + 7 * 86_400_000).toISOString(),
    })),
  };
}
