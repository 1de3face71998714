import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createDistinctCounter, DistinctCounter } from '../../../policy/index.ts';

const STANDARD_ERROR = 1.04 / Math.sqrt(2 ** 14);

function hashOf(at: number, key = 'a fixed key'): bigint {
  return createHmac('sha256', key).update(String(at)).digest().readBigUInt64BE();
}

function filled(from: number, to: number): DistinctCounter {
  const counter = createDistinctCounter();
  for (let at = from; at < to; at += 1) counter.add(hashOf(at));
  return counter;
}

describe('a distinct counter', () => {
  test('is not read from bytes that are none', () => {
    expect(DistinctCounter.fromBytes(Buffer.alloc(0))).toBeUndefined();
    expect(DistinctCounter.fromBytes(Buffer.of(1, 2, 3))).toBeUndefined();
    expect(DistinctCounter.fromBytes(Buffer.of(3))).toBeUndefined();
    expect(DistinctCounter.fromBytes(Buffer.of(2, 0, 0))).toBeUndefined();
    expect(DistinctCounter.fromBytes(Buffer.concat([Buffer.of(2), Buffer.alloc(12_288, 0xff)]))).toBeUndefined();
    expect(DistinctCounter.fromBytes(Buffer.alloc(1 + 8 * 10_001, 1))).toBeUndefined();
  });

  test('is exact to ten thousand', () => {
    const counter = filled(0, 10_000);
    expect(counter.count()).toBe(10_000);
    expect(counter.add(hashOf(3))).toBe(false);
    expect(counter.has(hashOf(9_999))).toBe(true);
    expect(counter.has(hashOf(10_000))).toBe(false);
    expect(counter.count()).toBe(10_000);
  });

  test('beyond that is at most 1.5 % wrong, from 10,001 to a million', () => {
    const counter = createDistinctCounter();
    const marks = new Set([10_001, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000]);
    const errors: number[] = [];
    for (let at = 1; at <= 1_000_000; at += 1) {
      counter.add(hashOf(at));
      if (marks.has(at)) errors.push(Math.abs(counter.count() / at - 1));
    }
    expect(errors).toHaveLength(7);
    expect(Math.max(...errors)).toBeLessThanOrEqual(0.015);
  }, 60_000);

  test.each([
    ['two exact ones', filled(0, 600), filled(400, 900), 900],
    ['two that become an estimate', filled(0, 8_000), filled(6_000, 12_000), 12_000],
    ['an exact one and an estimate', filled(0, 500), filled(0, 30_000), 30_000],
    ['two estimates', filled(0, 40_000), filled(30_000, 70_000), 70_000],
  ])('merges %s in either order, and a second time without a change', (_name, left, right, truth) => {
    const one = copyOf(left);
    one.merge(right);
    const other = copyOf(right);
    other.merge(left);
    expect(one.toBytes()).toEqual(other.toBytes());
    const before = one.toBytes();
    one.merge(right);
    one.merge(one);
    expect(one.toBytes()).toEqual(before);
    expect(Math.abs(one.count() / truth - 1)).toBeLessThanOrEqual(3 * STANDARD_ERROR);
  });

  test('errs as the theory says, to neither side, over twelve keys', () => {
    const errors = Array.from({ length: 12 }, (_, key) => {
      const counter = createDistinctCounter();
      for (let at = 0; at < 30_000; at += 1) counter.add(hashOf(at, `key ${key}`));
      return counter.count() / 30_000 - 1;
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const rms = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    expect(Math.abs(mean)).toBeLessThan(STANDARD_ERROR);
    expect(rms).toBeLessThan(1.5 * STANDARD_ERROR);
  }, 60_000);

  test('comes back from its bytes, which are few', () => {
    expect(filled(0, 50).toBytes()).toHaveLength(401);
    expect(filled(0, 200_000).toBytes()).toHaveLength(12_289);
    for (const counter of [filled(0, 0), filled(0, 50), filled(0, 20_000)]) {
      const again = DistinctCounter.fromBytes(counter.toBytes());
      expect(again?.count()).toBe(counter.count());
      expect(again?.toBytes()).toEqual(counter.toBytes());
    }
  });
});

function copyOf(counter: DistinctCounter): DistinctCounter {
  const copy = createDistinctCounter();
  copy.merge(counter);
  return copy;
}
