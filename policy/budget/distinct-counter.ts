/**
 * Counts different things by their hashes: exactly up to 10,000, then by an estimate whose standard error is 0.81 %.
 *
 * The hashes are keyed and evenly spread (a truncated HMAC): who could choose them could make the estimate lie.
 */
import { HyperLogLog } from './hyperloglog.ts';

const EXACT_MAX = 10_000;
const HASH_BYTES = 8;
/** The first byte of the stored form. */
const EXACT = 1;
const ESTIMATED = 2;

export class DistinctCounter {
  #exact: Set<bigint> | undefined = new Set();
  #estimated: HyperLogLog | undefined;

  /** @returns whether it was new; of an estimated counter, whether it could be. */
  add(hash: bigint): boolean {
    if (this.#exact === undefined) return this.#sketch().add(hash);
    const before = this.#exact.size;
    this.#exact.add(hash);
    const isNew = this.#exact.size > before;
    if (this.#exact.size > EXACT_MAX) this.#sketch();
    return isNew;
  }

  /** Whether adding it would not raise the count. */
  has(hash: bigint): boolean {
    return this.#exact?.has(hash) ?? this.#sketch().holds(hash);
  }

  count(): number {
    return this.#exact?.size ?? Math.round(this.#sketch().estimate());
  }

  /** Takes everything of `other` in. */
  merge(other: DistinctCounter): void {
    if (other.#exact !== undefined) for (const hash of other.#exact) this.add(hash);
    else this.#sketch().merge(other.#sketch());
  }

  /** The same for the same set, in whatever order it was filled. */
  toBytes(): Buffer {
    if (this.#exact === undefined) return Buffer.concat([Buffer.of(ESTIMATED), this.#sketch().pack()]);
    const sorted = [...this.#exact].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
    const bytes = Buffer.alloc(1 + sorted.length * HASH_BYTES, EXACT);
    for (const [at, hash] of sorted.entries()) bytes.writeBigUInt64BE(hash, 1 + at * HASH_BYTES);
    return bytes;
  }

  /** Undefined when these bytes are no counter. */
  static fromBytes(bytes: Uint8Array): DistinctCounter | undefined {
    const counter = new DistinctCounter();
    const rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(1);
    if (bytes[0] === ESTIMATED) {
      counter.#estimated = HyperLogLog.unpack(rest);
      counter.#exact = undefined;
      return counter.#estimated === undefined ? undefined : counter;
    }
    if (bytes[0] !== EXACT || rest.length % HASH_BYTES !== 0 || rest.length / HASH_BYTES > EXACT_MAX) return undefined;
    for (let at = 0; at < rest.length; at += HASH_BYTES) counter.add(rest.readBigUInt64BE(at));
    return counter;
  }

  /** From here on it is estimated. */
  #sketch(): HyperLogLog {
    this.#estimated ??= new HyperLogLog();
    for (const hash of this.#exact ?? []) this.#estimated.add(hash);
    this.#exact = undefined;
    return this.#estimated;
  }
}

export function createDistinctCounter(): DistinctCounter {
  return new DistinctCounter();
}
