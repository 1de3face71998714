import type { Locale } from '../messages/index.ts';

/** Date and time to the minute with the zone's name, in the browser's zone unless one is given. */
export function formatMoment(iso: string, locale: Locale, timeZone?: string): string {
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
export function formatInstant(iso: string, locale: Locale, timeZone?: string): string {
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
export function zoneName(locale: Locale, at: Date, timeZone?: string): string {
  const formatter = new Intl.DateTimeFormat(tag(locale), {
    timeZoneName: 'shortOffset',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  const offset = formatter.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  return `${formatter.resolvedOptions().timeZone} (${offset})`;
}

/** The value of a datetime-local field for a moment, in the browser's zone, to the minute. */
export function toLocalField(moment: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(moment.getFullYear()).padStart(4, '0')}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** The moment a datetime-local field names, or undefined when it names none. */
export function fromLocalField(value: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value)) return undefined;
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** Minutes and seconds left until a moment, `m:ss`, never below 0:00. */
export function formatCountdown(until: Date, now: Date): string {
  const seconds = Math.max(0, Math.ceil((until.getTime() - now.getTime()) / 1000));
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
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
