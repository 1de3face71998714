/**
 * A second look at the bytes of a line whose features say that something may be there: each question is what an expression
 * further in cannot do without, so that a no here is a no there, and a yes costs no more than asking it.
 * Of lines in ASCII without controls only: elsewhere the characters that are read are others than the bytes.
 */
const ZERO = 0x30;
const NINE = 0x39;
const HYPHEN = 0x2d;
const PLUS = 0x2b;
const BLANK = 0x20;

/** A telephone number may begin here. */
export const CALLABLE = 1;
/** Read from the end, a mobile number may. */
export const BACKWARDS = 2;
/** Twelve digits alone, a card's number, or digits in fours. */
export const GROUPED = 4;

function table(letters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(byte < 0x80 && letters.test(String.fromCharCode(byte))));
}

const DIGIT = table(/\d/);
const WORD = table(/\w/);
const LETTER = table(/[A-Za-z]/);
const ALNUM = table(/[A-Za-z\d]/);
const CAPITAL = table(/[A-Z]/);
const CAPITAL_OR_DIGIT = table(/[A-Z\d]/);
/** What must not stand before a landline's number, and before a card's. */
const NOT_BEFORE_LANDLINE = table(/[\w.:/+-]/);
const NOT_BEFORE_CARD = table(/[\w.+-]/);
const NOT_BEHIND_CARD = table(/[\w.-]/);
const HEX = table(/[\da-fA-F]/);

/** Byte `at` of the line [from, to); 0 outside. */
function byteOf(bytes: Uint8Array, line: Line, at: number): number {
  return at >= line.from && at < line.to ? (bytes[at] ?? 0) : 0;
}

interface Line {
  readonly from: number;
  readonly to: number;
}

/** Runs of digits, each looked at once. @returns `CALLABLE`, `BACKWARDS` and `GROUPED`, where a run may be such. */
export function numbersIn(bytes: Uint8Array, from: number, to: number): number {
  const line = { from, to };
  let seen = 0;
  for (let at = from; at < to; at += 1) {
    if (DIGIT[bytes[at] ?? 0] === 0) continue;
    const begin = at;
    while (at < to && DIGIT[bytes[at] ?? 0] === 1) at += 1;
    if (at - begin > 1) seen |= runOf(bytes, line, begin, at);
    else if (byteOf(bytes, line, begin - 1) === PLUS && bytes[begin] !== ZERO) seen |= CALLABLE;
  }
  return seen;
}

function runOf(bytes: Uint8Array, line: Line, begin: number, end: number): number {
  const callable = isCallable(bytes, line, begin, end) ? CALLABLE : 0;
  const backwards = isBackwards(bytes, line, begin, end) ? BACKWARDS : 0;
  return callable | backwards | (isGrouped(bytes, line, begin, end) ? GROUPED : 0);
}

function isCallable(bytes: Uint8Array, line: Line, begin: number, end: number): boolean {
  if (bytes[begin] === ZERO) return isDialled(bytes, line, begin, end) || isJapanAbroad(bytes, begin + 2, end);
  return byteOf(bytes, line, begin - 1) === PLUS || isJapanAbroad(bytes, begin, end);
}

function isGrouped(bytes: Uint8Array, line: Line, begin: number, end: number): boolean {
  const length = end - begin;
  if (length === 4) return NOT_BEFORE_CARD[byteOf(bytes, line, begin - 1)] === 0 && isFollowedByFour(bytes, line, end);
  return length === 12 || (length >= 13 && length <= 19 && isCardLike(bytes, line, begin, end));
}

/** A zero in front: a mobile number in groups or bare, an area code with its mark, ten digits bare. */
function isDialled(bytes: Uint8Array, line: Line, begin: number, end: number): boolean {
  const length = end - begin;
  if (length === 10 || length === 11) return true;
  if (length > 5) return false;
  const next = byteOf(bytes, line, end);
  const behind = byteOf(bytes, line, end + 1);
  if (length === 3 && isMobilePrefix(bytes, begin) && DIGIT[behind] === 1) return true;
  const before = byteOf(bytes, line, begin - 1);
  if (next === 0x29) return before === 0x28;
  return (next === HYPHEN || next === 0x28) && DIGIT[behind] === 1 && NOT_BEFORE_LANDLINE[before] === 0;
}

function isMobilePrefix(bytes: Uint8Array, at: number): boolean {
  const middle = bytes[at + 1] ?? 0;
  return bytes[at] === ZERO && middle >= 0x35 && middle <= NINE && bytes[at + 2] === ZERO;
}

/** Japan's country code, behind the zeros of a call abroad or at the beginning. */
function isJapanAbroad(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 1 < end && bytes[at] === 0x38 && bytes[at + 1] === 0x31;
}

function isBackwards(bytes: Uint8Array, line: Line, begin: number, end: number): boolean {
  const length = end - begin;
  if ((length < 7 && length !== 3) || !isMobilePrefix(bytes, end - 3)) return false;
  return length > 3 || (WORD[byteOf(bytes, line, begin - 1)] === 0 && DIGIT[byteOf(bytes, line, begin - 2)] === 1);
}

/** Cards begin with 2 to 6. */
function isCardLike(bytes: Uint8Array, line: Line, begin: number, end: number): boolean {
  const first = bytes[begin] ?? 0;
  if (first < 0x32 || first > 0x36) return false;
  return NOT_BEFORE_CARD[byteOf(bytes, line, begin - 1)] === 0 && NOT_BEHIND_CARD[byteOf(bytes, line, end)] === 0;
}

function isFollowedByFour(bytes: Uint8Array, line: Line, end: number): boolean {
  const mark = byteOf(bytes, line, end);
  if (mark !== BLANK && mark !== HYPHEN) return false;
  for (let at = end + 1; at < end + 5; at += 1) if (DIGIT[byteOf(bytes, line, at)] === 0) return false;
  return true;
}

/** Two capitals and two digits with four more such behind them, at the beginning of a word. */
export function mayBeIban(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at + 12 <= to; at += 1) {
    const isCountry = CAPITAL[bytes[at] ?? 0] === 1 && CAPITAL[bytes[at + 1] ?? 0] === 1;
    if (!isCountry || (at > from && ALNUM[bytes[at - 1] ?? 0] === 1)) continue;
    const four = bytes[at + 4] === BLANK ? at + 5 : at + 4;
    if (areAll(bytes, at + 2, at + 4, DIGIT) && areAll(bytes, four, four + 4, CAPITAL_OR_DIGIT)) return true;
  }
  return false;
}

/** @param to at most where the line ends. */
function areAll(bytes: Uint8Array, from: number, to: number, allowed: Uint8Array): boolean {
  for (let at = from; at < to; at += 1) if (allowed[bytes[at] ?? 0] === 0) return false;
  return true;
}

/** An escape stands for a byte or a character: so many as may begin here, up to `most`. */
export function escapesIn(bytes: Uint8Array, from: number, to: number, most: number): number {
  let count = 0;
  for (let at = from; at + 1 < to && count < most; at += 1) {
    const byte = bytes[at] ?? 0;
    const next = bytes[at + 1] ?? 0;
    if (byte === 0x25 || byte === 0x3d)
      count += Number(HEX[next] === 1 && at + 2 < to && HEX[bytes[at + 2] ?? 0] === 1);
    else if (byte === 0x5c) count += BEHIND_BACKSLASH[next] ?? 0;
    else if (byte === 0x26) count += BEHIND_AMPERSAND[next] ?? 0;
  }
  return count;
}

const BEHIND_BACKSLASH = table(/[xuXU0-7]/);
const BEHIND_AMPERSAND = table(/[#achpnlgqACHPNLGQ]/);

/** How a mobile number begins in ROT47: `_`, one of `d` to `h`, `_`. */
export function mayBeTurned(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at + 10 < to; at += 1) {
    if (bytes[at] !== 0x5f || bytes[at + 2] !== 0x5f) continue;
    const middle = bytes[at + 1] ?? 0;
    if (middle >= 0x64 && middle <= 0x68) return true;
  }
  return false;
}

const IN_LOCAL = table(/[\w.%+'-]/);
const IN_DOMAIN = table(/[A-Za-z\d.-]/);
const IN_REVERSED = table(/[\w.-]/);
const LAST_OF_REVERSED = table(/[cjno]/);

/**
 * @param isTop says of letters in small whether they end a domain.
 * @returns whether an address may stand around an `@`, read from either end.
 */
export function mayBeAddress(bytes: Buffer, from: number, to: number, isTop: (letters: string) => boolean): boolean {
  for (let at = bytes.indexOf(0x40, from); at !== -1 && at < to; at = bytes.indexOf(0x40, at + 1)) {
    if (at === from) continue;
    const before = bytes[at - 1] ?? 0;
    if (IN_LOCAL[before] === 1 && hasDomain(bytes, at + 1, to, isTop)) return true;
    if (IN_REVERSED[before] === 1 && isReversed(bytes, from, at)) return true;
  }
  return false;
}

/** A point and letters that end a domain, two of them or known ones, as far as its characters go. */
function hasDomain(bytes: Buffer, from: number, to: number, isTop: (letters: string) => boolean): boolean {
  for (let at = from; at < to && IN_DOMAIN[bytes[at] ?? 0] === 1; at += 1) {
    if (bytes[at] !== 0x2e || at === from) continue;
    let end = at + 1;
    while (end < to && LETTER[bytes[end] ?? 0] === 1) end += 1;
    if (end - at - 1 === 2 || (end - at > 3 && isTop(bytes.toString('latin1', at + 1, end).toLowerCase()))) return true;
  }
  return false;
}

/** `moc.`, `pj.`, `ten.` or `gro.` before the `@`. */
function isReversed(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = end - 1; at > from && IN_REVERSED[bytes[at] ?? 0] === 1; at -= 1) {
    if (bytes[at] === 0x2e && LAST_OF_REVERSED[bytes[at - 1] ?? 0] === 1) return true;
  }
  return false;
}
