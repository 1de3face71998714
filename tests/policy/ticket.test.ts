import { describe, expect, test } from '@jest/globals';
import {
  nextTicketState,
  TICKET_EVENTS,
  TICKET_KINDS,
  TICKET_STATES,
  type TicketEvent,
  type TicketKind,
  type TicketState,
} from '../../policy/index.ts';

type Arrow = readonly [kinds: string, from: TicketState, event: TicketEvent, to: TicketState];

/** Kinds by their first letters: access, export, transfer, emergency (m). */
const ARROWS: readonly Arrow[] = [
  ['aet', 'draft', 'submit', 'requested'],
  ['m', 'draft', 'start', 'in_use'],
  ['aetm', 'draft', 'withdraw', 'withdrawn'],
  ['aet', 'requested', 'approve', 'approved'],
  ['aet', 'requested', 'reject', 'rejected'],
  ['aet', 'requested', 'ask_back', 'asked_back'],
  ['aet', 'requested', 'withdraw', 'withdrawn'],
  ['aet', 'requested', 'expire', 'expired'],
  ['aet', 'asked_back', 'answer', 'requested'],
  ['aet', 'asked_back', 'reject', 'rejected'],
  ['aet', 'asked_back', 'withdraw', 'withdrawn'],
  ['aet', 'asked_back', 'expire', 'expired'],
  ['aet', 'approved', 'redeem', 'in_use'],
  ['aet', 'approved', 'revoke', 'revoked'],
  ['aet', 'approved', 'expire', 'expired'],
  ['aet', 'in_use', 'complete', 'used'],
  ['et', 'in_use', 'abort', 'aborted'],
  ['e', 'in_use', 'release', 'approved'],
  ['a', 'in_use', 'revoke', 'revoked'],
  ['m', 'in_use', 'finish', 'review_due'],
  ['m', 'in_use', 'revoke', 'review_due'],
  ['m', 'in_use', 'expire', 'review_due'],
  ['m', 'review_due', 'review', 'reviewed'],
];
const LETTER: Readonly<Record<TicketKind, string>> = { access: 'a', export: 'e', transfer: 't', emergency: 'm' };

describe('the ticket table', () => {
  test.each([...TICKET_KINDS])('of %s refuses every step that is not drawn', (kind) => {
    for (const state of TICKET_STATES) {
      for (const event of TICKET_EVENTS) {
        const isDrawn = ARROWS.some(
          ([kinds, from, by]) => kinds.includes(LETTER[kind]) && from === state && by === event,
        );
        if (isDrawn) continue;
        const step = (): TicketState => nextTicketState(kind, state, event);
        expect(step).toThrow(expect.objectContaining({ code: 'transition_forbidden' }));
      }
    }
  });

  test.each([...TICKET_KINDS])('of %s takes every step that is drawn', (kind) => {
    for (const [kinds, from, event, to] of ARROWS) {
      if (kinds.includes(LETTER[kind]))
        expect([from, event, nextTicketState(kind, from, event)]).toEqual([from, event, to]);
    }
  });
});
