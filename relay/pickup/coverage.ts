/** Which bytes of a file somebody has been given; most ask for them in order, some a little out of it. */

/** Parts out of order that are kept in mind. */
const AHEAD_MAX = 256;

export class Coverage {
  readonly #bytes: number;
  #upTo = 0;
  #ahead: (readonly [number, number])[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  get isWhole(): boolean {
    return this.#upTo >= this.#bytes;
  }

  /** @returns false when too much is out of order to be followed. */
  add(offset: number, length: number): boolean {
    if (length === 0) return true;
    this.#ahead.push([offset, offset + length]);
    this.#ahead.sort(([left], [right]) => left - right);
    while (this.#ahead[0] !== undefined && this.#ahead[0][0] <= this.#upTo) {
      this.#upTo = Math.max(this.#upTo, this.#ahead[0][1]);
      this.#ahead.shift();
    }
    return this.#ahead.length <= AHEAD_MAX;
  }
}
