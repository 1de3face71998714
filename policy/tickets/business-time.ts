/** Days and hours of business in a zone with whatever summer time it has. Pure: the moment is given. */

export interface BusinessTime {
  /** IANA name, e.g. `Asia/Tokyo`. */
  readonly zone: string;
  /** Minutes after midnight at which reviews fall due. */
  readonly dueMinutes: number;
  /** Days on which nobody works beside Saturday and Sunday, `YYYY-MM-DD` in the zone. */
  readonly holidays?: ReadonlySet<string>;
}

export const JAPAN_AT_SIX: BusinessTime = { zone: 'Asia/Tokyo', dueMinutes: 18 * 60 };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const DAYS_MAX = 31;
const OPENS_MINUTES = 8 * 60;
const CLOSES_MINUTES = 20 * 60;

/**
 * The due time of the next business day after `now`, Saturday, Sunday and holidays left out. By the wall clock of the
 * zone, so that 18:00 is 18:00 on the day the clocks change too. Where no business day comes for weeks on end a review
 * does not wait for one: then it is the next day that is no weekend.
 */
export function nextBusinessDay(now: Date, { zone, dueMinutes, holidays }: BusinessTime): Date {
  const today = wallClock(now, zone);
  const from = Date.UTC(today.year, today.month - 1, today.day);
  const days = Array.from({ length: DAYS_MAX }, (_, at) => from + (at + 1) * DAY_MS);
  const weekdays = days.filter((day) => !isWeekend(new Date(day).getUTCDay()));
  const isFree = (day: number): boolean => holidays?.has(new Date(day).toISOString().slice(0, 10)) === true;
  const day = weekdays.find((one) => !isFree(one)) ?? weekdays[0] ?? from + DAY_MS;
  return fromWallClock(day + dueMinutes * MINUTE_MS, zone);
}

/** Whether it is night, weekend or a holiday there. */
export function isOffHours(at: Date, { zone, holidays }: Pick<BusinessTime, 'zone' | 'holidays'>): boolean {
  const { year, month, day, minutes } = wallClock(at, zone);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (isWeekend(date.getUTCDay()) || holidays?.has(date.toISOString().slice(0, 10)) === true) return true;
  return minutes < OPENS_MINUTES || minutes >= CLOSES_MINUTES;
}

function isWeekend(weekday: number): boolean {
  return weekday === 0 || weekday === 6;
}

/** What a wall in the zone shows. */
export function wallClock(at: Date, zone: string) {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit' },
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return { year: part('year'), month: part('month'), day: part('day'), minutes: part('hour') * 60 + part('minute') };
}

/** The moment a day ends there: the first one of the next. @param day `YYYY-MM-DD` */
export function endOfDay(day: string, zone: string): Date {
  return fromWallClock(Date.parse(`${day}T00:00:00.000Z`) + DAY_MS, zone);
}

/** Whether this is the IANA name of a zone. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The moment at which the wall shows `wall`, a time written as if it were UTC. */
export function fromWallClock(wall: number, zone: string): Date {
  let at = wall;
  // The first guess is off by the zone's offset, the second by the hour of a change in between; the third stands.
  for (let guess = 0; guess < 3; guess += 1) {
    const { year, month, day, minutes } = wallClock(new Date(at), zone);
    at += wall - (Date.UTC(year, month - 1, day) + minutes * MINUTE_MS);
  }
  return new Date(at);
}
