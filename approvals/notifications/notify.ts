import { GatewayError, type JobQueues, LIMITS, type Queryable, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { dispatchDeliveries } from '../delivery/dispatch.ts';
import { planMailBatch, type PlanDeps, planWebhooks } from '../delivery/plan.ts';
import { derivedUuid } from '../derived-id.ts';
import { activeSubstitutes } from '../flow/queries.ts';
import type { ApprovalsDeps } from '../model.ts';
import { TICKET_NEWS, type TicketNews } from '../outbox.ts';
import {
  concernedBy,
  insertNotification,
  markDone,
  namesOf,
  type Notification,
  selectNotifications,
  updateRead,
} from './queries.ts';

/** Works the queue of ticket news until `queues` is closed: one notification for each person concerned. */
export function startNotifications(deps: PlanDeps & { readonly queues: JobQueues }): void {
  deps.queues.work(TICKET_NEWS, async (news) => {
    await notify(deps, news);
    await dispatchDeliveries(deps);
  });
}

/**
 * Writes the notifications of one piece of news, and what is sent of it outside; running it again, or twice at once,
 * changes nothing: every id comes from the news and its receiver.
 */
export async function notify(deps: PlanDeps, news: TicketNews): Promise<void> {
  const { database, clock } = deps;
  await database.inTransaction(async (tx) => {
    await tell(tx, deps, news);
    await planMailBatch(tx, deps);
    await markDone(tx, news.outbox, clock.now());
  });
}

type Concerned = NonNullable<Awaited<ReturnType<typeof concernedBy>>>;

async function tell(tx: Transaction, deps: PlanDeps, news: TicketNews): Promise<void> {
  const concerned = await concernedBy(tx, news.ticket);
  if (concerned === undefined) return;
  const { number, requesterName, targetName, kind, lookalike, systems } = concerned;
  const { ticket, state, to, topic } = news;
  const letter = {
    ...{ ticket, number, state, requesterName, targetName, kind, lookalike },
    ...(to === undefined ? {} : { to }),
  };
  const receivers = await receiversOf(tx, deps, news, concerned);
  for (const person of receivers) {
    const id = derivedUuid(news.outbox, person);
    await insertNotification(tx, { id, person, kind: topic, payload: letter, now: deps.clock.now() });
  }
  const named = await namesOf(tx, receivers);
  await planWebhooks(tx, deps, { outbox: news.outbox, topic, letter, systems, receivers: named });
}

async function receiversOf(
  tx: Transaction,
  { clock }: ApprovalsDeps,
  news: TicketNews,
  { requester, owners, secondLine, needsSecondLine }: Concerned,
): Promise<readonly PersonId[]> {
  const deciders = needsSecondLine ? [...new Set([...owners, ...secondLine])] : owners;
  const everybody = [...new Set([...owners, ...secondLine])];
  const remindedBy = async (): Promise<readonly PersonId[]> => {
    if (news.to === 'substitutes') return activeSubstitutes(tx, news.ticket, clock.now());
    return news.to === 'requester' ? [requester] : news.to === 'second_line' ? secondLine : deciders;
  };
  const receivers: Record<TicketNews['topic'], readonly PersonId[]> = {
    'ticket.requested': deciders,
    'ticket.decided': [requester],
    'ticket.completed': [...owners, requester],
    'emergency.started': everybody,
    'emergency.overdue': [...everybody, requester],
    'ticket.deviates': everybody,
    'ticket.waiting': await remindedBy(),
  };
  return receivers[news.topic];
}

export function listNotifications(db: Queryable, personId: PersonId): Promise<Notification[]> {
  return selectNotifications(db, personId, LIMITS.pageRowsMax);
}

/** @throws {GatewayError} `not_found`, also for somebody else's. */
export async function markNotificationRead(
  { database, clock }: ApprovalsDeps,
  personId: PersonId,
  id: string,
): Promise<void> {
  if (!(await updateRead(database, personId, id, clock.now()))) throw new GatewayError('not_found');
}
