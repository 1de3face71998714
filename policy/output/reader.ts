/**
 * Reads a stream for persons: each line as it stands, then as what it may be the code of. What was decoded is a stream
 * again, read in the same way, so that base64 of gzip of a table is a table.
 */
import { LIMITS } from '../../foundation/index.ts';
import { decodeDump } from './decoding/dumps.ts';
import { withoutEscapes } from './decoding/escapes.ts';
import { decodedTokens } from './decoding/tokens.ts';
import { otherReadings } from './decoding/rearranged.ts';
import { CodeRun } from './code-run.ts';
import { CompressedRun } from './compressed-run.ts';
import { type Features, featuresOf } from './features.ts';
import { type Finder, findIdentifiers } from './identifiers/index.ts';
import { Lines, type Place } from './lines.ts';
import type { OpaqueCount } from './opaque-count.ts';
import type { Persons } from './persons.ts';
import { ShortLines } from './short-lines.ts';
import { isDense, isText, plainLine, readText, withoutInvisible, withoutOverstrikes } from './text.ts';

export interface Reading {
  readonly persons: Persons;
  readonly opaque: OpaqueCount;
  readonly rules: readonly Finder[];
}

/** One field of a record on a line of its own: `phone: …`, `phone | …`, `"phone": …`, `<phone>…</phone>`. */
const FIELD =
  /^\s{0,40}(?:["'-]?\s?["']?[A-Za-z_\u3040-\u9fff][\w.\u3040-\u9fff ()-]{0,40}["']?\s{0,40}[:=|]\s|<[\w:-]+[^<>]{0,80}>[^<]*<\/[\w:-]+>\s*$)/;
const BARE_TWELVE = /(?<![\w.+-])\d{12}(?![\w.-])/g;

export class Reader {
  readonly #reading: Reading;
  readonly #depth: number;
  readonly #lines: Lines;
  readonly #codes: CodeRun;
  readonly #compressed: CompressedRun;
  readonly #short: ShortLines;

  constructor(reading: Reading, depth = 0) {
    this.#reading = reading;
    this.#depth = depth;
    const inner = (opaque: OpaqueCount) =>
      depth < LIMITS.meterDecodingDepthMax ? new Reader({ ...reading, opaque }, depth + 1) : undefined;
    this.#lines = new Lines((bytes, from, to, at) => this.#line(bytes, from, to, at));
    this.#codes = new CodeRun(reading.opaque, inner);
    this.#compressed = new CompressedRun(reading.opaque, inner);
    this.#short = new ShortLines((text, at) => void this.#text(text, { at, whole: false }));
  }

  /** @param place where in the chunk each of the bytes stands. */
  take(bytes: Buffer, place: Place): void {
    this.#short.newChunk();
    this.#compressed.take(bytes, place(0));
    this.#lines.take(bytes, place);
  }

  finish(): void {
    this.#lines.finish();
    this.#short.finish();
    this.#codes.finish();
    this.#compressed.finish();
    this.#reading.persons.endRecord();
  }

  #line(bytes: Buffer, from: number, to: number, at: number): void {
    const features = featuresOf(bytes, from, to);
    if (isPlain(features)) {
      this.#short.take(features.length < SHORT ? bytes.toString('latin1', from, to) : LONG, at);
      this.#ordinary(features.length);
      return;
    }
    const line = bytes.subarray(from, to);
    const text = features.high > 0 || features.controls > 0 ? readText(line) : line.toString('latin1');
    if (text === undefined) this.#binary(line, features, at);
    else this.#readable(text, features, at);
  }

  /** Controls, or letters of no charset: what there is of identifiers in plain letters counts all the same. */
  #binary(line: Buffer, features: Features, at: number): void {
    const text = line.toString('latin1').replace(CONTROLS, '');
    if (this.#text(text, { at, whole: false })) return;
    this.#short.take(text.length <= 4 ? text : LONG, at);
    if ((features.controls + features.high) * 10 > features.length) this.#compressed.unreadable(line.length, at);
  }

  #readable(text: string, features: Features, at: number): void {
    const shown = features.backspaces ? withoutOverstrikes(text) : text;
    if (this.#text(shown, { at, whole: true })) {
      this.#short.finish();
      this.#ordinary(features.length);
      return;
    }
    if (this.#decoded(shown, features, at)) return;
    this.#short.take(shown, at);
    this.#ordinary(features.length);
  }

  /** A blank line ends no code. */
  #ordinary(length: number): void {
    if (length > 0) this.#codes.finish();
    if (this.#depth === 0 && length >= RELAXING) this.#reading.opaque.relax(length);
  }

  /** @returns whether the line is a code and nothing else. */
  #decoded(line: string, features: Features, at: number): boolean {
    if (this.#depth >= LIMITS.meterDecodingDepthMax) return false;
    if (this.#codes.take(line, at)) return true;
    const dump = decodeDump(line);
    if (dump !== undefined && (dump.sure || isText(dump.bytes))) {
      this.#codes.takeDump(dump.bytes, at);
      return true;
    }
    if (features.escapes >= 3) this.#bytes(withoutEscapes(line), at);
    if (features.token >= 16) for (const bytes of decodedTokens(line)) this.#token(bytes, at);
    for (const reading of otherReadings(line)) this.#text(reading, { at, whole: false });
    const dense = features.length >= DENSE_MIN && features.high === 0 && features.blanks * 50 < features.length;
    if (!dense || !isDense(line)) return false;
    this.#reading.opaque.add(features.length, at);
    return true;
  }

  #token(bytes: Buffer, at: number): void {
    if (isText(bytes)) this.#bytes(bytes, at);
    else if (bytes.length >= TOKEN_OPAQUE_MIN) this.#codes.unreadable(bytes, at);
  }

  #bytes(bytes: Buffer | undefined, at: number): void {
    const text = bytes === undefined ? undefined : readText(bytes);
    if (text === undefined || bytes === undefined) return;
    if (this.#text(text, { at, whole: false })) this.#reading.opaque.addEncoded(bytes.length);
  }

  /** @returns whether anybody was found. */
  #text(text: string, { at, whole }: { readonly at: number; readonly whole: boolean }): boolean {
    const line = withoutInvisible(plainLine(text));
    const { persons, rules } = this.#reading;
    const found = findIdentifiers(line, rules);
    const bare = line.match(BARE_TWELVE);
    if (bare !== null) persons.noticeBareNumbers(bare.length);
    const vertical = whole && FIELD.test(line);
    const isOwn = whole && this.#depth === 0 && line.length === text.length;
    const place = (index: number) => (isOwn ? at + Buffer.byteLength(text.slice(0, index)) : at);
    persons.read({ found, vertical, at, place });
    return found.some(({ strong }) => strong);
  }
}

/** Longer lines are no pieces of something. */
const SHORT = 73;
const LONG = ' '.repeat(SHORT);
const RELAXING = 8;
const DENSE_MIN = 256;
/** Bytes of a code inside a line that say nothing: fewer are a hash, a signature or an identifier. */
const TOKEN_OPAQUE_MIN = 300;
const CONTROLS = /[\0-\x08\x0e-\x1f\x7f-\x9f]/g;

/** Whether nothing of the line has to be looked at. */
function isPlain(features: Features): boolean {
  const { phone, number, iban, at, high, controls, escapes, token, length, backspaces, blanks, address } = features;
  if (phone || number || iban || at || backspaces || address || high > 0 || controls > 0) return false;
  return escapes < 2 && token < 16 && length < DENSE_MIN && (length < 24 || blanks * 3 < length);
}
