import type { Role } from './model.ts';

/**
 * What can be locked. A `company` is an employer; a `key` is an SSH key, enrolled or of `sekisho login`; a `device` is
 * the address or network it comes from.
 */
export const LOCK_KINDS = ['person', 'company', 'key', 'device', 'target', 'system', 'ticket'] as const;
export type LockKind = (typeof LOCK_KINDS)[number];

const OF_OWNERS: readonly LockKind[] = ['system', 'target', 'ticket'];
const OF_ADMINISTRATORS: readonly LockKind[] = ['person', 'key', 'device'];

export interface LockFacts {
  readonly kind: LockKind;
  readonly roles: readonly Role[];
  /** The actor owns the system that the thing belongs to. */
  readonly owned: boolean;
  /** The lock is, or would be, one on the actor: their person, company, key or ticket, or where they come from. */
  readonly own: boolean;
}

/**
 * Whether somebody may lock this, or lift the lock. Security officers do so with everything, administrators with
 * people, keys and devices, owners with what is theirs; nobody with what stands on themselves, whatever their role.
 */
export function mayLock({ kind, roles, owned, own }: LockFacts): boolean {
  if (own) return false;
  if (roles.includes('security_officer')) return true;
  if (roles.includes('administrator') && OF_ADMINISTRATORS.includes(kind)) return true;
  return roles.includes('owner') && owned && OF_OWNERS.includes(kind);
}

/** The kinds of which this person may lock at least some, for showing only. */
export function lockableKinds(roles: readonly Role[]): readonly LockKind[] {
  return LOCK_KINDS.filter((kind) => mayLock({ kind, roles, owned: true, own: false }));
}
