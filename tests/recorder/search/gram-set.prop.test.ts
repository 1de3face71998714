import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GramSet, sortedByKey } from '../../../recorder/search/gram-set.ts';

const key = fc.oneof(fc.nat(5), fc.integer({ min: 0, max: 2 ** 32 - 1 }));

test('a set holds each key once, turn after turn', () => {
  const grams = new GramSet();
  fc.assert(
    fc.property(fc.array(key), (keys) => {
      grams.clear();
      for (const one of keys) grams.add(one);
      expect([...grams.values]).toEqual([...new Set(keys)]);
    }),
  );
});

test('a set grows beyond its first size', () => {
  const grams = new GramSet();
  for (let n = 0; n < 100_000; n++) grams.add(Math.imul(n % 50_000, 0x9e3779b1) >>> 0);
  expect([grams.size, new Set(grams.values).size]).toEqual([50_000, 50_000]);
});

test('pairs are sorted by key, and those of one key keep their order', () => {
  fc.assert(
    fc.property(fc.array(key), (keys) => {
      const sorted = sortedByKey(Uint32Array.from(keys), Uint32Array.from(keys.keys()));
      const expected = keys.map((one, n) => [one, n] as const).sort(([one], [other]) => one - other);
      expect([...sorted.keys].map((one, n) => [one, sorted.blocks[n]])).toEqual(expected);
    }),
  );
});
