/** Bounds of what people write into a ticket. */
import { GatewayError, LIMITS } from '../foundation/index.ts';
import type { AskedWindow, ExportRequest, TransferRequest } from './model.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CLIENT_CHARACTERS_MAX = 200;
const DETAIL_CHARACTERS_MAX = 500;

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

/** Bounds of an export. @throws {GatewayError} `request_invalid` naming the field. */
export function requireExportBounds(asked: ExportRequest, now: Date): void {
  requirePlain('client', asked.client, CLIENT_CHARACTERS_MAX);
  requirePlain('recipient', asked.recipient ?? '', DETAIL_CHARACTERS_MAX);
  requirePlain('legalBasis', asked.legalBasis ?? '', DETAIL_CHARACTERS_MAX);
  requireCount('rowsMax', asked.rowsMax, LIMITS.ticketRowsMax);
  requireCount('bytesMax', asked.bytesMax, LIMITS.ticketBytesMax);
  requireCount('usesMax', asked.usesMax ?? 1, LIMITS.ticketUsesMax);
  const { destination, recipient = '', rowsExpected = null, deleteBy = null } = asked;
  if (rowsExpected !== null) requireCount('rowsExpected', rowsExpected, LIMITS.ticketRowsMax);
  if ((destination === 'system' || destination === 'outside') && recipient.trim() === '') {
    throw new GatewayError('request_invalid', 'recipient: must say who receives it.');
  }
  if (deleteBy !== null && deleteBy <= now)
    throw new GatewayError('request_invalid', 'deleteBy: must be in the future.');
}

/** What a transfer carries at most. @throws {GatewayError} `request_invalid` naming the field. */
export function requirePromise({ rowsExpected = null, peopleExpected = null, fields = null }: TransferRequest) {
  if (rowsExpected !== null) requireCount('rowsExpected', rowsExpected, LIMITS.ticketRowsMax);
  if (peopleExpected !== null) requireCount('peopleExpected', peopleExpected, LIMITS.ticketRowsMax);
  if (fields !== null && fields.length > LIMITS.transferFieldsMax) {
    throw new GatewayError('request_invalid', `fields: ${LIMITS.transferFieldsMax} at most.`);
  }
  return { rowsExpected, peopleExpected, fields: fields?.map((field) => requireText('fields', field, 200)) ?? null };
}

/** When a ticket may be used and until when it may be decided. */
export interface Window {
  /** Outer bounds where the time runs from the approval. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly lastsSeconds: number | null;
  readonly decideBy: Date;
}

/** @throws {GatewayError} `request_invalid` naming the field. */
export function requireWindow(asked: AskedWindow, now: Date): Window {
  const { notBefore, notAfter, lastsSeconds } = asked;
  if (lastsSeconds !== undefined) {
    if (notBefore !== undefined || notAfter !== undefined) {
      throw new GatewayError('request_invalid', 'lastsSeconds: a time from the approval, or a chosen one, not both.');
    }
    requireCount('lastsSeconds', lastsSeconds, (LIMITS.ticketWindowDaysMax * DAY_MS) / SECOND_MS);
    const decideBy = new Date(now.getTime() + LIMITS.ticketDecisionHours * HOUR_MS);
    const outer = new Date(decideBy.getTime() + lastsSeconds * SECOND_MS);
    return { notBefore: now, notAfter: outer, lastsSeconds, decideBy };
  }
  if (notBefore === undefined) throw new GatewayError('request_invalid', 'notBefore: must say when it begins.');
  if (notAfter === undefined) throw new GatewayError('request_invalid', 'notAfter: must say when it ends.');
  requireChosen(notBefore, notAfter, now);
  // Never later than the window it asks for.
  const decideBy = new Date(Math.min(now.getTime() + LIMITS.ticketDecisionHours * HOUR_MS, notAfter.getTime()));
  return { notBefore, notAfter, lastsSeconds: null, decideBy };
}

function requireChosen(notBefore: Date, notAfter: Date, now: Date): void {
  const windowMs = LIMITS.ticketWindowDaysMax * DAY_MS;
  const [from, to] = [notBefore.getTime(), notAfter.getTime()];
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

function requirePlain(field: string, text: string, charactersMax: number): void {
  if (text.length > charactersMax) {
    throw new GatewayError('request_invalid', `${field}: at most ${charactersMax} characters.`);
  }
  if (CONTROL.test(text)) throw new GatewayError('request_invalid', `${field}: control characters are not accepted.`);
}

export function requireCount(field: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new GatewayError('request_invalid', `${field}: a whole number from 1 to ${max}.`);
  }
}
