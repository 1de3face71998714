/** The use of a transfer ticket, in the transaction of what it is used for. */
import { type Clock, GatewayError, type Transaction } from '../../foundation/index.ts';
import { nextTicketState, type TicketId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { publish } from '../outbox.ts';
import { lockTicket, moveTicket } from '../queries.ts';

/**
 * From approved to in use; one that is in use already stays so, for a parcel that was not taken whole is taken again.
 * @throws {GatewayError} `ticket_unusable` when it is no transfer, is not approved, or its time is not now.
 */
export async function beginTransfer(
  tx: Transaction,
  clock: Clock,
  { ticket: id, parcel }: { readonly ticket: TicketId; readonly parcel: number | null },
): Promise<void> {
  const now = clock.now();
  const ticket = await lockTicket(tx, id);
  const isNow = ticket !== undefined && ticket.notBefore <= now && now < ticket.notAfter;
  if (ticket?.kind !== 'transfer' || !isNow) throw new GatewayError('ticket_unusable');
  if (ticket.state === 'in_use') return;
  if (ticket.state !== 'approved') throw new GatewayError('ticket_unusable');
  await moveTicket(tx, id, { from: ticket.state, to: nextTicketState('transfer', ticket.state, 'redeem') }, now);
  await appendAuditEvent(tx, clock, { type: 'transfer.begun', actor: null, ticket: id, body: { parcel } });
}

/** Ends it; one that is not in use, or none at all, is left as it is. */
export async function endTransfer(
  tx: Transaction,
  clock: Clock,
  ended: { readonly ticket: TicketId; readonly parcel: number | null; readonly outcome: 'completed' | 'aborted' },
): Promise<void> {
  const { ticket: id, parcel, outcome } = ended;
  const ticket = await lockTicket(tx, id);
  if (ticket?.kind !== 'transfer' || ticket.state !== 'in_use') return;
  const to = nextTicketState('transfer', ticket.state, outcome === 'completed' ? 'complete' : 'abort');
  await moveTicket(tx, id, { from: ticket.state, to }, clock.now());
  await appendAuditEvent(tx, clock, { type: 'transfer.ended', actor: null, ticket: id, body: { parcel, outcome } });
  await publish(tx, clock, 'ticket.completed', { ticket: id, state: to });
}
