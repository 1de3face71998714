import { LIMITS } from '../../foundation/index.ts';

/** How far a cut may move to begin with a line of its own. */
const LINE_SEARCH_BYTES = 4_096;
const NEWLINE = 0x0a;

/**
 * The last bytes a terminal was sent, by their place in the whole output: what a browser that comes back has missed, or,
 * for a page that was loaded anew, what it draws its screen from.
 */
export class OutputTail {
  #pieces: Buffer[] = [];
  #from = 0;
  #to = 0;

  /** The place after the last byte. */
  get end(): number {
    return this.#to;
  }

  /** Takes a copy. */
  add(bytes: Uint8Array): void {
    this.#pieces.push(Buffer.from(bytes));
    this.#to += bytes.length;
    let first = this.#pieces[0];
    while (first !== undefined && this.#to - this.#from - first.length >= LIMITS.terminalTailBytesMax) {
      this.#pieces.shift();
      this.#from += first.length;
      first = this.#pieces[0];
    }
  }

  /** Everything from `offset` on, or as much of it as there is. */
  since(offset: number | null): { readonly offset: number; readonly bytes: Buffer; readonly complete: boolean } {
    const kept = Buffer.concat(this.#pieces);
    if (offset !== null && offset >= this.#from && offset <= this.#to) {
      return { offset, bytes: kept.subarray(offset - this.#from), complete: true };
    }
    const skipped = this.#from === 0 ? 0 : kept.subarray(0, LINE_SEARCH_BYTES).indexOf(NEWLINE) + 1;
    return { offset: this.#from + skipped, bytes: kept.subarray(skipped), complete: this.#from === 0 };
  }
}
