/**
 * One look at every byte of a line, so that the dear questions are asked only where they may have an answer. Two small
 * automata in tables and no branch: of ordinary text nobody can say what comes next, a processor no more than we.
 */
import {
  BACKWARDS,
  CALLABLE,
  escapesIn,
  GROUPED,
  mayBeAddress,
  mayBeIban,
  mayBeTurned,
  numbersIn,
} from './candidates.ts';
import { mayHoldTokens } from './decoding/candidates.ts';
import { isTopDomain } from './identifiers/emails.ts';

const COLON = 0x3a;
const HYPHEN = 0x2d;
const UNDERLINE = 0x5f;
const PLUS = 0x2b;

export interface Features {
  readonly length: number;
  /** A zero and nine digits more behind it, or a plus and eight, with at most two marks between. */
  readonly phone: boolean;
  /** Eleven digits with at most a blank or a hyphen between. */
  readonly number: boolean;
  /** How many of such there are, 11 to 13; 0 for fewer, or where they stand as nobody writes a card's or a My Number. */
  readonly digits: number;
  /** Digits, a hyphen, digits. */
  readonly block: boolean;
  /** The same, and a hyphen before the beginning of `ku`, `shi`, `cho`, `machi` or `gun`. */
  readonly houses: boolean;
  /** Two capital letters and a digit. */
  readonly iban: boolean;
  readonly at: boolean;
  readonly backspaces: boolean;
  /** Six hex digits at its beginning: the address of a dump. */
  readonly address: boolean;
  readonly high: number;
  readonly controls: number;
  /** Of `%`, `\`, `&` and `=`; where the line is plain, of those that an escape may begin with, up to three. */
  readonly escapes: number;
  /** Marks as ROT47 makes them of digits. */
  readonly turned: boolean;
  readonly blanks: number;
  /** A run of 16 letters, digits, `+`, `-`, `_`; a slash parts it, for paths are more frequent than base64. */
  readonly token: boolean;
  /** No such run is longer than two. */
  readonly spaced: boolean;
}

// What a byte is: three bits for each automaton, one for what a token is made of, one each for what is only noticed, and
// what is counted above them.
const TOKEN_BIT = 6;
const AT = 1 << 7;
const BACKSPACE = 1 << 8;
const HIGH = 1 << 9;
const CONTROL = 1 << 10;
/** LF, VT, FF, CR and NUL end a line: `tr '\n' '\0'` makes no one line of many. */
const BREAK = 1 << 11;
const COUNTS = 12;
const BLANK_ONE = 1 << COUNTS;
const ESCAPE_ONE = 1 << (2 * COUNTS);

/** For numbers: another byte, a zero, another digit, a blank, a hyphen, a plus, a colon, the rest of a character. */
function numberClass(byte: number): number {
  if (byte === 0x30) return 1;
  if (byte > 0x30 && byte <= 0x39) return 2;
  if (byte === 0x20) return 3;
  if (byte === HYPHEN) return 4;
  if (byte === PLUS) return 5;
  if (byte === COLON) return 6;
  return byte >= 0x80 && byte < 0xc0 ? 7 : 0;
}

/** For what stands before: another byte, a digit, a hyphen, a capital letter, how a ward's name begins. */
function shapeClass(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return 1;
  if (byte === HYPHEN) return 2;
  if (byte >= 0x41 && byte <= 0x5a) return 3;
  return 'kscmg'.includes(String.fromCharCode(byte)) ? 4 : 0;
}

const KIND = Int32Array.from({ length: 256 }, (_, byte) => {
  const isControl = (byte < 0x20 && (byte < 0x07 || byte > 0x0f)) || byte === 0x7f;
  return (
    numberClass(byte) |
    (shapeClass(byte) << 3) |
    (Number(byte < 0x80 && (/[A-Za-z\d]/.test(String.fromCharCode(byte)) || isJoin(byte))) << TOKEN_BIT) |
    (byte === 0x40 ? AT : 0) |
    (byte === 0x08 ? BACKSPACE : 0) |
    (byte >= 0x80 ? HIGH : 0) |
    (isControl ? CONTROL : 0) |
    (byte === 0 || (byte >= 0x0a && byte <= 0x0d) ? BREAK : 0) |
    (byte === 0x20 ? BLANK_ONE : 0) |
    ('%\\&='.includes(String.fromCharCode(byte)) ? ESCAPE_ONE : 0)
  );
});

function isJoin(byte: number): boolean {
  return byte === PLUS || byte === HYPHEN || byte === UNDERLINE;
}

// The automaton of numbers: digits of one written in groups (0 to 13), digits since a zero or plus (0 for none, or one
// more than they are, to 11), bytes since the last digit (0 to 3).
const GROUPED_MAX = 13;
const DIALLED_MAX = 11;
const GAP_MAX = 3;
const PHONE = 1 << 16;
const ELEVEN = 1 << 17;
const TWELVE = 1 << 18;
const THIRTEEN = 1 << 19;

function numberState(grouped: number, dialled: number, gap: number): number {
  const flags = dialled === DIALLED_MAX ? PHONE : 0;
  const index = (grouped * (DIALLED_MAX + 1) + dialled) * (GAP_MAX + 1) + gap;
  const long = (grouped >= 11 ? ELEVEN : 0) | (grouped >= 12 ? TWELVE : 0) | (grouped >= 13 ? THIRTEEN : 0);
  return (index << 3) | flags | long;
}

function nextNumber(state: number, kind: number): number {
  const gap = state % (GAP_MAX + 1);
  const dialled = Math.floor(state / (GAP_MAX + 1)) % (DIALLED_MAX + 1);
  const grouped = Math.floor(state / (GAP_MAX + 1) / (DIALLED_MAX + 1));
  if (kind === 1 || kind === 2) {
    const begins = kind === 1 && gap > 0 ? 2 : 0;
    return numberState(
      Math.min(grouped + 1, GROUPED_MAX),
      dialled > 0 ? Math.min(dialled + 1, DIALLED_MAX) : begins,
      0,
    );
  }
  // A character of several bytes parts a number no more than one of one byte.
  const wider = kind === 7 ? gap : Math.min(gap + 1, GAP_MAX);
  const goesOn = (kind === 3 || kind === 4) && wider <= 1;
  const left = wider > 2 || kind === 6 ? 0 : dialled;
  return numberState(goesOn ? grouped : 0, kind === 5 ? 3 : left, wider);
}

const STATES = (GROUPED_MAX + 1) * (DIALLED_MAX + 1) * (GAP_MAX + 1);
const NUMBERS = Int32Array.from({ length: STATES * 8 }, (_, at) => nextNumber(at >> 3, at & 7));
const NUMBERS_BEGIN = numberState(0, 0, 1);
const NUMBERS_MASK = 0xfff8;

// The automaton of shapes: 1 a digit, 2 a hyphen behind one, 3 a capital letter, 4 two of them, 5 another hyphen.
const BLOCK = 1 << 8;
const IBAN = 1 << 9;
const WARD = 1 << 10;
const SHAPES = Int32Array.from({ length: 64 }, (_, at) => {
  const state = at >> 3;
  const kind = at & 7;
  if (kind === 1) return (1 << 3) | (state === 2 ? BLOCK : 0) | (state === 4 ? IBAN : 0);
  if (kind === 2) return (state === 1 ? 2 : 5) << 3;
  if (kind === 3) return (state === 3 || state === 4 ? 4 : 3) << 3;
  return kind === 4 && (state === 2 || state === 5) ? WARD : 0;
});
const SHAPES_MASK = 0x38;

/** Reads `bytes[from, to)`, at most 4095. */
export function featuresOf(bytes: Buffer, from: number, to: number): Features {
  return read(bytes, from, to, 0);
}

/** The same up to the first break: one look finds where a line ends and what it is. */
export function lineFeatures(bytes: Buffer, from: number, to: number): Features {
  return read(bytes, from, to, BREAK);
}

export function isBreak(byte: number | undefined): boolean {
  return byte !== undefined && ((KIND[byte] ?? 0) & BREAK) !== 0;
}

function read(bytes: Buffer, from: number, limit: number, stops: number): Features {
  let number = NUMBERS_BEGIN;
  let numbers = 0;
  let shape = 0;
  let shapes = 0;
  let run = 0;
  let runs = 0;
  let unspaced = 0;
  let noticed = 0;
  let counts = 0;
  let to = from;
  for (; to < limit; to += 1) {
    const kind = KIND[bytes[to] ?? 0] ?? 0;
    if ((kind & stops) !== 0) break;
    number = NUMBERS[(number & NUMBERS_MASK) | (kind & 7)] ?? 0;
    numbers |= number;
    shape = SHAPES[(shape & SHAPES_MASK) | ((kind >> 3) & 7)] ?? 0;
    shapes |= shape;
    run = (run + 1) & -((kind >> TOKEN_BIT) & 1);
    runs |= run;
    unspaced |= 2 - run;
    noticed |= kind;
    counts += kind >> COUNTS;
  }
  const high = (noticed & HIGH) !== 0 ? countOf(bytes, from, to, HIGH) : 0;
  const controls = (noticed & CONTROL) !== 0 ? countOf(bytes, from, to, CONTROL) : 0;
  const features: Features = {
    length: to - from,
    phone: (numbers & PHONE) !== 0,
    number: (numbers & ELEVEN) !== 0,
    digits: digitsOf(numbers),
    iban: (shapes & IBAN) !== 0,
    block: (shapes & BLOCK) !== 0,
    houses: (shapes & (BLOCK | WARD)) === (BLOCK | WARD),
    at: (noticed & AT) !== 0,
    backspaces: (noticed & BACKSPACE) !== 0,
    address: isAddress(bytes, from, to),
    high,
    controls,
    escapes: counts >> COUNTS,
    turned: counts >> COUNTS >= 2,
    blanks: counts & (BLANK_ONE - 1),
    token: runs >= 16,
    spaced: unspaced >= 0,
  };
  return high > 0 || controls > 0 || features.backspaces ? features : looked(features, bytes, from, to);
}

/** The same line, where it is shown as it stands, looked at once more for what its features say may be there. */
function looked(features: Features, bytes: Buffer, from: number, to: number): Features {
  if (hasNothing(features)) return features;
  const { phone, number, iban, at, escapes, token } = features;
  const dialled = phone || number;
  // Digits with a mark between any two are read without the marks.
  const seen = dialled && !features.spaced ? numbersIn(bytes, from, to) : ANY_NUMBER;
  return {
    ...features,
    phone: phone && (seen & CALLABLE) !== 0,
    number: number && (seen & (CALLABLE | BACKWARDS)) !== 0,
    digits: (seen & GROUPED) !== 0 ? features.digits : 0,
    iban: iban && mayBeIban(bytes, from, to),
    at: at && mayBeAddress(bytes, from, to, isTopDomain),
    ...(escapes >= 2 && { escapes: escapesIn(bytes, from, to, 3), turned: mayBeTurned(bytes, from, to) }),
    token: token && mayHoldTokens(bytes, from, to),
  };
}

function hasNothing({ phone, number, iban, at, token, escapes }: Features): boolean {
  return !(phone || number || iban || at || token) && escapes < 2;
}

const ANY_NUMBER = CALLABLE | BACKWARDS | GROUPED;

function digitsOf(numbers: number): number {
  if ((numbers & TWELVE) !== 0) return (numbers & THIRTEEN) !== 0 ? 13 : 12;
  return (numbers & ELEVEN) !== 0 ? 11 : 0;
}

function countOf(bytes: Uint8Array, from: number, to: number, bit: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) count += (KIND[bytes[at] ?? 0] ?? 0) & bit;
  return count / bit;
}

function isAddress(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 12) return false;
  for (let at = from; at < from + 6; at += 1) {
    const byte = bytes[at] ?? 0;
    const isHex = (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
    if (!isHex) return false;
  }
  return true;
}
