/** Follows the contents of one file as its pieces pass, and hashes them without reading anything back. */
import { createHash } from 'node:crypto';
import { LIMITS } from '../../../foundation/index.ts';

export interface ContentResult {
  readonly bytes: number;
  /** Of the contents from the first byte to the last; null when the pieces do not tell it. */
  readonly sha256: string | null;
  /** `sequential`, or why there is no hash. */
  readonly ranges: string;
}

/**
 * Pieces may come a little out of order, because clients ask for many at once: what came early waits in a small buffer.
 * Anything more random has no hash, and says so.
 */
export class Content {
  readonly #hash = createHash('sha256');
  readonly #parked = new Map<number, Buffer[]>();
  #parkedBytes = 0;
  #begun = false;
  /** How far the contents are known without a hole. */
  #next = 0;
  #bytes = 0;
  #flaw: string | undefined;
  #park: Buffer[] | undefined;

  /** Whether anything was asked for or sent at all. */
  get touched(): boolean {
    return this.#begun;
  }

  /** Whether nothing is missing before the last byte seen. */
  get whole(): boolean {
    return this.#flaw === undefined && this.#parked.size === 0;
  }

  /** From where on the contents were asked for or sent; the first call counts. */
  expect(offset: number): void {
    if (!this.#begun && offset !== 0) this.spoil(`begins at byte ${offset}`);
    this.#begun = true;
  }

  /** No hash can be told any more. */
  spoil(why: string): void {
    this.#flaw ??= why;
    this.#parked.clear();
    this.#parkedBytes = 0;
    this.#park = undefined;
  }

  /** A piece of `length` bytes at `offset` begins; its bytes follow by `add`, and `end` closes it. */
  begin(offset: number, length: number): void {
    this.expect(offset);
    this.#park = undefined;
    if (this.#flaw !== undefined || offset === this.#next) return;
    const fits = this.#parkedBytes + length <= LIMITS.fileReorderBytesMax;
    if (offset < this.#next || !fits || this.#parked.has(offset)) {
      this.spoil('not sequential');
      return;
    }
    this.#park = [];
    this.#parkedBytes += length;
    this.#parked.set(offset, this.#park);
  }

  add(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#flaw !== undefined) return;
    if (this.#park === undefined) this.#take(bytes);
    else this.#park.push(Buffer.from(bytes));
  }

  end(): void {
    this.#park = undefined;
    for (let early = this.#parked.get(this.#next); early !== undefined; early = this.#parked.get(this.#next)) {
      this.#parked.delete(this.#next);
      for (const bytes of early) {
        this.#parkedBytes -= bytes.length;
        this.#take(bytes);
      }
    }
  }

  result(): ContentResult {
    if (this.#parked.size > 0) this.spoil('not sequential');
    const sha256 = this.#flaw === undefined ? this.#hash.digest('hex') : null;
    return { bytes: this.#bytes, sha256, ranges: this.#flaw ?? 'sequential' };
  }

  #take(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#next += bytes.length;
  }
}
