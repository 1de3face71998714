/** Splits a stream of bytes into lines of bounded length, a batch for each chunk. */
const LINE_FEED = 0x0a;

/** `undefined` stands for a line that is longer than the bound: it is passed over, not kept. */
export type Line = Buffer | undefined;

export class LineSplitter {
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #length = 0;
  #isTooLong = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The lines that end in `chunk`. What is held of the last one never exceeds the bound. */
  take(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(LINE_FEED, from);
      this.#keep(chunk.subarray(from, at === -1 ? chunk.length : at));
      if (at === -1) return lines;
      lines.push(this.#end());
      from = at + 1;
    }
  }

  /** The last line, when the input does not end with a line feed. */
  rest(): Line[] {
    return this.#length > 0 || this.#isTooLong ? [this.#end()] : [];
  }

  #keep(bytes: Buffer): void {
    if (this.#isTooLong || bytes.length === 0) return;
    this.#length += bytes.length;
    this.#isTooLong = this.#length > this.#bytesMax;
    if (this.#isTooLong) this.#parts = [];
    else this.#parts.push(bytes);
  }

  #end(): Line {
    const [first = Buffer.alloc(0), ...more] = this.#parts;
    const line = more.length === 0 ? first : Buffer.concat([first, ...more]);
    const isTooLong = this.#isTooLong;
    this.#parts = [];
    this.#length = 0;
    this.#isTooLong = false;
    return isTooLong ? undefined : line;
  }
}
