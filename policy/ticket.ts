import { GatewayError } from '../foundation/index.ts';
import type { TicketState } from './model.ts';

export const TICKET_EVENTS = [
  'approve',
  'reject',
  'withdraw',
  'revoke',
  'expire',
  'redeem',
  'complete',
  'abort',
] as const;
export type TicketEvent = (typeof TICKET_EVENTS)[number];

type Arrows = Readonly<Record<TicketState, Readonly<Partial<Record<TicketEvent, TicketState>>>>>;

// biome-ignore format: a table reads best in columns.
const NEXT = {
  requested: { approve: 'approved', reject: 'rejected', withdraw: 'withdrawn', expire: 'expired' },
  approved:  { redeem: 'in_use',    revoke: 'revoked',                         expire: 'expired' },
  in_use:    { complete: 'used',    abort: 'aborted' },
  used: {}, aborted: {}, rejected: {}, withdrawn: {}, revoked: {}, expired: {},
} as const satisfies Arrows;

/**
 * The state that `event` leads to. There is no arrow back to `approved`, so a ticket is redeemed once or never.
 * @throws {GatewayError} `transition_forbidden` where the table has no arrow.
 */
export function nextTicketState(state: TicketState, event: TicketEvent): TicketState {
  const arrows: Arrows[TicketState] = NEXT[state];
  const next = arrows[event];
  if (next === undefined) throw new GatewayError('transition_forbidden', `A ticket that is ${state} cannot ${event}.`);
  return next;
}
