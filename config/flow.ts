/** When people work, and what happens about tickets that wait: the keys of `flow`. */
import { z } from 'zod';
import { LIMITS } from '../foundation/index.ts';
import { path } from './fields.ts';

const OPENS = '09:00';
const CLOSES = '18:00';
const ZONE = 'Asia/Tokyo';
const REMIND_HOURS = 2;
const SUBSTITUTES_HOURS = 4;
const SECOND_LINE_HOURS = 9;
const UPKEEP_SECONDS = 30;

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, HH:MM');
const hours = z.number().min(0).max(LIMITS.ladderHoursMax);
const ladder = z.strictObject({
  remind_hours: hours
    .nullable()
    .optional()
    .describe('Business hours after which who can move the ticket is reminded; `null`: never. Default `2`.'),
  substitutes_hours: hours
    .nullable()
    .optional()
    .describe("Business hours after which the owners' substitutes are told; `null`: never. Default `4`."),
  second_line_hours: hours
    .nullable()
    .optional()
    .describe('Business hours after which the security officers are told; `null`: never. Default `9`.'),
});

export const FlowSchema = z
  .strictObject({
    zone: z
      .string()
      .max(64)
      .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', {
        message: 'must be the IANA name of a time zone',
      })
      .optional()
      .describe('Time zone of the business hours. Default `Asia/Tokyo`.'),
    opens: time.optional().describe('Time of day at which business hours begin. Default `09:00`.'),
    closes: time.optional().describe('Time of day at which they end, later on the same day. Default `18:00`.'),
    japanese_holidays: z
      .boolean()
      .optional()
      .describe('Whether the national holidays of Japan are no business days. Default `true`.'),
    holidays_file: path
      .optional()
      .describe(
        "File of the company's own holidays, one `YYYY-MM-DD` a line; what follows a `#` is not read. None by default.",
      ),
    ladder: ladder.optional().describe('What happens about a ticket that waits for a decision, an answer or a review.'),
    ladders: z
      .record(z.string().min(1).max(63), ladder)
      .optional()
      .describe('The same for systems that have a ladder of their own, by name. None by default.'),
    upkeep_seconds: z
      .int()
      .min(1)
      .max(LIMITS.upkeepSecondsMax)
      .optional()
      .describe('How often what fell due is looked for: reminders, ends, comparisons, mail. Default `30`.'),
  })
  .refine(({ opens = OPENS, closes = CLOSES }) => opens < closes, {
    path: ['closes'],
    message: 'must be later than `opens`',
  })
  .describe('Business hours, and the ladder that tickets climb while nobody moves them.');

interface LadderConfig {
  readonly remind: number | null;
  readonly substitutes: number | null;
  readonly second_line: number | null;
}

/** Times in minutes. */
export interface FlowConfig {
  readonly zone: string;
  readonly opensMinutes: number;
  readonly closesMinutes: number;
  readonly japaneseHolidays: boolean;
  /** Absolute path, or null. */
  readonly holidaysFile: string | null;
  readonly ladder: LadderConfig;
  readonly ladders: Readonly<Record<string, LadderConfig>>;
  readonly upkeepSeconds: number;
}

export function completeFlow(file: z.output<typeof FlowSchema> = {}, absolute: (file: string) => string): FlowConfig {
  return {
    zone: file.zone ?? ZONE,
    opensMinutes: minutesOf(file.opens ?? OPENS),
    closesMinutes: minutesOf(file.closes ?? CLOSES),
    japaneseHolidays: file.japanese_holidays ?? true,
    holidaysFile: file.holidays_file === undefined ? null : absolute(file.holidays_file),
    ladder: completeLadder(file.ladder),
    ladders: Object.fromEntries(Object.entries(file.ladders ?? {}).map(([name, one]) => [name, completeLadder(one)])),
    upkeepSeconds: file.upkeep_seconds ?? UPKEEP_SECONDS,
  };
}

function completeLadder(file: z.output<typeof ladder> = {}): LadderConfig {
  const minutes = (given: number | null | undefined, hoursOf: number): number | null =>
    given === null ? null : (given ?? hoursOf) * 60;
  return {
    remind: minutes(file.remind_hours, REMIND_HOURS),
    substitutes: minutes(file.substitutes_hours, SUBSTITUTES_HOURS),
    second_line: minutes(file.second_line_hours, SECOND_LINE_HOURS),
  };
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
