/** Somebody leaves: everything they have ends in one transaction, and what they did stays. */
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { PersonId, Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { lockPersonRow, updateDeactivated } from '../persons/queries.ts';
import { requireUnlocked } from '../persons/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import { endEverythingOf } from './end.ts';

/**
 * Deactivates the person and ends sign-ins, live sessions (on every gateway, within a second), keys, certificates,
 * grants, substitutes and tickets. By security officers and administrators; nobody says it of themselves.
 * @throws {GatewayError} `not_permitted`, `not_found`, `request_invalid`, `person_locked`.
 */
export async function leavePerson(
  deps: IdentityDeps,
  principal: Principal,
  { personId, reason: given }: { personId: PersonId; reason: string },
): Promise<void> {
  const reason = given.trim();
  if (reason === '' || reason.length > LIMITS.reasonCharactersMax || reason.includes('\0')) {
    throw new GatewayError('request_invalid', 'Say why: the end of a contract, a move.');
  }
  const at = deps.clock.now();
  await deps.database.inTransaction(async (tx) => {
    const actor = await requireUnlocked(tx, principal.person.id);
    const keeper = actor.roles.includes('security_officer') || actor.roles.includes('administrator');
    if (!keeper || actor.id === personId) throw new GatewayError('not_permitted');
    if ((await lockPersonRow(tx, personId)) === undefined) throw new GatewayError('not_found');
    await updateDeactivated(tx, personId, at);
    const ended = await endEverythingOf(tx, deps.clock, { person: personId, actor: actor.id, reason });
    await appendAuditEvent(tx, deps.clock, {
      type: 'person.left',
      actor: actor.id,
      body: { person: personId, reason, ended },
    });
  });
}
