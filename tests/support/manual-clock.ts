import type { Clock } from '../../foundation/index.ts';

/** A clock that stands until it is moved. */
export class ManualClock implements Clock {
  #micros: bigint;

  constructor(start: Date | string = '2026-04-01T00:00:00.000Z') {
    this.#micros = BigInt(new Date(start).getTime()) * 1000n;
  }

  readonly now = (): Date => new Date(Number(this.#micros / 1000n));
  readonly micros = (): bigint => this.#micros;

  /** Moves on by whole milliseconds. */
  advance(milliseconds: number): void {
    this.#micros += BigInt(milliseconds) * 1000n;
  }

  /** Moves to a moment, back or forth. */
  set(moment: Date | string): void {
    this.#micros = BigInt(new Date(moment).getTime()) * 1000n;
  }
}
