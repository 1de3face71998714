import { describe, expect, test } from '@jest/globals';
import { nextTicketState, TICKET_EVENTS, type TicketEvent, type TicketState } from '../../policy/index.ts';

const ARROWS: readonly (readonly [TicketState, TicketEvent, TicketState])[] = [
  ['requested', 'approve', 'approved'],
  ['requested', 'reject', 'rejected'],
  ['requested', 'withdraw', 'withdrawn'],
  ['requested', 'expire', 'expired'],
  ['approved', 'redeem', 'in_use'],
  ['approved', 'revoke', 'revoked'],
  ['approved', 'expire', 'expired'],
  ['in_use', 'complete', 'used'],
  ['in_use', 'abort', 'aborted'],
];
const STATES: readonly TicketState[] = [
  'requested',
  'approved',
  'in_use',
  'used',
  'aborted',
  'rejected',
  'withdrawn',
  'revoked',
  'expired',
];

describe('the ticket table', () => {
  test('refuses every step that is not drawn', () => {
    for (const state of STATES) {
      for (const event of TICKET_EVENTS) {
        if (ARROWS.some(([from, by]) => from === state && by === event)) continue;
        expect(() => nextTicketState(state, event)).toThrow(expect.objectContaining({ code: 'transition_forbidden' }));
      }
    }
  });

  test.each(ARROWS)('a ticket that is %s can %s and is then %s', (from, event, to) => {
    expect(nextTicketState(from, event)).toBe(to);
  });
});
