/** What a piece of news means for whom. Pure. */
import type { TicketState } from '../../policy/index.ts';
import type { TicketLetter, Topic } from './model.ts';

export type LinkPurpose = 'decide' | 'review';

const URGENT: ReadonlySet<Topic> = new Set([
  'emergency.started',
  'emergency.overdue',
  'ticket.deviates',
  'review.overdue',
]);

/** News that nobody may switch off: a control failed, or is about to. */
export function isUrgent(topic: Topic, to: TicketLetter['to']): boolean {
  if (topic === 'ticket.waiting') return to === 'substitutes' || to === 'second_line';
  return URGENT.has(topic);
}

/** What its receivers can do at once, if anything: then each gets a link of their own. */
export function purposeOf(
  topic: Topic,
  { kind, state, to }: Pick<TicketLetter, 'kind' | 'state' | 'to'>,
): LinkPurpose | undefined {
  if (to === 'requester') return undefined;
  if (topic === 'ticket.requested') return 'decide';
  if (topic === 'ticket.waiting')
    return state === 'review_due' ? 'review' : state === 'requested' ? 'decide' : undefined;
  return topic === 'emergency.overdue' && kind === 'emergency' ? 'review' : undefined;
}

/** Whether the news is old by now: what it asks for was done while it waited to be sent. */
export function isObsolete(topic: Topic, told: TicketState, now: TicketState): boolean {
  return (topic === 'ticket.requested' || topic === 'ticket.waiting') && told !== now;
}
