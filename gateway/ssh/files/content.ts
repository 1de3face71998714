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
 * Anything more random has no hash of the whole and says so; what passed before it was known has one of its own, and the
 * rest is `untold`: whoever passes it on has to record it.
 */
export class Content {
  readonly #hash = createHash('sha256');
  readonly #parked = new Map<number, Buffer[]>();
  #parkedBytes = 0;
  #begun = false;
  #start = 0;
  /** How far the contents are known without a hole. */
  #next = 0;
  #hashed = 0;
  /** What was hashed until no hash of the whole could be told any more. */
  #before = '';
  #bytes = 0;
  #flaw: string | undefined;
  #park: Buffer[] | undefined;

  /** Whether anything was asked for or sent at all. */
  get touched(): boolean {
    return this.#begun;
  }

  /** Whether nothing is missing before the last byte seen. */
  get whole(): boolean {
    return this.#flaw === undefined && this.#start === 0 && this.#parked.size === 0;
  }

  /** Whether no hash will tell of the piece that has just begun. */
  get untold(): boolean {
    return this.#flaw !== undefined;
  }

  /** From where on the contents were asked for or sent; the first call counts. */
  expect(offset: number): void {
    if (!this.#begun) this.#start = this.#next = offset;
    this.#begun = true;
  }

  /** No hash can be told any more. */
  spoil(why: string): void {
    if (this.#flaw !== undefined) return;
    this.#flaw = why;
    for (const [, early] of [...this.#parked].toSorted(([left], [right]) => left - right)) early.forEach(this.#take);
    this.#before = this.#digestSoFar();
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
    const bytes = this.#bytes;
    if (this.#flaw !== undefined) return { bytes, sha256: null, ranges: `${this.#flaw}${this.#before}` };
    if (this.#start === 0) return { bytes, sha256: this.#hash.digest('hex'), ranges: 'sequential' };
    return { bytes, sha256: null, ranges: `begins at byte ${this.#start}${this.#digestSoFar()}` };
  }

  #digestSoFar(): string {
    return this.#hashed === 0 ? '' : `; SHA-256 of ${this.#hashed} bytes ${this.#hash.digest('hex')}`;
  }

  readonly #take = (bytes: Buffer): void => {
    this.#hash.update(bytes);
    this.#next += bytes.length;
    this.#hashed += bytes.length;
  };
}
