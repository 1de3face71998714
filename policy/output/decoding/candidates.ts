/** Whether a line may hold code, by its bytes: no text is made of one that has none. */
import { ABOVE, IN_TOKEN, LARGE, SMALL, TOKEN_MIN, TOKEN_OPAQUE_MIN } from './tokens.ts';

const IN_BASE32 = table(/[A-Z2-7]/);
const IN_HEX_LINE = table(/[\da-fx\\ :,\t-]/i);
const IN_BASE_LINE = table(/[A-Za-z\d+/=_-]/);
const IN_NUMBERS = table(/[\da-f \t]/i);
const BLANK = table(/[ \t]/);
const UUENCODE_BYTES = 61;
/** Columns of a cell of `od -c`. */
const CELL = 4;

function table(letters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(byte < 0x80 && letters.test(String.fromCharCode(byte))));
}

function areAll(bytes: Uint8Array, from: number, to: number, allowed: Uint8Array): boolean {
  for (let at = from; at < to; at += 1) if (allowed[bytes[at] ?? 0] === 0) return false;
  return true;
}

/** Whether the line [from, to) of ASCII may be code or a dump as a whole; shorter ones say nothing alone. */
export function mayBeCode(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length < TOKEN_MIN) return false;
  if (length === UUENCODE_BYTES && bytes[from] === 0x4d) return true;
  if (BLANK[bytes[from] ?? 0] === 1) return areAll(bytes, from, to, IN_HEX_LINE) || mayBeDump(bytes, from, to);
  return areAll(bytes, from, to, IN_HEX_LINE) || areAll(bytes, from, to, IN_BASE_LINE);
}

/** Numbers, or cells that begin with a blank each. */
function mayBeDump(bytes: Uint8Array, from: number, to: number): boolean {
  if (areAll(bytes, from, to, IN_NUMBERS)) return true;
  if ((to - from) % CELL !== 0) return false;
  for (let at = from; at < to; at += CELL) if (BLANK[bytes[at] ?? 0] === 0) return false;
  return true;
}

/** What six bits a byte of base64 stands for, in both alphabets; 64 for none. */
const SIX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const at = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(String.fromCharCode(byte));
  return at === -1 ? ({ '-': 62, _: 63 }[String.fromCharCode(byte)] ?? 64) : at;
});
const NIBBLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  return byte < 0x80 && /[\da-f]/i.test(letter) ? parseInt(letter, 16) : 16;
});
/** A control that no text has: `isText` says no to all bytes with one. */
const NO_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte < 0x20 && (byte < 0x08 || byte > 0x0d) && byte !== 0x1b),
);

/**
 * Whether a token of the line [from, to) may say something, by its bytes alone: `decodedTokens` decodes others too, which
 * are no text and shorter than what is counted.
 */
export function mayHoldTokens(bytes: Uint8Array, from: number, to: number): boolean {
  for (let begin = from; begin + TOKEN_MIN <= to; ) {
    let at = begin + TOKEN_MIN - 1;
    while (at >= begin && isInToken(bytes[at])) at -= 1;
    if (at >= begin) {
      begin = at + 1;
      continue;
    }
    let end = begin + TOKEN_MIN;
    while (end < to && isInToken(bytes[end])) end += 1;
    if (maySay(bytes, begin, end)) return true;
    begin = end + 1;
  }
  return false;
}

function isInToken(byte = 0): boolean {
  return byte < 0x80 && IN_TOKEN[byte] === 1;
}

function maySay(bytes: Uint8Array, from: number, end: number): boolean {
  if ((end - from) * 3 >= TOKEN_OPAQUE_MIN * 4) return true;
  let small = 0;
  let large = 0;
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    small += SMALL[byte] ?? 0;
    large += LARGE[byte] ?? 0;
  }
  const isHex = (small & ((1 << ABOVE) - 1)) === end - from;
  if (isHex && isHexText(bytes, from, end)) return true;
  if (small >> ABOVE === 0) return large >> ABOVE === 0 && isBase32(bytes, from, end);
  return (large & ((1 << ABOVE) - 1)) >= 2 && isBase64Text(bytes, from, end);
}

function isBase32(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if (IN_BASE32[bytes[at] ?? 0] === 0) return false;
  return true;
}

function isHexText(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at + 1 < end; at += 2) {
    if (NO_TEXT[((NIBBLE[bytes[at] ?? 0] ?? 0) << 4) | (NIBBLE[bytes[at + 1] ?? 0] ?? 0)] === 1) return false;
  }
  return true;
}

/** The whole bytes of it: what is left of the last group may be cut. */
function isBase64Text(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at + 3 < end; at += 4) {
    const group =
      ((SIX[bytes[at] ?? 0] ?? 0) << 18) |
      ((SIX[bytes[at + 1] ?? 0] ?? 0) << 12) |
      ((SIX[bytes[at + 2] ?? 0] ?? 0) << 6) |
      (SIX[bytes[at + 3] ?? 0] ?? 0);
    if (NO_TEXT[group >> 16] === 1 || NO_TEXT[(group >> 8) & 0xff] === 1 || NO_TEXT[group & 0xff] === 1) return false;
  }
  return true;
}
