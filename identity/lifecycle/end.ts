/** The one road on which everything ends that somebody has: they left, their provider says so, or their contract is over. */
import type { Clock, Transaction } from '../../foundation/index.ts';
import { type PersonId, ticketStep } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { endAccess, lockOpenTickets, moveTicket } from './queries.ts';

export interface Ending {
  readonly person: PersonId;
  /** Null: the gateway itself. */
  readonly actor: PersonId | null;
  /** As their tickets say why they ended. */
  readonly reason: string;
}

/** How many of each ended, as the audit event tells. */
export type Ended = Awaited<ReturnType<typeof endEverythingOf>>;

/**
 * Ends sign-ins, certificates, keys, grants, substitutes and tickets. Live sessions end with the keys and sign-ins they
 * began with, on every gateway within a second: the triggers of those tables tell.
 */
export async function endEverythingOf(tx: Transaction, clock: Clock, ending: Ending) {
  const tickets = await endTickets(tx, clock, ending);
  return { ...(await endAccess(tx, ending.person, clock.now())), tickets };
}

/** What waits is withdrawn, what was approved is revoked, an emergency falls due for its review. */
async function endTickets(tx: Transaction, clock: Clock, { person, actor, reason }: Ending): Promise<number> {
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
