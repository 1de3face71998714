/** Lines of a stream, wherever its chunks end. */
import { LIMITS } from '../../foundation/index.ts';
import { type Features, featuresOf, isBreak, lineFeatures } from './features.ts';

/** `bytes[from, from + features.length)`, which begins at `at` of the chunk. */
export type LineSink = (bytes: Buffer, from: number, features: Features, at: number) => void;
export type Place = (offset: number) => number;

/** Where a long line may be cut: no identifier has one of these inside. */
const MARK = Uint8Array.from({ length: 256 }, (_, byte) => Number(',;\t|"<>{}[]'.includes(String.fromCharCode(byte))));

export class Lines {
  #pending = Buffer.alloc(0);
  /** Where in the present chunk the unfinished line begins; before 0 in an earlier one. */
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
    this.#pendingAt = -this.#pending.length;
  }

  take(chunk: Buffer, place: Place): void {
    const carried = this.#pending.length;
    const bytes = carried === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const atOf = (offset: number) => (offset < carried ? this.#pendingAt : place(offset - carried));
    let from = 0;
    while (from < bytes.length) {
      const features = lineFeatures(bytes, from, Math.min(bytes.length, from + LIMITS.meterLineBytesMax));
      const end = from + features.length;
      if (end === bytes.length) break;
      if (isBreak(bytes[end])) {
        this.#sink(bytes, from, features, atOf(from));
        from = end + 1;
      } else {
        const to = cutOf(bytes, from, end);
        this.#sink(bytes, from, featuresOf(bytes, from, to), atOf(from));
        from = to;
      }
    }
    this.#pendingAt = from < bytes.length ? atOf(from) : 0;
    this.#pending = Buffer.from(bytes.subarray(from));
  }

  finish(): void {
    const pending = this.#pending;
    this.#pending = Buffer.alloc(0);
    if (pending.length > 0) this.#sink(pending, 0, featuresOf(pending, 0, pending.length), this.#pendingAt);
  }
}

/** Behind the last mark of the line's last quarter; in the middle of something where there is none. */
function cutOf(bytes: Buffer, from: number, to: number): number {
  const least = to - LIMITS.meterLineBytesMax / 4;
  for (let at = to; at > least; at -= 1) if (MARK[bytes[at - 1] ?? 0] === 1) return at;
  for (let at = to; at > least; at -= 1) if (bytes[at - 1] === 0x20) return at;
  return Math.max(from + 1, to);
}
