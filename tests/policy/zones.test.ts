/** The end of a contract's last day where the clocks change: the day has 23, 24 or 25 hours, and one end. */
import { expect, test } from '@jest/globals';
import { endOfDay } from '../../policy/index.ts';

test.each([
  ['has no other midnight in Japan', '2026-03-31', 'Asia/Tokyo', '2026-04-01T00:00+09:00'],
  ['has 23 hours when the clocks go forward', '2026-03-29', 'Europe/Berlin', '2026-03-30T00:00+02:00'],
  ['has 25 hours when they go back', '2026-10-25', 'Europe/Berlin', '2026-10-26T00:00+01:00'],
  ['has 23 hours in New York, two weeks earlier', '2026-03-08', 'America/New_York', '2026-03-09T00:00-04:00'],
  ['has half an hour more on Lord Howe', '2026-04-05', 'Australia/Lord_Howe', '2026-04-06T00:00+10:30'],
  ['ends before the skipped midnight of Cairo', '2026-04-24', 'Africa/Cairo', '2026-04-25T00:00+03:00'],
])('the last day of a contract %s', (_what, day, zone, end) => {
  expect(endOfDay(day, zone)).toEqual(new Date(end));
});
