/** Hands due messages to the queue. The rows are the truth; the queue only spreads the work. */
import { z } from 'zod';
import type { JobKind, JobQueues } from '../../foundation/index.ts';
import { MAIL } from './model.ts';
import { deleteEndedBefore, selectDue } from './queries.ts';
import { LIMITS } from '../../foundation/index.ts';
import type { PlanDeps } from './plan.ts';

export interface DeliveryTry {
  readonly delivery: string;
  /** How many tries there were before. */
  readonly attempt: number;
}

const payload = z.strictObject({ delivery: z.uuid(), attempt: z.number().int().nonnegative() });
/** Apart, so that a mail server that hangs holds up no webhook. */
export const SEND_MAIL: JobKind<DeliveryTry> = { name: 'send-mail', payload };
export const SEND_WEBHOOK: JobKind<DeliveryTry> = { name: 'send-webhook', payload };

const BATCH_ROWS = 500;
const AGAIN_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** @returns how many were due. */
export async function dispatchDeliveries(deps: PlanDeps & { readonly queues: JobQueues }): Promise<number> {
  const { database, clock, queues } = deps;
  const now = clock.now();
  const due = await selectDue(database, now, BATCH_ROWS);
  // One job for a try, however often this runs; but a queue that lost it, or gave it up, is handed it again in time.
  const round = Math.floor(now.getTime() / AGAIN_MS);
  for (const { id, channel, attempts } of due) {
    const kind = channel === MAIL ? SEND_MAIL : SEND_WEBHOOK;
    await queues.add(kind, { delivery: id, attempt: attempts }, { id: `${id}-${attempts}-${round}` });
  }
  return due.length;
}

/** Forgets what was sent long ago. */
export async function forgetSent({ database, clock }: PlanDeps): Promise<void> {
  await deleteEndedBefore(database, new Date(clock.now().getTime() - LIMITS.deliveriesKeptDays * DAY_MS));
}
