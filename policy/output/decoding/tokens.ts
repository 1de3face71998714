/** Encodings whose lines are nothing but the code: hex, base32, base64 (RFC 4648), uuencode (POSIX). */
export type TokenShape = 'hex' | 'base32' | 'base64' | 'uuencode';

const HEX = /^(?:[\da-f]{16,}|(?:(?:0x|\\x)?[\da-f]{2}[ :,-] ?){7,}(?:0x|\\x)?[\da-f]{0,2},?)$/i;
const HEX_BEGIN = /^\s*(?:[\da-f]{2}|0x|\\x)/i;
const HEX_LAST = Uint8Array.from({ length: 128 }, (_, code) => Number(/[\da-fx :,-]/i.test(String.fromCharCode(code))));
const BASE32 = /^[A-Z2-7]{16,}={0,6}$/;
const BASE64 = /^[A-Za-z\d+/_-]{16,}={0,2}$/;
const BASE64_REST = /^[A-Za-z\d+/_-]{1,}={0,2}$/;
const UUENCODE = /^M[ -`]{60}$/;
const UUENCODE_REST = /^[ -L][ -`]{0,60}$/;
const HEX_REST = /^[\da-f: ]+$/i;

/** @param running what the lines before were: its last line may be short. */
export function tokenShape(line: string, running: TokenShape | undefined): TokenShape | undefined {
  if (running === 'uuencode' && UUENCODE_REST.test(line)) return 'uuencode';
  if (running === 'hex' && HEX_REST.test(line)) return 'hex';
  if (running === 'base64' && BASE64_REST.test(line)) return 'base64';
  if (HEX_BEGIN.test(line) && isHex(line.trim())) return 'hex';
  // A blank is in no base32 or base64, and in most of what is none.
  if (!line.includes(' ')) {
    if (BASE32.test(line) && /[A-Z]/.test(line)) return 'base32';
    if (BASE64.test(line)) return 'base64';
  }
  return line.startsWith('M') && UUENCODE.test(line) ? 'uuencode' : undefined;
}

/** A hash and a name behind it begin so too, and an expression would try all their digits in pairs. */
function isHex(line: string): boolean {
  return HEX_LAST[line.charCodeAt(line.length - 1)] === 1 && HEX.test(line);
}

/** Decodes line after line; what a line leaves over waits for the next. */
export class TokenDecoder {
  readonly shape: TokenShape;
  #rest = '';

  constructor(shape: TokenShape) {
    this.shape = shape;
  }

  take(line: string): Buffer {
    switch (this.shape) {
      case 'hex':
        return this.#whole(line.replace(/0x|\\x|[ :,-]/gi, ''), 2, (text) => Buffer.from(text, 'hex'));
      case 'base32':
        return this.#whole(line, 8, decodeBase32);
      case 'base64':
        return this.#whole(line, 4, (text) => Buffer.from(text, 'base64'));
      case 'uuencode':
        return decodeUuencode(line);
    }
  }

  /** Padding ends a text: the next line begins another, which is a line of its own. */
  #whole(line: string, group: number, decode: (text: string) => Buffer): Buffer {
    const text = this.#rest + line;
    if (text.endsWith('=')) {
      this.#rest = '';
      return Buffer.concat([decode(text), Buffer.from('\n')]);
    }
    const whole = text.length - (text.length % group);
    this.#rest = text.slice(whole);
    return decode(text.slice(0, whole));
  }
}

function decodeBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    const code = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    if (code === -1) break;
    value = ((value << 5) | code) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}

/** A line is the number of its bytes and four characters for every three. */
function decodeUuencode(line: string): Buffer {
  const six = (at: number) => (line.charCodeAt(at) - 0x20) & 0x3f;
  const length = six(0);
  const bytes = Buffer.alloc(Math.ceil((line.length - 1) / 4) * 3);
  for (let at = 1, to = 0; at < line.length; at += 4, to += 3) {
    bytes[to] = (six(at) << 2) | (six(at + 1) >> 4);
    bytes[to + 1] = ((six(at + 1) << 4) | (six(at + 2) >> 2)) & 0xff;
    bytes[to + 2] = ((six(at + 2) << 6) | six(at + 3)) & 0xff;
  }
  return bytes.subarray(0, length);
}

/** Letters, digits, `+`, `/`, `_`, `-`. */
export const IN_TOKEN = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[\w+/-]/.test(String.fromCharCode(code))),
);
export const TOKEN_MIN = 16;
/** Bytes of a code inside a line that say nothing: fewer are a hash, a signature or an identifier. */
export const TOKEN_OPAQUE_MIN = 300;
const TOKENS_MAX = 32;

/** What the tokens of an ordinary line say when they are decoded, one by one. */
export function decodedTokens(line: string): readonly Buffer[] {
  const decoded: Buffer[] = [];
  for (let from = 0; from + TOKEN_MIN <= line.length && decoded.length < TOKENS_MAX; ) {
    // From its last place on: most words are shorter, and what stands before their end need not be looked at.
    let at = from + TOKEN_MIN - 1;
    while (at >= from && IN_TOKEN[line.charCodeAt(at)] === 1) at -= 1;
    if (at >= from) {
      from = at + 1;
      continue;
    }
    let end = from + TOKEN_MIN;
    while (end < line.length && IN_TOKEN[line.charCodeAt(end)] === 1) end += 1;
    decodeToken(line, from, end, decoded);
    from = end + 1;
  }
  return decoded;
}

/** Counted by one addition: hex digits, above them small letters; capitals, above them slashes. */
export const ABOVE = 12;
export const SMALL = Int32Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code);
  return Number(/[\da-f]/i.test(letter)) | (Number(/[a-z]/.test(letter)) << ABOVE);
});
export const LARGE = Int32Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code);
  return Number(/[A-Z]/.test(letter)) | (Number(letter === '/') << ABOVE);
});

/** Text in base64 is of both cases; what has a slash every few letters is a path. */
function decodeToken(line: string, from: number, end: number, decoded: Buffer[]): void {
  let small = 0;
  let large = 0;
  for (let at = from; at < end; at += 1) {
    const code = line.charCodeAt(at);
    small += SMALL[code] ?? 0;
    large += LARGE[code] ?? 0;
  }
  const length = end - from;
  const lower = small >> ABOVE;
  const upper = large & ((1 << ABOVE) - 1);
  const slashes = large >> ABOVE;
  const isMixed = upper >= 2 && lower > 0 && slashes * TOKEN_MIN <= length;
  const isHex = (small & ((1 << ABOVE) - 1)) === length && length % 2 === 0 && line[end] !== '=';
  if (!isMixed && !isHex && lower + slashes > 0) return;
  const token = line.slice(from, end + paddingAt(line, end));
  if (isHex) decoded.push(Buffer.from(token, 'hex'));
  else if (BASE32.test(token)) decoded.push(decodeBase32(token));
  if (isMixed) decoded.push(Buffer.from(token, 'base64'));
}

function paddingAt(line: string, end: number): 0 | 1 | 2 {
  if (line[end] !== '=') return 0;
  return line[end + 1] === '=' ? 2 : 1;
}
