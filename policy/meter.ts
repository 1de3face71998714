/**
 * Counts what leaves on one ticket, byte by byte, and cuts inside the chunk that would pass its budget.
 *
 * A row is a line, or a tuple of an INSERT in an SQL dump; comments, blank lines and DDL of a dump are none.
 * When unsure a line is a row: counting too many stops an export early, counting too few lets data out.
 */
import { createRowCounter } from './row-counter.ts';

export interface MeterLimits {
  readonly rowsMax: number;
  readonly bytesMax: number;
}

export interface Meter {
  /** What of `chunk` may pass. Once `exceeded` is true nothing passes any more. */
  take(chunk: Uint8Array): { readonly pass: Uint8Array; readonly exceeded: boolean };
  /** The stream has ended: a last line without its line break is a row too. */
  finish(): void;
  readonly rows: number;
  readonly bytes: number;
}

/** A meter that never passes more than `bytesMax` bytes nor a byte of row number `rowsMax` + 1. */
export function createMeter(limits: MeterLimits): Meter {
  const counter = createRowCounter(limits.rowsMax);
  let bytes = 0;
  let exceeded = false;
  return {
    take(chunk) {
      if (exceeded) return { pass: chunk.subarray(0, 0), exceeded };
      const room = Math.min(chunk.length, Math.max(0, limits.bytesMax - bytes));
      const passed = counter.count(chunk, room);
      exceeded = passed < chunk.length;
      bytes += passed;
      return { pass: chunk.subarray(0, passed), exceeded };
    },
    finish() {
      counter.finish();
    },
    get rows() {
      return counter.rows;
    },
    get bytes() {
      return bytes;
    },
  };
}
