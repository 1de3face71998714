/** Bounds of what people write into a ticket. */
import { GatewayError, LIMITS } from '../foundation/index.ts';
import type { ExportRequest } from './model.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CLIENT_CHARACTERS_MAX = 200;

// Control characters other than tab and newline would let a purpose draw over an owner's or auditor's terminal;
// NUL is refused by the database.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** `value` without surrounding space. @throws {GatewayError} `request_invalid` when empty, too long or not plain. */
export function requireText(field: string, value: string, charactersMax: number = LIMITS.reasonCharactersMax): string {
  const text = value.replaceAll('\r\n', '\n').trim();
  if (text === '') throw new GatewayError('request_invalid', `${field}: must not be empty.`);
  requirePlain(field, text, charactersMax);
  return text;
}

/** Bounds of a request. @throws {GatewayError} `request_invalid` naming the field. */
export function requireExportBounds(asked: ExportRequest, now: Date): void {
  requirePlain('client', asked.client, CLIENT_CHARACTERS_MAX);
  requireCount('rowsMax', asked.rowsMax, LIMITS.ticketRowsMax);
  requireCount('bytesMax', asked.bytesMax, LIMITS.ticketBytesMax);
  const windowMs = LIMITS.ticketWindowDaysMax * DAY_MS;
  const [from, to] = [asked.notBefore.getTime(), asked.notAfter.getTime()];
  const faults: [boolean, string][] = [
    [!(to > from), 'notAfter: must be after notBefore.'],
    [!(to > now.getTime()), 'notAfter: must be in the future.'],
    [to - from > windowMs, `notAfter: the window may span ${LIMITS.ticketWindowDaysMax} days at most.`],
    // An approval for a far day would be forgotten by everybody but the one who holds it.
    [from - now.getTime() > windowMs, `notBefore: at most ${LIMITS.ticketWindowDaysMax} days from now.`],
  ];
  const fault = faults.find(([wrong]) => wrong);
  if (fault !== undefined) throw new GatewayError('request_invalid', fault[1]);
}

/** Until when a request made at `now` may be decided: never later than the window it asks for. */
export function decideBy(now: Date, notAfter: Date): Date {
  return new Date(Math.min(now.getTime() + LIMITS.ticketDecisionHours * HOUR_MS, notAfter.getTime()));
}

function requirePlain(field: string, text: string, charactersMax: number): void {
  if (text.length > charactersMax) {
    throw new GatewayError('request_invalid', `${field}: at most ${charactersMax} characters.`);
  }
  if (CONTROL.test(text)) throw new GatewayError('request_invalid', `${field}: control characters are not accepted.`);
}

function requireCount(field: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new GatewayError('request_invalid', `${field}: a whole number from 1 to ${max}.`);
  }
}
