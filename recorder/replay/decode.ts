/**
 * Bytes of a terminal as text. UTF-8 unless a piece is none and reads whole as EUC-JP or Shift_JIS with Japanese in it:
 * then that from there on, until a piece does not fit any more. Nobody declares the charset of a terminal, so this is a
 * guess, and the index names what was guessed.
 */
import { isAscii } from 'node:buffer';

const CHARSETS = ['utf-8', 'euc-jp', 'shift_jis'] as const;
type Charset = (typeof CHARSETS)[number];

/** Bytes at the end of a piece that may be the beginning of a character. */
const TAIL_BYTES_MAX: Readonly<Record<Charset, number>> = { 'utf-8': 3, 'euc-jp': 2, shift_jis: 1 };
const BEYOND_ASCII = /[\u0080-\uffff]/g;
const JAPANESE = /[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]/g;

export interface OutputDecoder {
  readonly charsets: ReadonlySet<string>;
  push(bytes: Uint8Array): string;
  /** What was held back as the beginning of a character. */
  finish(): string;
}

export function createOutputDecoder(): OutputDecoder {
  let charset: Charset = 'utf-8';
  let tail: Uint8Array = new Uint8Array();
  const charsets = new Set<string>();
  return {
    charsets,
    push(piece) {
      const bytes = tail.length === 0 ? piece : Buffer.concat([tail, piece]);
      tail = new Uint8Array();
      if (isAscii(bytes)) return Buffer.from(bytes).toString('latin1');
      const read = readWhole(charset, bytes) ?? readAsAnother(charset, bytes);
      if (read === undefined) return readLossy(charset, bytes);
      charset = read.charset;
      if (/[^\u0000-\u007f]/.test(read.text)) charsets.add(charset);
      tail = Uint8Array.from(bytes.subarray(bytes.length - read.left));
      return read.text;
    },
    finish() {
      const text = new TextDecoder(charset).decode(tail);
      tail = new Uint8Array();
      return text;
    },
  };
}

interface Reading {
  readonly charset: Charset;
  readonly text: string;
  /** Bytes at the end that were not read. */
  readonly left: number;
}

/** All of it but a cut character at the end; undefined when it is not of this charset. */
function readWhole(charset: Charset, bytes: Uint8Array): Reading | undefined {
  const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  for (let left = 0; left <= Math.min(TAIL_BYTES_MAX[charset], bytes.length); left++) {
    // Only bytes beyond ASCII can begin a character that is cut.
    if (left > 0 && (bytes[bytes.length - left] ?? 0) < 0x80 && charset !== 'shift_jis') return undefined;
    try {
      return { charset, text: decoder.decode(bytes.subarray(0, bytes.length - left)), left };
    } catch {
      // Not whole with so many bytes; one less may be.
    }
  }
  return undefined;
}

/** The other charset that makes the most Japanese of it; none when it makes too little. */
function readAsAnother(charset: Charset, bytes: Uint8Array): Reading | undefined {
  const readings = CHARSETS.filter((other) => other !== charset)
    .map((other) => readWhole(other, bytes))
    .filter((reading) => reading !== undefined)
    .map((reading) => ({ reading, share: reading.charset === 'utf-8' ? 2 : japaneseShare(reading.text) }))
    .filter(({ share }) => share > 0.7)
    .sort((one, other) => other.share - one.share);
  return readings[0]?.reading;
}

function japaneseShare(text: string): number {
  const beyond = text.match(BEYOND_ASCII)?.length ?? 0;
  const japanese = text.match(JAPANESE)?.length ?? 0;
  return japanese < 2 ? 0 : japanese / beyond;
}

function readLossy(charset: Charset, bytes: Uint8Array): string {
  return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes);
}
