/** A compressed stream inside the one that is read: what it holds is read beside it. */
import { findCompressed, Inflater } from './decoding/compressed.ts';
import type { Inner } from './code-run.ts';
import type { OpaqueCount } from './opaque-count.ts';
import type { Reader } from './reader.ts';

/** Bytes of a beginning that may be cut by the end of a chunk: a zip's header and its name. */
const EDGE = 64;
/** Unreadable bytes behind the last chunk that inflated. */
const SILENT_BYTES_MAX = 8 * 1024;

export class CompressedRun {
  readonly #opaque: OpaqueCount;
  readonly #inner: Inner;
  #edge: Buffer = Buffer.alloc(0);
  #first = true;
  #inflater: Inflater | undefined;
  #reader: Reader | undefined;
  /** Unreadable bytes that may be those of the compressed stream. */
  #excused = 0;
  /** Bytes of the present chunk: its lines come when it was inflated already. */
  #chunk = 0;

  constructor(opaque: OpaqueCount, inner: Inner) {
    this.#opaque = opaque;
    this.#inner = inner;
  }

  take(bytes: Buffer, at: number): void {
    this.#chunk = bytes.length;
    if (this.#inflater !== undefined) {
      this.#read(this.#inflater.take(bytes), at);
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
    this.#read(this.#inflater.take(looked.subarray(found.at)), at);
  }

  /** Bytes of a line that is no text. */
  unreadable(bytes: number, at: number): void {
    if (this.#inflater === undefined) {
      this.#opaque.add(bytes, at);
      return;
    }
    this.#excused += bytes;
    if (this.#excused > SILENT_BYTES_MAX + this.#chunk) this.#end(at);
  }

  finish(): void {
    if (this.#inflater === undefined) return;
    this.#read(this.#inflater.inflate(), 0);
    this.#end(0);
  }

  #read(inflated: Buffer | undefined, at: number): void {
    if (inflated === undefined) return;
    this.#excused = 0;
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
