import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foundSpans } from '../../web/ui/format/found.ts';
import { formatOffset, fromPlayed, toPlayed } from '../../web/ui/format/replay-time.ts';
import { apiSearch, searchFilters } from '../../web/ui/format/search-filters.ts';

describe('the time of a replay', () => {
  const cuts = [
    [2_000, 60_000],
    [70_000, 3_600_000],
  ] as const;

  test('leaves the pauses out and comes back to when it really was', () => {
    expect([0, 2_000, 30_000, 60_000, 65_000, 3_600_000].map((at) => toPlayed(cuts, at))).toEqual([
      ...[0, 2_000, 2_000, 2_000, 7_000, 12_000],
    ]);
    expect(fromPlayed(cuts, 7_000)).toBe(65_000);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000 }), (at) => {
        expect(toPlayed(cuts, fromPlayed(cuts, toPlayed(cuts, at)))).toBe(toPlayed(cuts, at));
      }),
    );
  });

  test('is told in hours, minutes and seconds', () => {
    expect([formatOffset(-5), formatOffset(3_723_999)]).toEqual(['0:00:00', '1:02:03']);
  });
});

test('of an address only texts under known names become filters', () => {
  expect(searchFilters({ text: '顧客', ticket: 7, person: '', evil: 'x', after: { a: 1 }, client: '  ' })).toEqual({
    ...{ text: '顧客', ticket: '7' },
  });
  expect(apiSearch({ text: 'a b', after: 'no date' })).toBe('text=a+b&after=no+date');
  expect(apiSearch({ text: 'x', before: '2026-11-23T12:00' })).toMatch(/before=2026-11-2\dT\d\d%3A00%3A00\.000Z$/);
});

test('what was sought is marked where it stands, in any case and in quotes', () => {
  expect(foundSpans('Select name, select', 'select "name, s"')).toEqual([
    [0, 6],
    [13, 19],
    [7, 14],
  ]);
  expect(foundSpans('x', '""')).toEqual([]);
});
