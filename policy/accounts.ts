/** The accounts that exist on a target beside the ones that are known: whose they are, and which are nobody's. Pure. */

export interface ExistingAccount {
  readonly name: string;
  readonly uid: number;
  /** The program it begins with; an account without one, or with one that ends at once, lets nobody in. */
  readonly shell: string;
  /** As the target's own book says; null: never, or it keeps none. */
  readonly lastLoginAt: Date | null;
}

export interface KnownAccount {
  readonly name: string;
  readonly person: string;
  /** The person left, or their contract is over. */
  readonly left: boolean;
  /** Their last session here through the gateway. */
  readonly lastSessionAt: Date | null;
  readonly since: Date;
}

export const ACCOUNT_FINDINGS = ['unknown', 'shared', 'left', 'dormant', 'missing'] as const;
export interface AccountFinding {
  readonly kind: (typeof ACCOUNT_FINDINGS)[number];
  readonly account: string;
  /** Whose it is, or with whom it shares; '' where nobody is known. */
  readonly about: string;
}

/** Days without a sign-in after which an account is dormant. */
const DORMANT_DAYS = 90;
const DAY_MS = 86_400_000;
/** Below it are the system's own accounts, on every usual distribution. */
const FIRST_UID = 1_000;
const NOBODY_UID = 65_534;
const NO_ENTRY = /(^$|\/(nologin|false|sync|shutdown|halt)$)/;

/**
 * `unknown`: somebody could sign in to it and nobody is known for it. `shared`: two names are one account to the system
 * (the same user id). `left`, `dormant`: it is known, and its person has gone or has not been there. `missing`: it is
 * known and not there. Root itself is the system's; what else has its user id is not.
 */
export function compareAccounts(
  existing: readonly ExistingAccount[],
  known: readonly KnownAccount[],
  { inspectAs, now }: { readonly inspectAs: string; readonly now: Date },
): readonly AccountFinding[] {
  const people = existing.filter((account) => isSomebodys(account));
  const knownBy = new Map(known.map((account) => [account.name, account]));
  const findings = people.flatMap((account): AccountFinding[] => {
    const owner = knownBy.get(account.name);
    const twins = existing.filter(({ uid, name }) => uid === account.uid && name !== account.name);
    const found: AccountFinding[] = [];
    if (owner === undefined && account.name !== inspectAs) found.push(finding('unknown', account.name, ''));
    if (twins.length > 0) found.push(finding('shared', account.name, twins.map(({ name }) => name).join(', ')));
    if (owner?.left === true) found.push(finding('left', account.name, owner.person));
    else if (owner !== undefined && isDormant(account, owner, now)) {
      found.push(finding('dormant', account.name, owner.person));
    }
    return found;
  });
  const there = new Set(existing.map(({ name }) => name));
  const missing = known
    .filter(({ name }) => !there.has(name))
    .map(({ name, person }) => finding('missing', name, person));
  return ACCOUNT_FINDINGS.flatMap((kind) => [...findings, ...missing].filter((one) => one.kind === kind));
}

function isSomebodys({ name, uid, shell }: ExistingAccount): boolean {
  if (NO_ENTRY.test(shell) || uid === NOBODY_UID) return false;
  return uid >= FIRST_UID || (uid === 0 && name !== 'root');
}

function isDormant({ lastLoginAt }: ExistingAccount, { lastSessionAt, since }: KnownAccount, now: Date): boolean {
  const last = Math.max(since.getTime(), lastLoginAt?.getTime() ?? 0, lastSessionAt?.getTime() ?? 0);
  return now.getTime() - last > DORMANT_DAYS * DAY_MS;
}

function finding(kind: AccountFinding['kind'], account: string, about: string): AccountFinding {
  return { kind, account, about };
}
