/** Encodings whose lines are nothing but the code: hex, base32, base64 (RFC 4648), uuencode (POSIX). */
export type TokenShape = 'hex' | 'base32' | 'base64' | 'uuencode';

const HEX = /^(?:[\da-f]{16,}|(?:(?:0x|\\x)?[\da-f]{2}[ :,-] ?){7,}(?:0x|\\x)?[\da-f]{0,2},?)$/i;
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
  if (HEX.test(line.trim())) return 'hex';
  if (BASE32.test(line) && /[A-Z]/.test(line)) return 'base32';
  if (BASE64.test(line)) return 'base64';
  return UUENCODE.test(line) ? 'uuencode' : undefined;
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

const TOKEN = /[A-Za-z\d+/_-]{16,}={0,2}/g;
const TOKENS_MAX = 32;

/** Text in base64 is of both cases; what has a slash every few letters is a path. */
function isMixed(token: string): boolean {
  if (!/[A-Z].*[A-Z]/.test(token) || !/[a-z]/.test(token)) return false;
  return (token.split('/').length - 1) * 16 <= token.length;
}

/** What the tokens of an ordinary line say when they are decoded, one by one. */
export function decodedTokens(line: string): readonly Buffer[] {
  const decoded: Buffer[] = [];
  for (const [token] of line.matchAll(TOKEN)) {
    if (decoded.length >= TOKENS_MAX) break;
    if (/^[\da-f]{16,}$/i.test(token) && token.length % 2 === 0) decoded.push(Buffer.from(token, 'hex'));
    else if (BASE32.test(token)) decoded.push(decodeBase32(token));
    if (isMixed(token)) decoded.push(Buffer.from(token, 'base64'));
  }
  return decoded;
}
