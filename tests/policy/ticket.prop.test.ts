import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextTicketState, TICKET_EVENTS, type TicketEvent, type TicketState } from '../../policy/index.ts';

/** The states a history goes through; refused steps leave the state as it is. */
function walk(history: readonly TicketEvent[]): TicketState[] {
  const path: TicketState[] = ['requested'];
  for (const event of history) {
    try {
      path.push(nextTicketState(path.at(-1)!, event));
    } catch {
      // A refused step changes nothing.
    }
  }
  return path;
}

const histories = fc.array(fc.constantFrom(...TICKET_EVENTS), { maxLength: 30 });

describe('any history of a ticket', () => {
  test('redeems it only right after an approval, and at most once', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const path = walk(history);
        const redeemed = path.indexOf('in_use');
        if (redeemed !== -1) expect(path[redeemed - 1]).toBe('approved');
        expect(path.filter((state) => state === 'in_use').length).toBeLessThanOrEqual(1);
        expect(path.filter((state) => state === 'approved').length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('never leaves an end state', () => {
    const ends: TicketState[] = ['used', 'aborted', 'rejected', 'withdrawn', 'revoked', 'expired'];
    fc.assert(
      fc.property(histories, fc.constantFrom(...ends), fc.constantFrom(...TICKET_EVENTS), (_, end, event) => {
        expect(() => nextTicketState(end, event)).toThrow();
      }),
    );
  });
});
