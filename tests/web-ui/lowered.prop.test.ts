/** A limit that is lowered by a slider: never above what was asked, and all of it at the last position. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { positionOf, positionsOf, roundStep, valueAt } from '../../web/ui/format/lowered.ts';

const max = fc.integer({ min: 1, max: 2 ** 46 });

describe('a slider of a limit', () => {
  test('never allows more than was asked, nor less than one', () => {
    fc.assert(
      fc.property(max, fc.integer({ min: -5, max: 500 }), (asked, position) => {
        const value = valueAt(position, asked);
        expect(value).toBeGreaterThanOrEqual(1);
        expect(value).toBeLessThanOrEqual(asked);
      }),
    );
  });

  test('has all that was asked at its end, in at most a hundred steps, and finds each position again', () => {
    fc.assert(
      fc.property(max, (asked) => {
        const last = positionsOf(asked);
        expect(last).toBeLessThanOrEqual(100);
        expect(valueAt(last, asked)).toBe(asked);
        for (let position = 1; position <= last; position++) {
          expect(positionOf(valueAt(position, asked), asked)).toBe(position);
        }
      }),
    );
  });

  test('goes by round numbers', () => {
    expect([7, 100, 101, 1_200, 300_000].map(roundStep)).toEqual([1, 1, 2, 20, 5_000]);
    expect(valueAt(50, 1_200)).toBe(1_000);
  });
});
