import { expect, test } from '@jest/globals';
import { systemClock } from '../../foundation/index.ts';

test('microseconds never run backwards and agree with the wall clock', () => {
  const readings = Array.from({ length: 1_000 }, () => systemClock.micros());
  expect(readings.every((reading, at) => at === 0 || reading >= readings[at - 1]!)).toBe(true);
  const apart = Number(systemClock.micros() / 1000n) - systemClock.now().getTime();
  expect(Math.abs(apart)).toBeLessThan(1_000);
});
