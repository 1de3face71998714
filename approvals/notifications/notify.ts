import { formatUuid, GatewayError, type JobQueues, LIMITS, type Queryable, sha256 } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { activeSubstitutes } from '../flow/queries.ts';
import type { ApprovalsDeps } from '../model.ts';
import { TICKET_NEWS, type TicketNews } from '../outbox.ts';
import { concernedBy, insertNotification, type Notification, selectNotifications, updateRead } from './queries.ts';

/** Works the queue of ticket news until `queues` is closed: one notification for each person concerned. */
export function startNotifications(deps: ApprovalsDeps & { readonly queues: JobQueues }): void {
  deps.queues.work(TICKET_NEWS, (news) => notify(deps, news));
}

/** Writes the notifications of one piece of news; running it again changes nothing. */
export async function notify({ database, clock }: ApprovalsDeps, news: TicketNews): Promise<void> {
  const concerned = await concernedBy(database, news.ticket);
  if (concerned === undefined) return;
  const { number, requester, requesterName, targetName, owners, secondLine, needsSecondLine } = concerned;
  const deciders = needsSecondLine ? [...new Set([...owners, ...secondLine])] : owners;
  const everybody = [...new Set([...owners, ...secondLine])];
  const remindedBy = async (): Promise<readonly PersonId[]> => {
    if (news.to === 'substitutes') return activeSubstitutes(database, news.ticket, clock.now());
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
  for (const person of receivers[news.topic]) {
    await insertNotification(database, {
      id: notificationId(news.outbox, person),
      person,
      kind: news.topic,
      payload: { ticket: news.ticket, number, state: news.state, requesterName, targetName },
      now: clock.now(),
    });
  }
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

/** The same for the same news and person (RFC 9562 §5.8, version 8), so that a repeated job writes nothing new. */
function notificationId(outbox: string, person: PersonId): string {
  const bytes = sha256(outbox, person).subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return formatUuid(bytes);
}
