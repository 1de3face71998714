/** Bytes that cannot be read. A key or a token is none; a stream of them is taken for so many persons. */
import { LIMITS } from '../../foundation/index.ts';
import type { OpaquePart } from './model.ts';

export class OpaqueCount {
  #pending = 0;
  #pendingAt = 0;
  #flowing = false;
  #calm = 0;
  #bytes = 0;
  #perPerson: number = LIMITS.opaqueBytesPerPerson;
  /** The part of a person that is left over. */
  #share = 0;
  #encoded = 0;
  #parts: OpaquePart[] = [];

  /** Bytes that counted. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that were encoded and could be read. */
  get encoded(): number {
    return this.#encoded;
  }

  addEncoded(bytes: number): void {
    this.#encoded += bytes;
  }

  add(bytes: number, at: number): void {
    if (this.#pending === 0) this.#pendingAt = Math.max(0, at);
    this.#pending += bytes;
    this.#calm = 0;
    if (this.#flowing || this.#pending >= LIMITS.opaqueBytesMin) this.#count();
  }

  /** What comes is known to be compressed by a program that packs tightly: its first byte counts, and as more persons. */
  expect(): void {
    this.#flowing = true;
    this.#perPerson = LIMITS.packedBytesPerPerson;
    this.#calm = 0;
    if (this.#pending > 0) this.#count();
  }

  /** So many bytes of ordinary text came: twice as many unreadable ones before them may be keys among it. */
  relax(bytes: number): void {
    if (this.#pending === 0 && !this.#flowing) return;
    this.#calm += bytes;
    this.#pending = Math.max(0, this.#pending - 2 * bytes);
    if (this.#calm < LIMITS.opaqueBytesMin) return;
    this.#flowing = false;
    this.#perPerson = LIMITS.opaqueBytesPerPerson;
  }

  parts(): readonly OpaquePart[] {
    const parts = this.#parts;
    this.#parts = [];
    this.#pendingAt = 0;
    return parts;
  }

  #count(): void {
    this.#flowing = true;
    this.#bytes += this.#pending;
    this.#share += this.#pending / this.#perPerson;
    const persons = Math.floor(this.#share);
    this.#share -= persons;
    this.#parts.push({ bytes: this.#pending, persons, at: this.#pendingAt });
    this.#pending = 0;
  }
}
