/** What an emergency may be and until when it is reviewed. */
import { z } from 'zod';
import { LIMITS } from '../foundation/index.ts';

const HOURS_MAX = 4;
const LOCK_AFTER_HOURS = 24;
const DUE = '18:00';
const ZONE = 'Asia/Tokyo';

export const EmergencySchema = z
  .strictObject({
    hours_max: z
      .number()
      .int()
      .min(1)
      .max(LIMITS.emergencyHoursMax)
      .optional()
      .describe('Hours an emergency opens at most. Default `4`.'),
    review_time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, HH:MM')
      .optional()
      .describe('Time of the next business day at which its review is due. Default `18:00`.'),
    review_zone: z
      .string()
      .max(64)
      .refine((zone) => isZone(zone), { message: 'must be the IANA name of a time zone' })
      .optional()
      .describe('Time zone of that time. Default `Asia/Tokyo`.'),
    lock_after_hours: z
      .number()
      .int()
      .min(1)
      .max(24 * 14)
      .optional()
      .describe('Hours after that from which on its person has no other emergency until it is reviewed. Default `24`.'),
  })
  .describe('Emergency work.');

export interface EmergencyConfig {
  readonly hoursMax: number;
  readonly review: { readonly zone: string; readonly dueMinutes: number };
  readonly lockAfterHours: number;
}

export function completeEmergency(file: z.output<typeof EmergencySchema> = {}): EmergencyConfig {
  const [hours = 0, minutes = 0] = (file.review_time ?? DUE).split(':').map(Number);
  return {
    hoursMax: file.hours_max ?? HOURS_MAX,
    review: { zone: file.review_zone ?? ZONE, dueMinutes: hours * 60 + minutes },
    lockAfterHours: file.lock_after_hours ?? LOCK_AFTER_HOURS,
  };
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
