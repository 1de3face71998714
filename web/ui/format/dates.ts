import type { Locale } from '../messages/index.ts';
import { shownZone, zoneOffset } from './zone.ts';

/** Date and time to the minute with the zone's name, in the zone that this browser shows unless one is given. */
export function formatMoment(iso: string, locale: Locale, timeZone = shownZone()): string {
  return new Intl.DateTimeFormat(tag(locale), {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(iso));
}

/** The same to the second, for evidence. */
export function formatInstant(iso: string, locale: Locale, timeZone = shownZone()): string {
  return new Intl.DateTimeFormat(tag(locale), {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(iso));
}

/** The zone the page shows times in, with its present offset: what a person must know to type a time. */
export function zoneName(locale: Locale, at: Date, timeZone = shownZone()): string {
  const formatter = new Intl.DateTimeFormat(tag(locale), {
    timeZoneName: 'shortOffset',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  const offset = formatter.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  return `${formatter.resolvedOptions().timeZone} (${offset})`;
}

/** The value of a datetime-local field for a moment, in the zone that is shown, to the minute. */
export function toLocalField(moment: Date, timeZone = shownZone()): string {
  const ahead = timeZone === undefined ? -moment.getTimezoneOffset() * 60_000 : zoneOffset(moment, timeZone);
  return new Date(moment.getTime() + ahead).toISOString().slice(0, 16);
}

/** The moment a datetime-local field names in the zone that is shown, or undefined when it names none. */
export function fromLocalField(value: string, timeZone = shownZone()): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value)) return undefined;
  const moment = timeZone === undefined ? new Date(value) : new Date(`${value}Z`);
  if (Number.isNaN(moment.getTime()) || timeZone === undefined) return valid(moment);
  const guess = new Date(moment.getTime() - zoneOffset(moment, timeZone));
  // Where clocks are set between the two, the offset of the moment itself counts.
  return new Date(moment.getTime() - zoneOffset(guess, timeZone));
}

function valid(moment: Date): Date | undefined {
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** Minutes and seconds left until a moment, `m:ss`, never below 0:00. */
export function formatCountdown(until: Date, now: Date): string {
  const seconds = Math.max(0, Math.ceil((until.getTime() - now.getTime()) / 1000));
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
}

/** For how long something has waited, in the largest unit of which there is one. */
export function formatAge(iso: string, now: Date, locale: Locale): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(iso)) / 60_000));
  const [value, unit] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 2_880
        ? [Math.floor(minutes / 60), 'hour']
        : [Math.floor(minutes / 1_440), 'day'];
  return new Intl.NumberFormat(tag(locale), { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** How long something lasted, `h:mm:ss`. */
export function formatDuration(fromIso: string, toIso: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(toIso) - Date.parse(fromIso)) / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(Math.floor(seconds / 3600))}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
}

/** British English keeps day before month name and 24 hours; both languages then order a date unmistakably. */
function tag(locale: Locale): string {
  return locale === 'ja' ? 'ja-JP' : 'en-GB';
}
