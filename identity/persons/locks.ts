/** The lock of a person, by the person's id. */
import { GatewayError } from '../../foundation/index.ts';
import type { PersonId, Principal } from '../../policy/index.ts';
import { liftLock, placeLock } from '../locks/locks.ts';
import type { IdentityDeps } from '../rows.ts';
import { findPerson, lockIdOf } from './queries.ts';
import { requireUnlocked } from './standing.ts';

/**
 * Locks a person: no sign-in, no new session, and every gateway ends the live ones. A second lock changes nothing.
 * @throws {GatewayError} `not_permitted` (the role is missing, or it is oneself), `not_found`, `request_invalid`.
 */
export function lockPerson(
  deps: IdentityDeps,
  principal: Principal,
  { personId, reason, until = null }: { personId: PersonId; reason: string; until?: Date | null },
): Promise<void> {
  return placeLock(deps, principal, { kind: 'person', subject: personId, reason, until });
}

/**
 * Lifts the lock of a person; nothing happens when none stands.
 * @throws {GatewayError} `not_permitted` (the role is missing, or it is oneself), `person_locked`, `not_found`.
 */
export async function unlockPerson(deps: IdentityDeps, principal: Principal, personId: PersonId): Promise<void> {
  const id = await deps.database.inTransaction(async (tx) => {
    const { id: actor, roles } = await requireUnlocked(tx, principal.person.id);
    const keeper = roles.includes('security_officer') || roles.includes('administrator');
    if (!keeper || actor === personId) throw new GatewayError('not_permitted');
    if ((await findPerson(tx, personId)) === undefined) throw new GatewayError('not_found');
    return lockIdOf(tx, personId);
  });
  if (id !== undefined) await liftLock(deps, principal, id);
}
