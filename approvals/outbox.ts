/** What must follow a committed change: a row beside the change, moved to the queue after the commit. */
import { z } from 'zod';
import { type Clock, type JobKind, type JobQueues, newUuid, type Transaction } from '../foundation/index.ts';
import { AUDIENCES, TICKET_TOPICS } from './delivery/model.ts';
import type { ApprovalsDeps } from './model.ts';
import { deleteDoneBefore, insertOutbox, markDispatched, openOutbox } from './notifications/queries.ts';
import { ticketId, ticketState } from './schemas.ts';

export type Topic = (typeof TICKET_TOPICS)[number];

/** NOTIFY channel of new outbox rows; main listens on it and calls `dispatchOutbox`. */
export const OUTBOX_CHANNEL = 'sekisho_outbox';

/** Whom a reminder reaches; left out: whoever its topic concerns. */
const to = z.enum(AUDIENCES).optional();
export const OutboxPayload = z.strictObject({ ticket: ticketId, state: ticketState, to });
export type OutboxPayload = z.output<typeof OutboxPayload>;

export const TICKET_NEWS: JobKind<TicketNews> = {
  name: 'ticket-news',
  payload: z.strictObject({ outbox: z.uuid(), topic: z.enum(TICKET_TOPICS), ticket: ticketId, state: ticketState, to }),
};
export interface TicketNews extends OutboxPayload {
  readonly outbox: string;
  readonly topic: Topic;
}

const BATCH_ROWS = 100;
const KEPT_MS = 7 * 24 * 3_600_000;
/** What was handed over so long ago and is not done was lost on the way: a queue may forget. */
const LOST_AFTER_MS = 5 * 60_000;

/** Adds news of a ticket, in the transaction that makes it true. */
export async function publish(tx: Transaction, clock: Clock, topic: Topic, news: OutboxPayload): Promise<void> {
  const now = clock.now();
  await insertOutbox(tx, { id: newUuid(now), topic, payload: news, now });
}

/**
 * Moves waiting rows to the queue, oldest first; a job's id is its row's id, so a crash between the two steps or two
 * dispatchers at once add nothing twice. What a queue lost is handed to it again. @returns how many rows were moved.
 */
export async function dispatchOutbox({
  database,
  clock,
  queues,
}: ApprovalsDeps & { readonly queues: JobQueues }): Promise<number> {
  let moved = 0;
  for (;;) {
    const now = clock.now();
    const rows = await openOutbox(database, { lostBefore: new Date(now.getTime() - LOST_AFTER_MS), limit: BATCH_ROWS });
    for (const { id, topic, payload, dispatchedAt } of rows) {
      const news = OutboxPayload.parse(payload);
      // A second time it is another job: the queue may still know the first one as failed.
      const job = dispatchedAt === null ? id : `${id}-${dispatchedAt.getTime()}`;
      await queues.add(TICKET_NEWS, { outbox: id, topic: z.enum(TICKET_TOPICS).parse(topic), ...news }, { id: job });
      await markDispatched(database, id, now);
    }
    moved += rows.length;
    if (rows.length < BATCH_ROWS) break;
  }
  if (moved > 0) await deleteDoneBefore(database, new Date(clock.now().getTime() - KEPT_MS));
  return moved;
}
