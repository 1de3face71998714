/** Hours in which somebody can be expected to answer. Pure: moments and days are given. */
import { fromWallClock, wallClock } from '../../policy/index.ts';

export interface BusinessCalendar {
  /** IANA name, e.g. `Asia/Tokyo`. */
  readonly zone: string;
  /** Minutes after midnight. */
  readonly opensMinutes: number;
  readonly closesMinutes: number;
  /** Days on which nobody works beside Saturday and Sunday, `YYYY-MM-DD` in the zone. */
  readonly holidays: ReadonlySet<string>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A calendar in which no business day comes for so long is not one; then time itself counts. */
const DAYS_MAX = 400;

/**
 * The moment after `minutes` of business time since `from`. What the clock of the zone shows decides, so that a day has
 * its hours on the day the clocks change too.
 */
export function afterBusinessMinutes(from: Date, minutes: number, calendar: BusinessCalendar): Date {
  let left = minutes * MINUTE_MS;
  const { year, month, day } = wallClock(from, calendar.zone);
  let date = Date.UTC(year, month - 1, day);
  for (let days = 0; days < DAYS_MAX; days += 1, date += DAY_MS) {
    if (!isBusinessDay(date, calendar)) continue;
    const opens = fromWallClock(date + calendar.opensMinutes * MINUTE_MS, calendar.zone).getTime();
    const closes = fromWallClock(date + calendar.closesMinutes * MINUTE_MS, calendar.zone).getTime();
    const begins = Math.max(opens, from.getTime());
    const open = Math.max(0, closes - begins);
    if (open > 0 && left <= open) return new Date(begins + left);
    left -= open;
  }
  return new Date(from.getTime() + minutes * MINUTE_MS);
}

/** `date` is midnight of the day, written as if it were UTC. */
function isBusinessDay(date: number, { holidays }: BusinessCalendar): boolean {
  const day = new Date(date);
  const weekday = day.getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(day.toISOString().slice(0, 10));
}
