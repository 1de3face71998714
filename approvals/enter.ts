/** The first session inside an approved access ticket makes it one in use. */
import { nextTicketState, type PersonId, type SessionId, type TicketId } from '../policy/index.ts';
import { appendAuditEvent } from '../recorder/index.ts';
import type { ApprovalsDeps } from './model.ts';
import { lockTicket, moveTicket } from './queries.ts';

/** Notes that a session was let in by the ticket; a ticket that has ended meanwhile stays as it is. */
export async function noteEntered(
  { database, clock }: Pick<ApprovalsDeps, 'database' | 'clock'>,
  entered: { readonly ticket: TicketId; readonly session: SessionId; readonly person: PersonId },
): Promise<void> {
  await database.inTransaction(async (tx) => {
    const ticket = await lockTicket(tx, entered.ticket);
    if (ticket?.kind !== 'access' || ticket.state !== 'approved') return;
    const to = nextTicketState('access', ticket.state, 'redeem');
    await moveTicket(tx, ticket.id, { from: ticket.state, to }, clock.now());
    await appendAuditEvent(tx, clock, {
      type: 'ticket.entered',
      actor: entered.person,
      session: entered.session,
      ticket: ticket.id,
      body: {},
    });
  });
}
