import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { Throttle } from '../../gateway/ssh/authentication/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const { sshThrottleFreeFailures: free, sshThrottleDelayMs: first, sshThrottleDelayMsMax: longest } = LIMITS;
const HERE = '192.0.2.1';

function start() {
  const clock = new ManualClock();
  const throttle = new Throttle(clock);
  const fail = (times: number, source = HERE, person?: string): void => {
    for (let done = 0; done < times; done += 1) throttle.failed(source, person);
  };
  return { clock, throttle, fail };
}

describe('who fails again and again', () => {
  test('waits, longer each time, up to a bound', () => {
    const { throttle, fail } = start();
    fail(free - 1);
    expect(throttle.delayOf(HERE)).toBe(0);
    const delays = Array.from({ length: 12 }, () => {
      fail(1);
      return throttle.delayOf(HERE);
    });
    expect(delays.slice(0, 4)).toEqual([first, 2 * first, 4 * first, 8 * first]);
    expect(delays.at(-1)).toBe(longest);
    fail(10_000);
    expect(throttle.delayOf(HERE)).toBe(longest);
  });

  test('waits less and less when nothing more fails', () => {
    const { clock, throttle, fail } = start();
    fail(2 * free);
    expect(throttle.delayOf(HERE)).toBeGreaterThan(0);
    clock.advance(LIMITS.sshThrottleHalfLifeSeconds * 1_000 + 1);
    expect(throttle.delayOf(HERE)).toBe(0);
  });

  test('makes no other source wait, and no person whose key is known', () => {
    const { throttle, fail } = start();
    fail(100);
    expect(throttle.delayOf('192.0.2.2')).toBe(0);
    expect(throttle.delayOf(HERE, 'aoki')).toBe(0);
  });

  test("with somebody's key locks them out nowhere else, nor delays anybody else there", () => {
    const { throttle, fail } = start();
    fail(100, HERE, 'aoki');
    expect(throttle.delayOf(HERE, 'aoki')).toBe(longest);
    expect(throttle.delayOf('192.0.2.2', 'aoki')).toBe(0);
    expect(throttle.delayOf(HERE, 'chen')).toBe(0);
    expect(throttle.delayOf(HERE)).toBe(0);
  });

  test('has not failed any more after signing in; the strangers of that source have', () => {
    const { throttle, fail } = start();
    fail(100);
    fail(100, HERE, 'aoki');
    throttle.succeeded(HERE, 'aoki');
    expect(throttle.delayOf(HERE, 'aoki')).toBe(0);
    expect(throttle.delayOf(HERE)).toBe(longest);
  });

  test('does not get round it by another address of its own network, or another writing of one', () => {
    const { throttle, fail } = start();
    fail(100, '2001:db8:0:1::1');
    expect(throttle.delayOf('2001:db8:0:1:ffff::2')).toBe(longest);
    expect(throttle.delayOf('2001:db8:0:2::1')).toBe(0);
    fail(100);
    expect(throttle.delayOf(`::ffff:${HERE}`)).toBe(longest);
  });
});

test('two processes that tell each other make whoever guesses at both wait as at one', () => {
  const clock = new ManualClock();
  const one: Throttle = new Throttle(clock, (attempt) => other.learn(attempt));
  const other: Throttle = new Throttle(clock, (attempt) => one.learn(attempt));
  for (let at = 0; at < free / 2; at += 1) {
    one.failed(HERE);
    other.failed(HERE);
    one.failed(HERE, 'aoki');
    other.failed(HERE, 'aoki');
  }
  expect([one, other].map((throttle) => throttle.delayOf(HERE))).toEqual([first, first]);
  one.succeeded(HERE, 'aoki');
  expect([one, other].map((throttle) => throttle.delayOf(HERE, 'aoki'))).toEqual([0, 0]);
  expect(other.delayOf(HERE)).toBe(first);
});

test('what is kept in mind is bounded: who failed longest ago is forgotten first', () => {
  const { throttle, fail } = start();
  fail(100, '10.255.255.1');
  fail(100, '10.255.255.2');
  for (let at = 0; at < LIMITS.sshThrottleEntriesMax - 1; at += 1) {
    throttle.failed(`10.${at >> 16}.${(at >> 8) & 0xff}.${at & 0xff}`);
  }
  expect(throttle.delayOf('10.255.255.1')).toBe(0);
  expect(throttle.delayOf('10.255.255.2')).toBe(longest);
});
