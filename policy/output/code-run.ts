/** Consecutive lines of one code: together they are a stream, which a reader of its own reads. */
import { findCompressed } from './decoding/compressed.ts';
import { derLength, isOpenSshKey, isPgpKey, isSshKey } from './decoding/known.ts';
import { TokenDecoder, type TokenShape, tokenShape } from './decoding/tokens.ts';
import type { Inner, InnerReader } from './inner.ts';
import { OpaqueCount } from './opaque-count.ts';
import { isRepetition } from './repetition.ts';
import { isText } from './text.ts';

/** Hex digits of the usual hashes: lists of those are as ordinary as lists of files. */
const DIGESTS = new Set([32, 40, 48, 56, 64, 96, 128]);
const KEY_BYTES_MAX = 16 * 1024;
const OPAQUE_LINE_MIN = 40;

export class CodeRun {
  readonly #opaque: OpaqueCount;
  readonly #inner: Inner;
  #shape: TokenShape | 'dump' | undefined;
  #decoder: TokenDecoder | undefined;
  #reader: InnerReader | undefined;
  /** Bytes of a key or certificate that are still to come. */
  #ordinary = 0;

  constructor(opaque: OpaqueCount, inner: Inner) {
    this.#opaque = opaque;
    this.#inner = inner;
  }

  /** Whether the lines before are code: the next may be, whatever it looks like. */
  get running(): boolean {
    return this.#shape !== undefined;
  }

  /** @returns whether the line is code. */
  take(line: string, at: number): boolean {
    const running = this.#shape === 'dump' ? undefined : this.#shape;
    const shape = tokenShape(line, running);
    if (shape === undefined) return false;
    const decoder = shape === running && this.#decoder !== undefined ? this.#decoder : new TokenDecoder(shape);
    const begins = decoder !== this.#decoder;
    const bytes = decoder.take(line);
    const readable = isText(bytes);
    const saysNothing = !isPlausible(line, shape) || isRepetition(bytes);
    if (!readable && begins && saysNothing && !beginsCompressed(bytes)) return false;
    if (begins) this.#begin(shape, decoder);
    if (begins && !readable) this.#ordinary = ordinaryBytes(bytes);
    this.#feed(bytes, readable, at);
    return true;
  }

  /** Bytes of a dump's line. */
  takeDump(bytes: Buffer, at: number): void {
    if (this.#shape !== 'dump') this.#begin('dump', undefined);
    this.#feed(bytes, isText(bytes), at);
  }

  /** A token that says nothing, on a line among other words. */
  unreadable(bytes: Buffer, at: number): void {
    if (!isSshKey(bytes) && ordinaryBytes(bytes) === 0) this.#opaque.add(bytes.length, at);
  }

  newChunk(): void {
    this.#reader?.newChunk();
  }

  finish(): void {
    if (this.#shape === undefined) return;
    this.#reader?.finish();
    this.#reader = undefined;
    this.#decoder = undefined;
    this.#shape = undefined;
    this.#ordinary = 0;
  }

  #begin(shape: TokenShape | 'dump', decoder: TokenDecoder | undefined): void {
    this.finish();
    this.#shape = shape;
    this.#decoder = decoder;
  }

  #feed(bytes: Buffer, readable: boolean, at: number): void {
    // A key's own bytes are read for persons too, and are not counted as unreadable.
    this.#reader ??= this.#inner(this.#ordinary > 0 ? new OpaqueCount() : this.#opaque);
    if (readable) this.#opaque.addEncoded(bytes.length);
    if (this.#reader === undefined) this.#opaque.add(bytes.length, at);
    else this.#reader.take(bytes, () => at);
    if (this.#ordinary === 0) return;
    this.#ordinary -= bytes.length;
    if (this.#ordinary <= 0) this.finish();
  }
}

function beginsCompressed(bytes: Buffer): boolean {
  return findCompressed(bytes, true)?.at === 0;
}

/** Whether a line that says nothing when decoded is code nevertheless, and no path, name or hash. */
function isPlausible(line: string, shape: TokenShape): boolean {
  if (shape === 'uuencode') return true;
  if (shape === 'hex') return (line.includes(' ') || !DIGESTS.has(line.length)) && /[a-f]/i.test(line);
  if (line.length < OPAQUE_LINE_MIN) return false;
  if (shape === 'base32') return /[2-7]/.test(line);
  if (/[+/]/.test(line) && /[-_]/.test(line)) return false;
  const share = (pattern: RegExp) => (line.match(pattern)?.length ?? 0) / line.length;
  return share(/[A-Z]/g) > 0.15 && share(/[a-z]/g) > 0.15 && /\d/.test(line);
}

function ordinaryBytes(bytes: Buffer): number {
  if (isPgpKey(bytes)) return KEY_BYTES_MAX;
  return isOpenSshKey(bytes) ? KEY_BYTES_MAX / 4 : (derLength(bytes) ?? 0);
}
