import { GatewayError } from '../foundation/index.ts';
import type { TicketKind, TicketState } from './model.ts';

export const TICKET_EVENTS = [
  'submit',
  'start',
  'ask_back',
  'answer',
  'approve',
  'reject',
  'withdraw',
  'revoke',
  'expire',
  'redeem',
  'release',
  'complete',
  'abort',
  'finish',
  'review',
] as const;
export type TicketEvent = (typeof TICKET_EVENTS)[number];

type Arrows = Readonly<Record<TicketState, Readonly<Partial<Record<TicketEvent, TicketState>>>>>;

// biome-ignore format: a table reads best in columns.
const ASKED = {
  draft:      { submit: 'requested',   withdraw: 'withdrawn' },
  requested:  { approve: 'approved',   reject: 'rejected', ask_back: 'asked_back', withdraw: 'withdrawn', expire: 'expired' },
  asked_back: { answer: 'requested',   reject: 'rejected', withdraw: 'withdrawn', expire: 'expired' },
  approved:   { redeem: 'in_use',      revoke: 'revoked',  expire: 'expired' },
  in_use:     { complete: 'used',      abort: 'aborted' },
  review_due: {}, reviewed: {}, used: {}, aborted: {}, rejected: {}, withdrawn: {}, revoked: {}, expired: {},
} as const satisfies Arrows;

/**
 * One table for each kind. An export's next use needs the last one ended (`release`), work is entered as often as its
 * window lasts, and an emergency asks nobody before: it ends in a review whatever ends it.
 */
// biome-ignore format: a table reads best in columns.
const NEXT: Readonly<Record<TicketKind, Arrows>> = {
  export:    { ...ASKED, in_use: { ...ASKED.in_use, release: 'approved' } },
  transfer:  ASKED,
  access:    { ...ASKED, in_use: { complete: 'used', revoke: 'revoked' } },
  emergency: {
    draft:      { start: 'in_use', withdraw: 'withdrawn' },
    in_use:     { finish: 'review_due', revoke: 'review_due', expire: 'review_due' },
    review_due: { review: 'reviewed' },
    requested: {}, asked_back: {}, approved: {}, reviewed: {}, used: {}, aborted: {}, rejected: {}, withdrawn: {}, revoked: {}, expired: {},
  },
};

/** The state that `event` leads to; undefined where the table has no arrow. Pure and total. */
export function ticketStep(kind: TicketKind, state: TicketState, event: TicketEvent): TicketState | undefined {
  return NEXT[kind][state][event];
}

/** The same for whom no arrow is a failure. @throws {GatewayError} `transition_forbidden`. */
export function nextTicketState(kind: TicketKind, state: TicketState, event: TicketEvent): TicketState {
  const next = ticketStep(kind, state, event);
  if (next === undefined) throw new GatewayError('transition_forbidden', `A ticket that is ${state} cannot ${event}.`);
  return next;
}
