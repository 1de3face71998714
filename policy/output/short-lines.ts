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
  /** The only line so far, whose text nobody may need. */
  #waiting: { readonly bytes: Buffer; readonly from: number; readonly to: number } | undefined;

  /** @param read says whether the bytes were a code, of which nothing is read a second time. */
  constructor(read: (bytes: Buffer, at: number) => boolean) {
    this.#read = read;
  }

  /** @param line the next one in which nobody was found, one character a byte. */
  take(line: string, at: number): void {
    if (!this.#begins(line.length, at)) return;
    this.keep();
    this.#add(line, at);
  }

  /** The same, where the bytes stay as they are until `keep`: of most lines nothing is needed once the next is known. */
  takeBytes(bytes: Buffer, from: number, to: number, at: number): void {
    if (!this.#begins(to - from, at)) return;
    if (this.#count > 1 || to - from <= PIECE) {
      this.keep();
      this.#add(bytes.toString('latin1', from, to), at);
    } else this.#waiting = { bytes, from, to };
  }

  /** A line that is no piece of anything. */
  takeLong(): void {
    if (this.#count > 0) this.finish();
  }

  /** The bytes of what waits may become others from now on. */
  keep(): void {
    if (this.#waiting === undefined) return;
    const { bytes, from, to } = this.#waiting;
    this.#waiting = undefined;
    this.#text += bytes.toString('latin1', from, to);
  }

  /** Chunks begin anew: what waits began before this one. */
  newChunk(): void {
    this.#at = 0;
  }

  finish(): void {
    this.#waiting = undefined;
    if (this.#count > 1) this.#read(Buffer.from(this.#text, 'latin1'), this.#at);
    this.#text = '';
    this.#count = 0;
    this.#width = 0;
  }

  /** @returns whether a line so long may be a piece of what the lines before are pieces of. */
  #begins(length: number, at: number): boolean {
    const goesOn = length <= PIECE ? this.#width <= PIECE : length === this.#width;
    if (length > WIDTH_MAX || !goesOn) this.takeLong();
    if (length > WIDTH_MAX) return false;
    if (this.#count === 0) this.#at = at;
    this.#width = length <= PIECE ? 0 : length;
    this.#count += 1;
    return true;
  }

  #add(line: string, at: number): void {
    this.#text += line.length === 0 ? '\n' : line;
    if (this.#text.length >= TOGETHER) this.#readSome(at);
  }

  #readSome(at: number): void {
    const isCode = this.#read(Buffer.from(this.#text, 'latin1'), this.#at);
    const cut = Math.max(...[',', ';', '\t', '|', '\n'].map((mark) => this.#text.lastIndexOf(mark))) + 1;
    this.#text = isCode ? '' : this.#text.slice(Math.max(cut, this.#text.length - TOGETHER / 4));
    this.#at = at;
  }
}
