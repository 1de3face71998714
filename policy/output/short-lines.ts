/**
 * Text that is cut into lines where no row ends: a character a line, a field of fixed width a line. Lines of one length
 * that name nobody are read together with their neighbours.
 */
const TOGETHER = 256;
/** Lines so short are pieces, whatever their neighbours' length; a character may be cut itself. */
const PIECE = 4;
const WIDTH_MAX = 72;

export class ShortLines {
  readonly #read: (bytes: Buffer, at: number) => boolean;
  /** One character a byte. */
  #text = '';
  #at = 0;
  #width = 0;
  #count = 0;

  /** @param read says whether the bytes were a code, of which nothing is read a second time. */
  constructor(read: (bytes: Buffer, at: number) => boolean) {
    this.#read = read;
  }

  /** @param line the next one in which nobody was found, one character a byte. */
  take(line: string, at: number): void {
    const { length } = line;
    const goesOn = length <= PIECE ? this.#width <= PIECE : length === this.#width;
    if (length > WIDTH_MAX || !goesOn) this.finish();
    if (length > WIDTH_MAX) return;
    if (this.#count === 0) this.#at = at;
    this.#width = length <= PIECE ? 0 : length;
    this.#count += 1;
    this.#text += length === 0 ? '\n' : line;
    if (this.#text.length >= TOGETHER) this.#readSome(at);
  }

  /** Chunks begin anew: what waits began before this one. */
  newChunk(): void {
    this.#at = 0;
  }

  finish(): void {
    if (this.#count > 1) this.#read(Buffer.from(this.#text, 'latin1'), this.#at);
    this.#text = '';
    this.#count = 0;
    this.#width = 0;
  }

  #readSome(at: number): void {
    const isCode = this.#read(Buffer.from(this.#text, 'latin1'), this.#at);
    const cut = Math.max(...[',', ';', '\t', '|', '\n'].map((mark) => this.#text.lastIndexOf(mark))) + 1;
    this.#text = isCode ? '' : this.#text.slice(Math.max(cut, this.#text.length - TOGETHER / 4));
    this.#at = at;
  }
}
