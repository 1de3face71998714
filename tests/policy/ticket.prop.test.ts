import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  TICKET_EVENTS,
  TICKET_KINDS,
  TICKET_STATES,
  type TicketEvent,
  type TicketKind,
  type TicketState,
  ticketStep,
} from '../../policy/index.ts';

/** The states a history goes through; refused steps leave the state as it is. */
function walk(kind: TicketKind, history: readonly TicketEvent[]): TicketState[] {
  const path: TicketState[] = ['draft'];
  for (const event of history) {
    const next = ticketStep(kind, path.at(-1)!, event);
    if (next !== undefined) path.push(next);
  }
  return path;
}

const histories = fc.array(fc.constantFrom(...TICKET_EVENTS), { maxLength: 40 });
const kinds = fc.constantFrom(...TICKET_KINDS);

describe('any history of a ticket', () => {
  test('that somebody has to approve is in use only after an approval', () => {
    fc.assert(
      fc.property(fc.constantFrom('access', 'export', 'transfer'), histories, (kind, history) => {
        const path = walk(kind, history);
        for (const [at, state] of path.entries()) if (state === 'in_use') expect(path[at - 1]).toBe('approved');
      }),
    );
  });

  test('of one that is approved again is of an export between two uses', () => {
    fc.assert(
      fc.property(kinds, histories, (kind, history) => {
        const path = walk(kind, history);
        const approved = path.flatMap((state, at) => (state === 'approved' ? [path[at - 1]] : []));
        for (const before of approved.slice(1)) expect([kind, before]).toEqual(['export', 'in_use']);
      }),
    );
  });

  test('of an emergency in use ends in a review, and in nothing else', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const path = walk('emergency', history);
        const used = path.indexOf('in_use');
        if (used === -1) return;
        for (const state of path.slice(used)) expect(['in_use', 'review_due', 'reviewed']).toContain(state);
      }),
    );
  });

  test('never leaves an end state, whatever its kind', () => {
    const ends: TicketState[] = ['reviewed', 'used', 'aborted', 'rejected', 'withdrawn', 'revoked', 'expired'];
    fc.assert(
      fc.property(kinds, fc.constantFrom(...ends), fc.constantFrom(...TICKET_EVENTS), (kind, end, event) => {
        expect(ticketStep(kind, end, event)).toBeUndefined();
      }),
    );
  });

  test('has an answer, a state or none, for every kind, state and event', () => {
    fc.assert(
      fc.property(kinds, fc.constantFrom(...TICKET_STATES), fc.constantFrom(...TICKET_EVENTS), (kind, state, event) => {
        const next = ticketStep(kind, state, event);
        if (next !== undefined) expect(TICKET_STATES).toContain(next);
      }),
    );
  });
});
