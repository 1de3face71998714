/**
 * Reads a stream for persons: each line as it stands, then as what it may be the code of. What was decoded is a stream
 * again, read in the same way, so that base64 of gzip of a table is a table.
 */
import { LIMITS } from '../../foundation/index.ts';
import { mayBeCode } from './decoding/candidates.ts';
import { decodeDump, type Dump } from './decoding/dumps.ts';
import { withoutEscapes } from './decoding/escapes.ts';
import { decodedTokens, TOKEN_OPAQUE_MIN } from './decoding/tokens.ts';
import { otherReadings } from './decoding/rearranged.ts';
import { plainRun } from './characters.ts';
import { CodeRun } from './code-run.ts';
import { CompressedRun } from './compressed-run.ts';
import { type Features, featuresOf } from './features.ts';
import { mayNameSomebody } from './identifiers/candidates.ts';
import { type Finder, type Found, findIdentifiers } from './identifiers/index.ts';
import { Lines, type Place } from './lines.ts';
import type { OpaqueCount } from './opaque-count.ts';
import type { Persons } from './persons.ts';
import { isRepetition } from './repetition.ts';
import { ShortLines } from './short-lines.ts';
import { isDense, isText, plainLine, readText, withoutControls, withoutInvisible } from './text.ts';

export interface Reading {
  readonly persons: Persons;
  readonly opaque: OpaqueCount;
  readonly rules: readonly Finder[];
}

/** One field of a record on a line of its own: `phone: …`, `phone | …`, `"phone": …`, `<phone>…</phone>`. */
const FIELD =
  /^\s{0,40}(?:["'-]?\s?["']?[A-Za-z_\u3040-\u9fff][\w.\u3040-\u9fff ()-]{0,40}["']?\s{0,40}[:=|]\s|<[\w:-]+[^<>]{0,80}>[^<]*<\/[\w:-]+>\s*$)/;
/** Wide characters whose plain form is a letter, a digit or a mark between such; brackets and commas are none. */
const RESHAPED =
  /[\u00a0\u2000-\u2015\u2212\u2500\u3000\uff02-\uff07\uff0a\uff0b\uff0d\uff0f-\uff19\uff1b-\uff1e\uff20-\uff60]|[ー~〜]\d/;
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
    this.#lines = new Lines((bytes, from, features, at) => this.#line(bytes, from, features, at));
    this.#codes = new CodeRun(reading.opaque, inner);
    this.#compressed = new CompressedRun(reading.opaque, inner);
    this.#short = new ShortLines((bytes, at) => this.#together(bytes, at));
  }

  /** The stream goes on in another chunk: what waits began before it. */
  newChunk(): void {
    this.#lines.newChunk();
    this.#short.newChunk();
    this.#codes.newChunk();
    this.#compressed.newChunk();
  }

  /**
   * @param place where in the chunk each of the bytes stands.
   * @param raw the bytes as they came: a compressed stream has bytes that a terminal would take for its own.
   */
  take(bytes: Buffer, place: Place, raw = bytes): void {
    this.#compressed.take(raw, place(0));
    this.#lines.take(bytes, place);
    this.#short.keep();
  }

  finish(): void {
    this.#lines.finish();
    this.#short.finish();
    this.#codes.finish();
    this.#compressed.finish();
    this.#reading.persons.endRecord();
  }

  #line(bytes: Buffer, from: number, features: Features, at: number): void {
    const to = from + features.length;
    this.#reading.persons.nextLine();
    if (to - from <= PIECE) {
      this.#short.take(bytes.toString('latin1', from, to), at);
      return;
    }
    if (!this.#codes.running && isPlain(features, this.#reading.rules.length) && !mayBeCode(bytes, from, to)) {
      this.#short.takeBytes(bytes, from, to, at);
      this.#ordinary(features.length);
      return;
    }
    if (features.high === 0 && features.controls === 0) {
      this.#readable(bytes.toString('latin1', from, to), features, at);
      return;
    }
    const line = bytes.subarray(from, to);
    const isUtf8 = plainRun(line, 0, true) === line.length;
    const text = isUtf8 ? line.toString('utf8') : readText(line);
    if (isUtf8 && text !== undefined && !this.#codes.running && this.#isPlainWide(text, features)) {
      this.#short.takeBytes(bytes, from, to, at);
      this.#ordinary(features.length);
    } else if (text === undefined) this.#binary(line, features, at);
    else this.#readable(text, features, at);
  }

  /** Whether nothing more has to be looked at than its characters, each once. */
  #isPlainWide(text: string, features: Features): boolean {
    const { controls, backspaces, address, escapes, token } = features;
    if (controls > 0 || backspaces || address || escapes >= 3 || token || mayBeCells(text)) return false;
    return this.#reading.rules.length === 0 && !mayNameSomebody(text, features);
  }

  /** Controls, or letters of no charset: what there is of identifiers in plain letters counts all the same. */
  #binary(line: Buffer, features: Features, at: number): void {
    const text = line.toString('latin1').replace(CONTROLS, '');
    if (this.#text(text, { at })) return;
    this.#short.takeLong();
    const unreadable = (features.controls + features.high) * 10 > features.length;
    if (unreadable && features.length >= BINARY_MIN) this.#compressed.unreadable(line.length, at);
  }

  #readable(text: string, features: Features, at: number): void {
    const shown = features.backspaces || features.controls > 0 ? withoutControls(text) : text;
    const dump = features.address ? decodeDump(shown) : undefined;
    if (dump?.sure === true && this.#depth < LIMITS.meterDecodingDepthMax) {
      this.#codes.takeDump(dump.bytes, at);
      return;
    }
    // What nobody sees may part what is seen.
    const known = shown === text ? features : { ...featuresOfText(shown), high: features.high };
    if (this.#text(shown, { at, features: known })) {
      this.#short.finish();
      this.#ordinary(features.length);
      return;
    }
    if (this.#decoded(shown, features, at, dump)) return;
    if (features.high === 0) this.#short.take(shown, at);
    else if (shown.length > SHORT) this.#short.takeLong();
    else this.#short.take(Buffer.from(shown).toString('latin1'), at);
    this.#ordinary(features.length);
  }

  /** A blank line ends no code. */
  #ordinary(length: number): void {
    if (length > 0) this.#codes.finish();
    if (this.#depth === 0 && length >= RELAXING) this.#reading.opaque.relax(length);
  }

  /** @returns whether the line is a code and nothing else. */
  #decoded(line: string, features: Features, at: number, looked: Dump | undefined): boolean {
    if (this.#depth >= LIMITS.meterDecodingDepthMax) return false;
    if ((features.high === 0 || this.#codes.running) && this.#codes.take(line, at)) return true;
    const dump = features.address ? looked : decodeDump(line);
    if (dump !== undefined && (dump.sure || isText(dump.bytes))) {
      this.#codes.takeDump(dump.bytes, at);
      return true;
    }
    if (features.escapes >= 3) this.#bytes(withoutEscapes(line), at);
    if (features.token) for (const bytes of decodedTokens(line)) this.#token(bytes, at);
    if (!mayBeDense(features) || !isDense(line)) return false;
    this.#reading.opaque.add(features.length, at);
    return true;
  }

  #token(bytes: Buffer, at: number): void {
    if (isText(bytes)) this.#bytes(bytes, at);
    else if (bytes.length >= TOKEN_OPAQUE_MIN && !isRepetition(bytes)) this.#codes.unreadable(bytes, at);
  }

  /** Short lines put together: code, a byte a line, or text. @returns whether they are code. */
  #together(bytes: Buffer, at: number): boolean {
    const text = bytes.toString('latin1');
    const dump = this.#depth < LIMITS.meterDecodingDepthMax ? decodeDump(text) : undefined;
    if (dump !== undefined && isText(dump.bytes)) this.#codes.takeDump(dump.bytes, at);
    else if (!this.#codes.take(text, at)) {
      this.#bytes(bytes, at);
      return false;
    }
    return true;
  }

  #bytes(bytes: Buffer | undefined, at: number): void {
    const text = bytes === undefined ? undefined : readText(bytes);
    if (text === undefined || bytes === undefined) return;
    if (this.#text(text, { at })) this.#reading.opaque.addEncoded(bytes.length);
  }

  /** @returns whether anybody was found. */
  #text(text: string, { at, features }: { readonly at: number; readonly features?: Features }): boolean {
    const shown = features ?? featuresOfText(text);
    if (namesNobody(shown, text, this.#reading.rules.length)) return false;
    const line = shown.high > 0 ? withoutInvisible(plainLine(text)) : text;
    // In half width the digits are other bytes.
    const isSame = line === text || (line.length === text.length && !RESHAPED.test(text));
    const known = isSame ? shown : { ...featuresOfText(line), high: shown.high };
    const { persons, rules } = this.#reading;
    if (known.digits >= 12) persons.noticeBareNumbers(line.match(BARE_TWELVE)?.length ?? 0);
    const found = findInAnyReading(line, known, rules);
    if (found.length === 0) return false;
    const vertical = features !== undefined && (FIELD.test(line) || isOneField(line, found));
    const isOwn = features !== undefined && this.#depth === 0 && line.length === text.length;
    const place = (index: number) => (isOwn ? at + Buffer.byteLength(text.slice(0, index)) : at);
    persons.read({ found, vertical, at, place });
    return found.some(({ strong }) => strong);
  }
}

/** Found in a line, they leave nothing to be looked for in another reading of it. */
const REACHES: ReadonlySet<string> = new Set(['my_number', 'card', 'iban', 'email', 'phone']);

function findInAnyReading(line: string, features: Features, rules: readonly Finder[]): readonly Found[] {
  const found = findIdentifiers(line, features, rules);
  if (found.some(({ kind }) => REACHES.has(kind))) return found;
  for (const reading of otherReadings(line, features)) {
    const plain = plainLine(reading);
    const other = findIdentifiers(plain, featuresOfText(plain), rules);
    if (other.some(({ kind }) => REACHES.has(kind))) return other;
  }
  return found;
}

function featuresOfText(text: string): Features {
  const bytes = Buffer.from(text);
  return featuresOf(bytes, 0, bytes.length);
}

/** Whether it may be a line of `od -c`: cells of four columns that begin with a blank. */
function mayBeCells(text: string): boolean {
  const [first = ''] = text;
  return /\s/.test(first) && text.length % 4 === 0 && (text.length === 4 || /\s/.test(text[4] ?? ''));
}

/** An identifier alone on its line. */
function isOneField(line: string, [only, second]: readonly Found[]): boolean {
  return only !== undefined && second === undefined && (only.end - only.start) * 2 > line.length;
}

/** Lines so short are pieces of one. */
const PIECE = 4;
/** Longer lines are no pieces of something. */
const SHORT = 73;
const RELAXING = 8;
/** Kanji in UTF-16 between two NULs are shorter. */
const BINARY_MIN = 16;
const DENSE_MIN = 256;
/** Thirteen characters with a mark between any two, some of them left out. */
const SPACED_MIN = 13;
const CONTROLS = /[\0-\x08\x0e-\x1f\x7f-\x9f]/g;

/** Whether no identifier can be found in it, in whatever reading. */
function namesNobody(features: Features, text: string, rules: number): boolean {
  if (features.high > 0) return rules === 0 && !mayNameSomebody(text, features);
  return !features.spaced && hasNoMarks(features, rules);
}

function mayBeDense({ length, high, blanks }: Features): boolean {
  return length >= DENSE_MIN && high === 0 && blanks * 50 < length;
}

function hasNoMarks(features: Features, rules: number): boolean {
  const { phone, number, digits, iban, houses, at, high, turned } = features;
  return !(phone || number || digits > 0 || iban || houses || at || high > 0 || rules > 0 || turned);
}

/** Whether nothing of the line has to be looked at. */
function isPlain(features: Features, rules: number): boolean {
  const { controls, escapes, token, length, backspaces, blanks, address, spaced } = features;
  if (backspaces || address || controls > 0 || token || escapes >= 3 || length >= DENSE_MIN) return false;
  if (length >= 24 && blanks * 3 >= length) return false;
  return !(spaced && length >= SPACED_MIN) && hasNoMarks(features, rules);
}
