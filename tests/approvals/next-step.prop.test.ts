/** Business hours and the ladder, over every moment there can be. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { afterBusinessMinutes, type BusinessCalendar } from '../../approvals/calendar/business-hours.ts';
import { type LadderStep, nextStep, receiversOf, STEPS } from '../../approvals/flow/next-step.ts';
import { wallClock } from '../../policy/index.ts';

const hours = (zone: string, holidays: readonly string[] = []): BusinessCalendar => ({
  ...{ zone, opensMinutes: 9 * 60, closesMinutes: 18 * 60, holidays: new Set(holidays) },
});
const TOKYO = hours('Asia/Tokyo', ['2026-04-29', '2026-05-04', '2026-05-05', '2026-05-06']);
const LADDER = { remind: 120, substitutes: 240, second_line: 540 };
const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-01'), noInvalidDate: true });
const minutes = fc.nat(3_000);

describe('business time', () => {
  test.each([
    ['goes on within a day', TOKYO, '2026-04-01T10:00+09:00', 120, '2026-04-01T12:00+09:00'],
    ['begins in the morning', TOKYO, '2026-04-01T03:00+09:00', 60, '2026-04-01T10:00+09:00'],
    ['leaves the weekend out', TOKYO, '2026-04-03T17:00+09:00', 120, '2026-04-06T10:00+09:00'],
    ['leaves Golden Week out', TOKYO, '2026-05-01T17:00+09:00', 120, '2026-05-07T10:00+09:00'],
    [
      'is by the wall after the clocks went forward',
      hours('Europe/Berlin'),
      '2026-03-27T17:00+01:00',
      120,
      '2026-03-30T10:00+02:00',
    ],
    [
      'is by the wall after they went back',
      hours('America/New_York'),
      '2026-10-30T17:00-04:00',
      120,
      '2026-11-02T10:00-05:00',
    ],
  ])('%s', (_what, calendar, ...[from, length, due]) => {
    expect(afterBusinessMinutes(new Date(from), length, calendar)).toEqual(new Date(due));
  });

  test('ends within business hours, never on a holiday, and never earlier for more minutes', () => {
    fc.assert(
      fc.property(
        moment,
        minutes,
        minutes,
        fc.constantFrom(TOKYO, hours('Europe/Berlin')),
        (from, less, more, calendar) => {
          const due = afterBusinessMinutes(from, less, calendar);
          const wall = wallClock(due, calendar.zone);
          expect(wall.minutes).toBeGreaterThanOrEqual(calendar.opensMinutes);
          expect(wall.minutes).toBeLessThanOrEqual(calendar.closesMinutes);
          const day = new Date(Date.UTC(wall.year, wall.month - 1, wall.day));
          expect([0, 6]).not.toContain(day.getUTCDay());
          expect(calendar.holidays.has(day.toISOString().slice(0, 10))).toBe(false);
          expect(afterBusinessMinutes(from, less + more, calendar) >= due).toBe(true);
        },
      ),
    );
  });
});

describe('the ladder', () => {
  const phase = fc.constantFrom('decision' as const, 'answer' as const, 'report' as const, 'review' as const);

  test('never takes a rung twice, one that is not due, or one before the waiting began', () => {
    fc.assert(
      fc.property(moment, moment, phase, fc.subarray([...STEPS]), (since, now, waits, told) => {
        const next = nextStep({ phase: waits, since, now, told, ladder: LADDER, calendar: TOKYO });
        if (next === undefined) return;
        expect(told).not.toContain(next.step);
        expect(next.dueAt <= now && next.dueAt > since).toBe(true);
      }),
    );
  });

  test('takes no rung anew when the clock goes back and forth', () => {
    fc.assert(
      fc.property(moment, fc.array(moment, { maxLength: 12 }), phase, (since, clock, waits) => {
        const told: LadderStep[] = [];
        for (const now of clock) {
          const next = nextStep({ phase: waits, since, now, told, ladder: LADDER, calendar: TOKYO });
          if (next !== undefined) told.push(next.step);
        }
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });

  test('asks no substitute to answer or report for somebody else, and skips a rung that is off', () => {
    const facts = { since: new Date('2026-04-01'), now: new Date('2026-06-01'), calendar: TOKYO };
    const next = (waits: 'answer' | 'decision', ladder: Record<LadderStep, number | null>) =>
      nextStep({ ...facts, phase: waits, told: ['remind'], ladder })?.step;
    expect(next('answer', LADDER)).toBe('second_line');
    expect(next('decision', LADDER)).toBe('substitutes');
    expect(next('decision', { ...LADDER, substitutes: null })).toBe('second_line');
    expect(next('decision', { remind: 1, substitutes: null, second_line: null })).toBeUndefined();
    expect([receiversOf('answer', 'remind'), receiversOf('review', 'remind')]).toEqual(['requester', 'owners']);
  });
});
