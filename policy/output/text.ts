/** Lines as text: which characters the bytes are, and one form for all widths of them. */
import { plainRun } from './characters.ts';

/** Half-width katakana U+FF61-FF9F, one for one. */
const HALF_WIDTH =
  '。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309a';
const WIDE = /[\u00a0\u2000-\u200a\u2010-\u2015\u2212\u2500\u3000\uff01-\uff9f]/g;
const HAS_WIDE = new RegExp(WIDE.source);
const HAS_LONG = /[ー~〜]\d/;
/** A long vowel mark or a dash between digits is meant as a hyphen. */
const LONG_BETWEEN_DIGITS = /(?<=\d)[ー~〜](?=\d)/g;
const INVISIBLE = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g;

const HAS_INVISIBLE = new RegExp(INVISIBLE.source);

/** Full width, half width and every dash in one form; as many UTF-16 units as before. */
export function plainLine(text: string): string {
  const narrowed = HAS_WIDE.test(text) ? text.replace(WIDE, narrow) : text;
  return HAS_LONG.test(narrowed) ? narrowed.replace(LONG_BETWEEN_DIGITS, '-') : narrowed;
}

function narrow(letter: string): string {
  const code = letter.charCodeAt(0);
  if (code >= 0xff61) return HALF_WIDTH[code - 0xff61] ?? letter;
  if (code >= 0xff5f) return letter;
  if (code >= 0xff01) return String.fromCharCode(code - 0xfee0);
  return code === 0x3000 || code < 0x2010 ? ' ' : '-';
}

/** Characters that show nothing and only part an identifier. */
export function withoutInvisible(text: string): string {
  return HAS_INVISIBLE.test(text) ? text.replace(INVISIBLE, '') : text;
}

/** Text of a line in the charset it proves to be in; undefined where it is text in none. */
export function readText(bytes: Buffer): string | undefined {
  if (plainRun(bytes, 0, true) === bytes.length) return bytes.toString('utf8');
  const legacy = legacyText(bytes);
  if (legacy !== undefined) return legacy;
  return mostlyText(bytes) ? bytes.toString('utf8') : undefined;
}

/** Shift_JIS and EUC-JP share their bytes: the reading with more kana and kanji, and fewer half-width ones, is meant. */
function legacyText(bytes: Buffer): string | undefined {
  let best: string | undefined;
  let most = 0;
  for (const [wellFormed, decoder] of LEGACY) {
    if (!wellFormed(bytes)) continue;
    const text = decoder.decode(bytes);
    const wide = text.match(/[\u3041-\u30fe\u4e00-\u9fff\uff01-\uff5e]/g)?.length ?? 0;
    const half = text.match(/[\uff61-\uff9f]/g)?.length ?? 0;
    // Half-width kana are single bytes: EUC-JP read as Shift_JIS is full of them.
    const score = wide + half * 0.4;
    if (score > most && wide * 2 + half >= highBytes(bytes) * 0.8) [best, most] = [text, score];
  }
  return best;
}

const LEGACY = [
  [isShiftJis, new TextDecoder('shift_jis')],
  [isEucJp, new TextDecoder('euc-jp')],
] as const;

/** JIS X 0208 in shifted form: whether every lead byte has its second. */
function isShiftJis(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80 || (byte >= 0xa1 && byte <= 0xdf)) continue;
    at += 1;
    const second = bytes[at] ?? 0;
    if (byte === 0x80 || byte === 0xa0 || byte > 0xfc || second < 0x40 || second === 0x7f || second > 0xfc)
      return false;
  }
  return true;
}

function isEucJp(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) continue;
    if (byte === 0x8f) at += 1;
    at += 1;
    if ((byte < 0xa1 && byte !== 0x8e && byte !== 0x8f) || byte > 0xfe || (bytes[at] ?? 0) < 0xa1) return false;
  }
  return true;
}

function highBytes(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte >= 0x80) count += 1;
  return count;
}

/** Characters may be cut at both ends, and a stray byte in a hundred is no other charset. */
function mostlyText(bytes: Buffer): boolean {
  let strays = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    at = plainRun(bytes, at, true);
    const byte = bytes[at] ?? 0x20;
    if (at < bytes.length && byte < 0x80 && byte !== 0x1b) return false;
    if (at >= 3 && at < bytes.length - 3) strays += 1;
  }
  return strays * 100 <= bytes.length;
}

/**
 * Whether decoded bytes are something to read; characters may be cut at both ends. Of the old charsets nearly any bytes
 * are letters: two kana and nothing in half width make them a text.
 */
export function isText(bytes: Buffer): boolean {
  if (bytes.length < TEXT_BYTES_MIN || hasControls(bytes)) return false;
  if (mostlyText(bytes)) return true;
  const legacy = legacyText(bytes);
  return legacy !== undefined && /[ぁ-んァ-ヴ].*[ぁ-んァ-ヴ]/.test(legacy) && !/[\uff61-\uff9f]/.test(legacy);
}

function hasControls(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 0x20 && (byte < 0x08 || byte > 0x0d) && byte !== 0x1b) return true;
  return false;
}

const TEXT_BYTES_MIN = 4;

const CONTROLS = /\x1b\[[\d;:?]{0,32}[ -/]?[@-~]|[\0-\x07\x0e-\x1f\x7f]/g;

/** What is seen of it. `x`, backspace, `x` is a bold letter; an underline, a backspace and a letter an underlined one. */
export function withoutControls(text: string): string {
  const plain = text.replace(CONTROLS, '');
  return plain.includes('\b') ? withoutOverstrikes(plain) : plain;
}

function withoutOverstrikes(text: string): string {
  const shown: string[] = [];
  for (const letter of text) {
    if (letter === '\b') shown.pop();
    else shown.push(letter);
  }
  return shown.join('');
}

/** @param line of ASCII. @returns whether it has more than 5.7 bits a character, which no language and no source code has: base85 and its like. */
export function isDense(line: string): boolean {
  const counts = new Uint16Array(256);
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at) & 0xff;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  let bits = 0;
  let letters = 0;
  for (const count of counts) {
    if (count === 0) continue;
    letters += 1;
    bits -= (count / line.length) * Math.log2(count / line.length);
  }
  return bits > 5.7 && letters <= 96;
}
