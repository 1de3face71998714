/** The limits of a session's time and its pause, by a clock that is moved. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../foundation/index.ts';
import { Attendance } from '../../gateway/live-control/attendance.ts';
import { Flow } from '../../gateway/live-control/flow.ts';
import type { TimeLimits } from '../../gateway/live-control/time-limits.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('the time of a session', () => {
  let told: string[];
  let ended: string[];
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    told = [];
    ended = [];
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const attend = (limits: TimeLimits, hasTerminal = true): Attendance => {
    const attendance = new Attendance({
      ...{ clock: systemClock, limits, locale: 'en', hasTerminal },
      mark: () => Promise.resolve(),
      end: (reason) => ended.push(reason),
    });
    attendance.speakBy((text) => {
      told.push(/\[(\w+)\]$/.exec(text)?.[1] ?? text);
      return Promise.resolve();
    });
    return attendance;
  };

  test('ends it when nothing was typed for too long, told a minute before', () => {
    attend({ idleMinutes: 30, hoursMax: 12 });
    jest.advanceTimersByTime(29 * MINUTE_MS - 1);
    expect([told, ended]).toEqual([[], []]);
    jest.advanceTimersByTime(1);
    expect([told, ended]).toEqual([['session_ends_soon_idle'], []]);
    jest.advanceTimersByTime(MINUTE_MS - 1);
    expect(ended).toEqual([]);
    jest.advanceTimersByTime(1);
    expect([told, ended]).toEqual([['session_ends_soon_idle'], ['idle']]);
    jest.advanceTimersByTime(24 * HOUR_MS);
    expect(ended).toEqual(['idle']);
  });

  test('goes on from a key pressed, also after the warning, and warns anew', () => {
    const attendance = attend({ idleMinutes: 30, hoursMax: 12 });
    jest.advanceTimersByTime(29 * MINUTE_MS + 30_000);
    attendance.noteInput();
    jest.advanceTimersByTime(29 * MINUTE_MS - 1);
    expect([told, ended]).toEqual([['session_ends_soon_idle'], []]);
    jest.advanceTimersByTime(1);
    expect(told).toEqual(['session_ends_soon_idle', 'session_ends_soon_idle']);
    jest.advanceTimersByTime(MINUTE_MS);
    expect(ended).toEqual(['idle']);
  });

  test('never ends for idleness without a terminal, nor when that limit is off', () => {
    attend({ idleMinutes: 30, hoursMax: 12 }, false);
    attend({ idleMinutes: 0, hoursMax: 12 });
    jest.advanceTimersByTime(11 * HOUR_MS);
    expect([told, ended]).toEqual([[], []]);
  });

  test('ends it when it has lasted as long as one may, however busy, told a minute before', () => {
    const attendance = attend({ idleMinutes: 30, hoursMax: 1 });
    for (let minute = 0; minute < 59; minute += 1) {
      jest.advanceTimersByTime(MINUTE_MS);
      attendance.noteInput();
    }
    expect([told, ended]).toEqual([['session_ends_soon_too_long'], []]);
    jest.advanceTimersByTime(MINUTE_MS);
    expect(ended).toEqual(['too_long']);
  });

  test('does not count a pause as idleness, and does count it as time', () => {
    const attendance = attend({ idleMinutes: 30, hoursMax: 2 });
    jest.advanceTimersByTime(20 * MINUTE_MS);
    attendance.pause('check');
    jest.advanceTimersByTime(60 * MINUTE_MS);
    expect([told, ended]).toEqual([['session_paused'], []]);
    attendance.resume();
    jest.advanceTimersByTime(28 * MINUTE_MS);
    expect(ended).toEqual([]);
    attendance.pause('again');
    jest.advanceTimersByTime(12 * MINUTE_MS);
    expect(ended).toEqual(['too_long']);
  });

  test('stands still once the session has ended', () => {
    const attendance = attend({ idleMinutes: 30, hoursMax: 12 });
    attendance.stop();
    jest.advanceTimersByTime(24 * HOUR_MS);
    expect([told, ended]).toEqual([[], []]);
  });

  test('a limit longer than a timer can hold does not strike at once', () => {
    attend({ idleMinutes: 0, hoursMax: 1_000 });
    jest.advanceTimersByTime(999 * HOUR_MS);
    expect(ended).toEqual([]);
    jest.advanceTimersByTime(HOUR_MS);
    expect(ended).toEqual(['too_long']);
  });
});

describe('a flow', () => {
  test('makes no promise while it moves, holds once and lets go once', async () => {
    const flow = new Flow();
    expect(flow.held).toBeUndefined();
    expect([flow.hold(), flow.hold()]).toEqual([true, false]);
    const { held } = flow;
    expect(held).toBeInstanceOf(Promise);
    expect([flow.release(), flow.release()]).toEqual([true, false]);
    await held;
    expect(flow.held).toBeUndefined();
  });

  test('lets nothing go that waits when the session ends', async () => {
    const flow = new Flow();
    flow.end();
    flow.hold();
    const waiting = flow.held;
    flow.end();
    await expect(waiting).rejects.toThrow('ended while it was paused');
  });

  test('keeps lines until it is known how to say them, ten of them, and survives who is gone', async () => {
    const flow = new Flow();
    for (let n = 0; n < 12; n += 1) flow.say(`line ${n}`);
    const said: string[] = [];
    flow.speakBy((text) => {
      said.push(text);
      return Promise.reject(new Error('gone'));
    });
    expect(said).toEqual(Array.from({ length: 10 }, (_, n) => `line ${n}`));
    flow.say('later');
    await Promise.resolve();
    expect(said.at(-1)).toBe('later');
  });
});
