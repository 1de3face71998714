/** Sets of keys and their order, as millions of them are handled: without an object each. */

const FIRST_SLOTS = 32 * 1024;

/** The different keys of one block; made once and used for each. */
export class GramSet {
  #slots = new Uint32Array(FIRST_SLOTS);
  /** The block in whose turn a slot was taken: clearing is counting up. */
  #turns = new Uint32Array(FIRST_SLOTS);
  #turn = 1;
  #values = new Uint32Array(FIRST_SLOTS / 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get values(): Uint32Array {
    return this.#values.subarray(0, this.#size);
  }

  clear(): void {
    this.#size = 0;
    this.#turn += 1;
  }

  add(gram: number): void {
    const mask = this.#slots.length - 1;
    let slot = (gram ^ (gram >>> 15)) & mask;
    while (this.#turns[slot] === this.#turn) {
      if (this.#slots[slot] === gram) return;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = gram;
    this.#turns[slot] = this.#turn;
    this.#values[this.#size++] = gram;
    if (this.#size === this.#values.length) this.#grow();
  }

  #grow(): void {
    const known = this.#values;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    this.#turns = new Uint32Array(this.#turns.length * 2);
    this.#values = new Uint32Array(known.length * 2);
    this.#size = 0;
    for (const gram of known) this.add(gram);
  }
}

const DIGITS = 65_536;

/** Both lists by rising key, pairs of one key in their order (radix sort, sixteen bits at a time). */
export function sortedByKey(keys: Uint32Array, blocks: Uint32Array): { keys: Uint32Array; blocks: Uint32Array } {
  const low = sortedByDigit(keys, blocks, 0);
  return sortedByDigit(low.keys, low.blocks, 16);
}

function sortedByDigit(keys: Uint32Array, blocks: Uint32Array, shift: number) {
  const places = new Uint32Array(DIGITS + 1);
  for (const key of keys) {
    const next = ((key >>> shift) & 0xffff) + 1;
    places[next] = (places[next] ?? 0) + 1;
  }
  for (let digit = 0; digit < DIGITS; digit++) places[digit + 1] = (places[digit + 1] ?? 0) + (places[digit] ?? 0);
  const sorted = { keys: new Uint32Array(keys.length), blocks: new Uint32Array(keys.length) };
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? 0;
    const digit = (key >>> shift) & 0xffff;
    const place = places[digit] ?? 0;
    places[digit] = place + 1;
    sorted.keys[place] = key;
    sorted.blocks[place] = blocks[at] ?? 0;
  }
  return sorted;
}
