/** A compressed stream inside the one that is read: what it holds is read beside it. */
import { LIMITS } from '../../foundation/index.ts';
import { findCompressed, Inflater } from './decoding/compressed.ts';
import type { Inner, InnerReader } from './inner.ts';
import type { OpaqueCount } from './opaque-count.ts';

/** Bytes of a beginning that may be cut by the end of a chunk: a zip's header and its name. */
const EDGE = 64;
/** Unreadable bytes behind the last chunk that inflated, which may wait to be inflated together. */
const SILENT_BYTES_MAX = 8 * 1024;

export class CompressedRun {
  readonly #opaque: OpaqueCount;
  readonly #inner: Inner;
  #edge: Buffer = Buffer.alloc(0);
  #first = true;
  #inflater: Inflater | undefined;
  #reader: InnerReader | undefined;
  /** Unreadable bytes that may be those of the compressed stream. */
  #excused = 0;
  /** Unreadable bytes that were inflated already: a chunk's lines come after its compressed bytes. */
  #inflated = 0;

  constructor(opaque: OpaqueCount, inner: Inner) {
    this.#opaque = opaque;
    this.#inner = inner;
  }

  take(bytes: Buffer, at: number): void {
    if (this.#inflater !== undefined) {
      this.#read(this.#inflater.take(bytes), bytes.length, at);
      if (this.#inflater.broken) this.#end(at);
      return;
    }
    const looked = this.#edge.length === 0 ? bytes : Buffer.concat([this.#edge, bytes]);
    const found = findCompressed(looked, this.#first);
    this.#first &&= looked.length < EDGE;
    this.#edge = Buffer.from(looked.subarray(Math.max(0, looked.length - EDGE)));
    if (found === undefined) return;
    this.#edge = Buffer.alloc(0);
    if (found.compression === undefined) {
      this.#opaque.expect();
      return;
    }
    this.#inflater = new Inflater(found.compression, found.skip);
    this.#read(this.#inflater.take(looked.subarray(found.at)), looked.length, at);
  }

  /** Bytes of a line that is no text. */
  unreadable(bytes: number, at: number): void {
    if (this.#inflater === undefined) {
      this.#opaque.add(bytes, at);
      return;
    }
    const known = Math.min(bytes, this.#inflated);
    this.#inflated -= known;
    this.#excused += bytes - known;
    if (this.#excused > SILENT_BYTES_MAX) this.#end(at);
  }

  newChunk(): void {
    this.#reader?.newChunk();
  }

  finish(): void {
    if (this.#inflater === undefined) return;
    this.#read(this.#inflater.inflate(), 0, 0);
    this.#end(0);
  }

  #read(inflated: Buffer | undefined, bytes: number, at: number): void {
    if (inflated === undefined) return;
    this.#excused = 0;
    this.#inflated = bytes + LIMITS.meterLineBytesMax;
    this.#reader ??= this.#inner(this.#opaque);
    this.#opaque.addEncoded(inflated.length);
    if (this.#reader === undefined) this.#opaque.add(inflated.length, at);
    else this.#reader.take(inflated, () => at);
  }

  #end(at: number): void {
    this.#reader?.finish();
    if (this.#excused > 0) this.#opaque.add(this.#excused, at);
    this.#inflater = undefined;
    this.#reader = undefined;
    this.#excused = 0;
  }
}
