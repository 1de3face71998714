/** Somebody leaves: everything they have ends in one transaction, and what they did stays. */
import { type Clock, GatewayError, LIMITS, type Transaction } from '../../foundation/index.ts';
import { type PersonId, type Principal, ticketStep } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { lockPersonRow, updateDeactivated } from '../persons/queries.ts';
import { requireUnlocked } from '../persons/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import { endAccess, lockOpenTickets, moveTicket } from './queries.ts';

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
    const tickets = await endTickets(tx, deps.clock, { person: personId, actor: actor.id, reason });
    const ended = { ...(await endAccess(tx, personId, at)), tickets };
    await appendAuditEvent(tx, deps.clock, {
      type: 'person.left',
      actor: actor.id,
      body: { person: personId, reason, ended },
    });
  });
}

/** What waits is withdrawn, what was approved is revoked, an emergency falls due for its review. */
async function endTickets(
  tx: Transaction,
  clock: Clock,
  { person, actor, reason }: { person: PersonId; actor: PersonId; reason: string },
): Promise<number> {
  const open = await lockOpenTickets(tx, person);
  for (const { id, kind, state } of open) {
    const withdrawn = ticketStep(kind, state, 'withdraw');
    // The use of an export that goes on ends with its session, and its result is kept then.
    const to = withdrawn ?? ticketStep(kind, state, 'revoke');
    if (to === undefined) continue;
    await moveTicket(tx, id, to, clock.now());
    await appendAuditEvent(
      tx,
      clock,
      withdrawn === undefined
        ? { type: 'ticket.revoked', actor, ticket: id, body: { reason } }
        : { type: 'ticket.withdrawn', actor, ticket: id, body: {} },
    );
  }
  return open.length;
}
