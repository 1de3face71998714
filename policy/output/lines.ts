/** Lines of a stream, wherever its chunks end. */
import { LIMITS } from '../../foundation/index.ts';

export type LineSink = (bytes: Buffer, from: number, to: number, at: number) => void;
export type Place = (offset: number) => number;

/** LF, VT, FF, CR and NUL end a line: `tr '\n' '\0'` makes no one line of many. */
const BREAK = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte === 0 || (byte >= 0x0a && byte <= 0x0d)));
/** Where a long line may be cut: no identifier has one of these inside. */
const MARK = Uint8Array.from({ length: 256 }, (_, byte) => Number(',;\t|"<>{}[]'.includes(String.fromCharCode(byte))));

export class Lines {
  #pending = Buffer.alloc(0);
  /** Where in the present chunk the unfinished line begins. */
  #pendingAt = 0;
  readonly #sink: LineSink;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** What waits began before the chunk that comes now. */
  newChunk(): void {
    this.#pendingAt = 0;
  }

  take(chunk: Buffer, place: Place): void {
    const carried = this.#pending.length;
    const bytes = carried === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const atOf = (offset: number) => (offset < carried ? this.#pendingAt : place(offset - carried));
    let from = 0;
    for (let at = carried; at < bytes.length; ) {
      at = endOfLine(bytes, at, Math.min(bytes.length, from + LIMITS.meterLineBytesMax));
      if (at === bytes.length) break;
      const isBreak = BREAK[bytes[at] ?? 0] === 1;
      const to = isBreak ? at : cutOf(bytes, from, at);
      this.#sink(bytes, from, to, atOf(from));
      from = isBreak ? to + 1 : to;
      at += 1;
    }
    this.#pendingAt = from < bytes.length ? atOf(from) : 0;
    this.#pending = Buffer.from(bytes.subarray(from));
  }

  finish(): void {
    const pending = this.#pending;
    this.#pending = Buffer.alloc(0);
    if (pending.length > 0) this.#sink(pending, 0, pending.length, this.#pendingAt);
  }
}

/** The first break from `at` on, or `end`. */
function endOfLine(bytes: Uint8Array, at: number, end: number): number {
  let to = at;
  while (to < end && BREAK[bytes[to] ?? 0] === 0) to += 1;
  return to;
}

/** Behind the last mark of the line's last quarter; in the middle of something where there is none. */
function cutOf(bytes: Buffer, from: number, to: number): number {
  const least = to - LIMITS.meterLineBytesMax / 4;
  for (let at = to; at > least; at -= 1) if (MARK[bytes[at - 1] ?? 0] === 1) return at;
  for (let at = to; at > least; at -= 1) if (bytes[at - 1] === 0x20) return at;
  return Math.max(from + 1, to);
}
