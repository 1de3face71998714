/** What goes on beside the requests: notifications from the database, queued work, and things that fall due. */
import { z } from 'zod';
import {
  buryWornOut,
  climbOverdueReviews,
  type DeliverySettings,
  dispatchDeliveries,
  dispatchOutbox,
  expireTickets,
  type FlowSettings,
  forgetSent,
  OUTBOX_CHANNEL,
  planMail,
  reconcileTickets,
  recoverRedemptions,
  remindWaiting,
  startDeliveries,
  startNotifications,
} from '../approvals/index.ts';
import { LIFECYCLE_UPKEEP, startLifecycleUpkeep } from './background-lifecycle.ts';
import {
  asError,
  type Cleanup,
  type Clock,
  type Database,
  type JobKind,
  JobQueues,
  type Log,
  type QueueBackend,
} from '../foundation/index.ts';
import type { RecordingSource } from '../recorder/index.ts';

export interface BackgroundDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly queue: QueueBackend;
  /** Where the recordings are from which an export that broke off is counted. */
  readonly recordings: RecordingSource;
  /** When people work, and whom a ticket that waits is told to. */
  readonly flow: FlowSettings;
  /** The ways out of the house. */
  readonly delivery: DeliverySettings;
  /** How often what fell due is looked for. */
  readonly upkeepSeconds: number;
}

const TICKET_UPKEEP: JobKind<Record<string, never>> = { name: 'ticket-upkeep', payload: z.strictObject({}) };

export async function startBackground(deps: BackgroundDeps, cleanup: Cleanup): Promise<void> {
  const queues = cleanup.use(new JobQueues(deps.queue, deps.log));
  const work = { ...deps, queues };
  startNotifications(work);
  startDeliveries(work);
  queues.work(
    TICKET_UPKEEP,
    async () => {
      await expireTickets(work);
      await climbOverdueReviews(work);
      await recoverRedemptions(work);
      await reconcileTickets(work);
      await remindWaiting(work);
      await dispatchOutbox(work);
      await planMail(work);
      await buryWornOut(work);
      await dispatchDeliveries(work);
      await forgetSent(work);
    },
    1,
  );
  const every = deps.upkeepSeconds * 1_000;
  await queues.every(TICKET_UPKEEP, {}, every);
  startLifecycleUpkeep(work);
  await queues.every(LIFECYCLE_UPKEEP, {}, every);
  await listen(work);
}

async function listen(work: BackgroundDeps & { queues: JobQueues }): Promise<void> {
  const { database, log } = work;
  const quietly = (name: string, done: Promise<unknown>): void => {
    done.catch((thrown: unknown) =>
      log.warn({ event: `background.${name}_failed`, err: asError(thrown) }, 'background work failed'),
    );
  };
  const dispatch = inTurn(() => dispatchOutbox(work));
  await database.listen(
    OUTBOX_CHANNEL,
    () => quietly('dispatch', dispatch()),
    () => quietly('dispatch', dispatch()),
  );
}

/** Runs `work` one after the other; calls while it runs make it run once more, not once each. */
function inTurn(work: () => Promise<unknown>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return () => {
    waiting ??= last.then(async () => {
      waiting = undefined;
      last = work().catch(() => undefined);
      await last;
    });
    return waiting;
  };
}
