/** What must follow a committed change: a row beside the change, moved to the queue after the commit. */
import { z } from 'zod';
import { type Clock, type JobKind, type JobQueues, newUuid, type Transaction } from '../foundation/index.ts';
import type { ApprovalsDeps } from './model.ts';
import { deleteDispatchedBefore, insertOutbox, markDispatched, waitingOutbox } from './notifications/queries.ts';
import { ticketId, ticketState } from './schemas.ts';

const TOPICS = [
  'ticket.requested',
  'ticket.decided',
  'ticket.completed',
  'emergency.started',
  'emergency.overdue',
  'ticket.deviates',
  'ticket.waiting',
] as const;
export type Topic = (typeof TOPICS)[number];

/** NOTIFY channel of new outbox rows; main listens on it and calls `dispatchOutbox`. */
export const OUTBOX_CHANNEL = 'sekisho_outbox';

/** Whom a reminder reaches; left out: whoever its topic concerns. */
const to = z.enum(['owners', 'requester', 'substitutes', 'second_line']).optional();
export const OutboxPayload = z.strictObject({ ticket: ticketId, state: ticketState, to });
export type OutboxPayload = z.output<typeof OutboxPayload>;

export const TICKET_NEWS: JobKind<TicketNews> = {
  name: 'ticket-news',
  payload: z.strictObject({ outbox: z.uuid(), topic: z.enum(TOPICS), ticket: ticketId, state: ticketState, to }),
};
export interface TicketNews extends OutboxPayload {
  readonly outbox: string;
  readonly topic: Topic;
}

const BATCH_ROWS = 100;
const KEPT_MS = 7 * 24 * 3_600_000;

/** Adds news of a ticket, in the transaction that makes it true. */
export async function publish(tx: Transaction, clock: Clock, topic: Topic, news: OutboxPayload): Promise<void> {
  const now = clock.now();
  await insertOutbox(tx, { id: newUuid(now), topic, payload: news, now });
}

/**
 * Moves waiting rows to the queue, oldest first; a job's id is its row's id, so a crash between the two steps or two
 * dispatchers at once add nothing twice. @returns how many rows were moved.
 */
export async function dispatchOutbox({
  database,
  clock,
  queues,
}: ApprovalsDeps & { readonly queues: JobQueues }): Promise<number> {
  let moved = 0;
  for (;;) {
    const rows = await waitingOutbox(database, BATCH_ROWS);
    for (const { id, topic, payload } of rows) {
      const news = OutboxPayload.parse(payload);
      await queues.add(TICKET_NEWS, { outbox: id, topic: z.enum(TOPICS).parse(topic), ...news }, { id });
      await markDispatched(database, id, clock.now());
    }
    moved += rows.length;
    if (rows.length < BATCH_ROWS) break;
  }
  if (moved > 0) await deleteDispatchedBefore(database, new Date(clock.now().getTime() - KEPT_MS));
  return moved;
}
