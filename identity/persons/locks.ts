import { GatewayError, LIMITS, newUuid, type Transaction } from '../../foundation/index.ts';
import type { Person, PersonId, Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import { findPerson, insertLock, liftLock, standingOf } from './queries.ts';

/**
 * Locks a person: no sign-in, no new session, and every gateway ends the live ones. A second lock changes nothing.
 * @throws {GatewayError} `not_permitted` (the role is missing, or it is oneself), `not_found`, `request_invalid`.
 */
export async function lockPerson(
  deps: IdentityDeps,
  principal: Principal,
  { personId, reason }: { personId: PersonId; reason: string },
): Promise<void> {
  const given = reason.trim();
  if (given === '' || given.length > LIMITS.reasonCharactersMax || given.includes('\0')) {
    throw new GatewayError('request_invalid', 'A lock needs a reason.');
  }
  await deps.database.inTransaction(async (tx) => {
    const actor = await requireKeeper(tx, principal);
    if (actor.id === personId) throw new GatewayError('not_permitted', 'Nobody locks themselves.');
    if ((await findPerson(tx, personId)) === undefined) throw new GatewayError('not_found');
    const at = deps.clock.now();
    const lock = { id: newUuid(at), personId, reason: given, lockedBy: actor.id, at };
    if ((await insertLock(tx, lock)) === 0) return;
    await appendAuditEvent(tx, deps.clock, {
      type: 'person.locked',
      actor: actor.id,
      body: { person: personId, reason: given },
    });
  });
}

/**
 * Lifts the lock of a person; nothing happens when none stands.
 * @throws {GatewayError} `not_permitted` (the role is missing, or it is oneself), `person_locked`, `not_found`.
 */
export async function unlockPerson(deps: IdentityDeps, principal: Principal, personId: PersonId): Promise<void> {
  await deps.database.inTransaction(async (tx) => {
    const actor = await requireKeeper(tx, principal);
    if (actor.id === personId) throw new GatewayError('not_permitted', 'Nobody unlocks themselves.');
    if ((await findPerson(tx, personId)) === undefined) throw new GatewayError('not_found');
    if ((await liftLock(tx, { personId, liftedBy: actor.id, at: deps.clock.now() })) === 0) return;
    await appendAuditEvent(tx, deps.clock, { type: 'person.unlocked', actor: actor.id, body: { person: personId } });
  });
}

/**
 * The person as the database knows them now, not as the request remembers them.
 * @throws {GatewayError} `person_locked`, `person_deactivated`
 */
export async function requireUnlocked(tx: Transaction, id: PersonId): Promise<Person> {
  const person = await findPerson(tx, id);
  if (person === undefined) throw new GatewayError('not_authenticated');
  const standing = await standingOf(tx, id);
  if (standing !== 'in_force') throw new GatewayError(`person_${standing}`);
  return person;
}

async function requireKeeper(tx: Transaction, principal: Principal): Promise<Person> {
  const person = await requireUnlocked(tx, principal.person.id);
  if (!person.roles.includes('security_officer') && !person.roles.includes('administrator')) {
    throw new GatewayError('not_permitted');
  }
  return person;
}
