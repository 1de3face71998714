/** Takes what a wrapped line says to the gateway out of its output, however the bytes are split; lets all else through. */

const SAID_BYTES_MAX = 256 * 1024;
const BEL = 0x07;

/**
 * What the shell says beside its report: it waits for its line; its line's directory is gone; the line has begun, and
 * from here the terminal echoes what is typed; a startup file was changed and put back; the line has ended, and it waits to be told that no more input comes.
 */
const WORDS = ['ready', 'lost', 'begun', 'restored', 'ended'] as const;
export type Word = (typeof WORDS)[number];

export interface MarkFilter {
  /** What of the output so far may be shown. */
  take(chunk: Buffer): Buffer;
  /** What was held back and turned out not to be for the gateway. */
  rest(): Buffer;
  said(word: Word): boolean;
  /** The report, when it came; nothing is filtered after it. */
  readonly report: string | undefined;
}

export function createMarkFilter(mark: string): MarkFilter {
  const opening = Buffer.from(`\x1b]7001;${mark};`);
  let held: Buffer = Buffer.alloc(0);
  const said = new Set<Word>();
  let report: string | undefined;
  return {
    take(chunk) {
      if (report !== undefined) return chunk;
      held = Buffer.concat([held, chunk]);
      const shown: Buffer[] = [];
      for (let more = true; more; ) {
        const start = held.indexOf(opening);
        const end = start === -1 ? -1 : held.indexOf(BEL, start);
        more = end !== -1;
        if (more) shown.push(cut(start, end));
        else shown.push(release(holdable(start)));
      }
      return Buffer.concat(shown);
    },
    rest() {
      return release(held.length);
    },
    said: (word) => said.has(word),
    get report() {
      return report;
    },
  };

  /** Takes one saying out, and returns what stood before it; behind the report everything is output. */
  function cut(start: number, end: number): Buffer {
    const text = held.toString('latin1', start + opening.length, end);
    const before = held.subarray(0, start);
    held = held.subarray(end + 1);
    const word = WORDS.find((one) => one === text);
    if (word !== undefined) {
      said.add(word);
      return before;
    }
    report = text;
    return Buffer.concat([before, release(held.length)]);
  }

  /** How much of what is held cannot become a saying any more. */
  function holdable(start: number): number {
    if (start === -1) return held.length - partialLength(held, opening);
    return held.length - start > SAID_BYTES_MAX ? held.length : start;
  }

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
