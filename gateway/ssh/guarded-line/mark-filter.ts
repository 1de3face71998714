/** Takes the report of a wrapped line out of its output, however the bytes are split, and lets all else through. */

const REPORT_BYTES_MAX = 128 * 1024;
const BEL = 0x07;

export interface MarkFilter {
  /** What of the output so far may be shown. */
  take(chunk: Buffer): Buffer;
  /** What was held back and turned out not to be a report. */
  rest(): Buffer;
  /** The report, when it came. */
  readonly report: string | undefined;
}

export function createMarkFilter(mark: string): MarkFilter {
  const opening = Buffer.from(`\x1b]7001;${mark};`);
  let held: Buffer = Buffer.alloc(0);
  let report: string | undefined;
  return {
    take(chunk) {
      if (report !== undefined) return chunk;
      held = Buffer.concat([held, chunk]);
      const start = held.indexOf(opening);
      if (start === -1) return release(held.length - partialLength(held, opening));
      const end = held.indexOf(BEL, start);
      if (end === -1) return held.length - start > REPORT_BYTES_MAX ? release(held.length) : release(start);
      report = held.toString('latin1', start + opening.length, end);
      const shown = Buffer.concat([held.subarray(0, start), held.subarray(end + 1)]);
      held = Buffer.alloc(0);
      return shown;
    },
    rest() {
      return release(held.length);
    },
    get report() {
      return report;
    },
  };

  function release(length: number): Buffer {
    const shown = held.subarray(0, length);
    held = held.subarray(length);
    return shown;
  }
}

/** How many bytes at the end of `bytes` could be the beginning of `opening`. */
function partialLength(bytes: Buffer, opening: Buffer): number {
  for (let length = Math.min(opening.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(opening.subarray(0, length))) return length;
  }
  return 0;
}
