/** One look at every byte of a line, so that the dear questions are asked only where they may have an answer. */
const OTHER = 0;
const DIGIT = 1;
const JOIN = 2;
const UPPER = 3;
const LOWER = 4;
const HIGH = 5;
const CONTROL = 6;
const ESCAPE = 7;
const BLANK = 0x20;
const PLUS = 0x2b;
const HYPHEN = 0x2d;
const UNDERLINE = 0x5f;
const CLASS = Uint8Array.from({ length: 256 }, (_, byte) => classOf(byte));

function classOf(byte: number): number {
  const letter = String.fromCharCode(byte);
  if (byte >= 0x80) return HIGH;
  if (/\d/.test(letter)) return DIGIT;
  if (/[A-Z]/.test(letter)) return UPPER;
  if (/[a-z]/.test(letter)) return LOWER;
  if ('%\\&='.includes(letter)) return ESCAPE;
  if ('+-_/. ()'.includes(letter)) return JOIN;
  return (byte < 0x20 && (byte < 0x07 || byte > 0x0f)) || byte === 0x7f ? CONTROL : OTHER;
}

export interface Features {
  readonly length: number;
  /** A zero and nine digits more behind it, or a plus and eight, with at most two marks between. */
  readonly phone: boolean;
  /** Eleven digits with at most a blank or a hyphen between. */
  readonly number: boolean;
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
  /** Of `%`, `\`, `&` and `=`. */
  readonly escapes: number;
  readonly blanks: number;
  /** The longest run of letters, digits, `+`, `-`, `_`; a slash parts it, for paths are more frequent than base64. */
  readonly token: number;
}

/** Reads `bytes[from, to)`. */
export function featuresOf(bytes: Uint8Array, from: number, to: number): Features {
  const scan = new Scan();
  for (let at = from; at < to; at += 1) scan.read(bytes[at] ?? 0);
  return scan.features(to - from, isAddress(bytes, from, to));
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

class Scan {
  #phone = false;
  #number = false;
  #iban = false;
  #block = false;
  #ward = false;
  #previous = 0;
  #at = false;
  #backspaces = false;
  #high = 0;
  #controls = 0;
  #escapes = 0;
  #blanks = 0;
  #longest = 0;
  #token = 0;
  /** Digits of a number written in groups. */
  #grouped = 0;
  /** Digits since a zero or plus, -1 where there was none. */
  #dialled = -1;
  /** Bytes since the last digit. */
  #gap = 1;
  #capitals = 0;

  read(byte: number): void {
    const kind = CLASS[byte] ?? OTHER;
    if (kind === DIGIT) this.#digit(byte);
    else this.#noDigit(kind, byte);
    this.#previous = byte;
  }

  #noDigit(kind: number, byte: number): void {
    // A character of several bytes parts a number no more than one of one byte.
    if (kind !== HIGH || byte >= 0xc0) this.#gap += 1;
    if (this.#gap > 2) this.#dialled = -1;
    if (kind === LOWER || kind === UPPER) {
      this.#token += 1;
      this.#grouped = 0;
      this.#capitals = kind === UPPER ? this.#capitals + 1 : 0;
      if (this.#previous === HYPHEN && 'kscmg'.includes(String.fromCharCode(byte))) this.#ward = true;
      return;
    }
    this.#capitals = 0;
    if (kind === JOIN) this.#join(byte);
    else this.#other(kind, byte);
  }

  features(length: number, address: boolean): Features {
    return {
      length,
      phone: this.#phone,
      number: this.#number,
      iban: this.#iban,
      block: this.#block,
      houses: this.#block && this.#ward,
      at: this.#at,
      backspaces: this.#backspaces,
      address,
      high: this.#high,
      controls: this.#controls,
      escapes: this.#escapes,
      blanks: this.#blanks,
      token: Math.max(this.#longest, this.#token),
    };
  }

  #digit(byte: number): void {
    this.#token += 1;
    this.#grouped += 1;
    if (this.#dialled >= 0) this.#dialled += 1;
    else if (byte === 0x30 && this.#gap > 0) this.#dialled = 1;
    if (this.#dialled >= 10) this.#phone = true;
    if (this.#grouped >= 11) this.#number = true;
    if (this.#capitals >= 2) this.#iban = true;
    if (this.#gap === 1 && this.#previous === HYPHEN) this.#block = true;
    this.#gap = 0;
    this.#capitals = 0;
  }

  #join(byte: number): void {
    if (byte === BLANK) this.#blanks += 1;
    if (byte === PLUS) this.#dialled = 2;
    if (this.#gap > 1 || (byte !== BLANK && byte !== HYPHEN)) this.#grouped = 0;
    if (byte === PLUS || byte === HYPHEN || byte === UNDERLINE) this.#token += 1;
    else this.#endToken();
  }

  #other(kind: number, byte: number): void {
    this.#grouped = 0;
    this.#endToken();
    if (kind === HIGH) this.#high += 1;
    else if (kind === ESCAPE) this.#escapes += 1;
    else if (kind === CONTROL) this.#controls += 1;
    else if (byte === 0x40) this.#at = true;
    else if (byte === 0x3a) this.#dialled = -1;
    else if (byte === 0x08) this.#backspaces = true;
  }

  #endToken(): void {
    if (this.#token > this.#longest) this.#longest = this.#token;
    this.#token = 0;
  }
}
