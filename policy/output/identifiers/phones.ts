/** Telephone numbers: Japan's numbering plan (MIC), and E.164 behind a plus. */
import { type Found, scan } from './model.ts';

type Read = Omit<Found, 'start' | 'end'> | undefined;

/** Three groups with the same mark between, whatever mark: `090x1234x5678` is one too. */
const MOBILE_GROUPS = /(?<![\d+])0[5-9]0([^\d\n])\d{4}\1\d{4}(?!\d)/g;
/** Behind a hyphen the grouping says enough, even where the next row follows without a break. */
const MOBILE_RUN_ON = /(?<![\d+])0[789]0-\d{4}-\d{4}/g;
const MOBILE_BARE = /(?<![\w.+:/-])0[5-9]0\d{8}(?![\w:]|[-.]\d)/g;
const LANDLINE =
  /(?<![\w.:/+-])(?:\(0\d{1,4}\) ?|0\d{1,4}[-(])\d{1,4}[-)]\d{3,4}(?![\w:]|[-.]\d)|(?<![\w.:/+-])\(0\d{1,4}\) ?\d{5,8}(?![\w:])/g;
const LANDLINE_BARE = /(?<![\w.:/+-])0[1-9]\d{8}(?![\w:/]|[-.]\d)/g;
const JAPAN_ABROAD =
  /(?<![\w.])(?:\+|00)?81[-. ]?(?:\(0\))?[-. ]?[1-9]\d{0,3}[-. ]?\d{1,4}[-. ]?\d{3,4}(?![\w:]|[-.]\d)/g;
const ABROAD = /(?<![\w+])\+(?!81)[1-9](?:[-. ()]{0,2}\d){7,14}(?!\w)/g;

const MOBILE_PREFIX = /0[5-9]0/;
const AREA_CODE = /0\d{0,4}[-(]|\(0/;

/**
 * Each shape is looked for where what it cannot do without is on the line.
 * @param dialled whether a zero or a plus begins so many digits; others begin with their country alone.
 */
export function findPhones(line: string, dialled: boolean): Found[] {
  const found: Found[] = [];
  if (MOBILE_PREFIX.test(line)) {
    for (const shape of [MOBILE_GROUPS, MOBILE_RUN_ON, MOBILE_BARE]) found.push(...scan(line, shape, read));
  }
  if (dialled && AREA_CODE.test(line)) found.push(...scan(line, LANDLINE, read));
  if (dialled) found.push(...scan(line, LANDLINE_BARE, read));
  if (line.includes('81')) found.push(...scan(line, JAPAN_ABROAD, ([text]) => fromAbroad(text)));
  if (dialled && line.includes('+')) found.push(...scan(line, ABROAD, abroad));
  return found;
}

function read([text]: RegExpExecArray): Read {
  return domestic(text);
}

function domestic(text: string): Read {
  const digits = digitsOf(text);
  if (/^0[5-9]0[1-9]\d{7}$/.test(digits)) return phone(digits, /^0[789]/.test(digits) ? 'mobile' : 'phone');
  if (/^0800\d{7}$/.test(digits)) return phone(digits, 'phone');
  // Ten digits: an area code and a subscriber's number; 050 to 090 have eleven, but for 0570 and 0990.
  if (digits.length !== 10 || !/^0[1-9]/.test(digits) || /^(\d)\1*$/.test(digits.slice(2))) return undefined;
  return /^0[5-9]0/.test(digits) && !/^0(?:57|99)0/.test(digits) ? undefined : phone(digits, 'phone');
}

/** Without a plus the country code must be followed by a mobile number: 81 begins many numbers. */
function fromAbroad(text: string): Read {
  const digits = digitsOf(text)
    .replace(/^(?:00)?81/, '')
    .replace(/^0/, '');
  if (!/^(?:\+|00)/.test(text) && !/^[789]0\d{8}$/.test(digits)) return undefined;
  return domestic(`0${digits}`);
}

/** At a line's beginning a plus and digits may be an added line of a difference. */
function abroad({ 0: text, index }: RegExpExecArray): Read {
  return index === 0 && /^\+\d+$/.test(text) ? undefined : phone(`+${digitsOf(text)}`, 'phone');
}

function phone(value: string, shelf: 'phone' | 'mobile'): Read {
  return { kind: 'phone', shelf, value, strong: true };
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
