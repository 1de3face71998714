/** Contents of many files on their way into pieces: what is not stored yet is bounded, whatever comes. */
import { asError } from '../../foundation/index.ts';
import { PIECE_BYTES, type Extent, pieceName, sealPiece } from './pieces.ts';
import type { PieceStore } from './store.ts';

/** Pieces being stored while the next one fills. */
const STORING_MAX = 2;

export interface PackingOptions {
  readonly store: PieceStore;
  readonly key: Buffer;
  readonly parcel: string;
}

export class Packing {
  readonly #options: PackingOptions;
  readonly #storing = new Set<Promise<void>>();
  #open = Buffer.allocUnsafe(PIECE_BYTES);
  #used = 0;
  #pieces = 0;
  #error: Error | undefined;

  constructor(options: PackingOptions) {
    this.#options = options;
  }

  get pieces(): number {
    return this.#pieces;
  }

  /** Takes all of `bytes`, which may change afterwards, and notes in `extents` where they lie. One call at a time. */
  async append(bytes: Uint8Array, extents: Extent[]): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(bytes.length - at, PIECE_BYTES - this.#used);
      this.#open.set(bytes.subarray(at, at + length), this.#used);
      note(extents, [this.#pieces, this.#used, length]);
      this.#used += length;
      at += length;
      if (this.#used === PIECE_BYTES) await this.#next();
    }
  }

  /** Everything that was appended is stored when it resolves. */
  async finish(): Promise<void> {
    if (this.#used > 0) await this.#next();
    await Promise.all(this.#storing);
    this.#throwFailed();
  }

  /** Nothing is under way any more when it resolves; what failed does not matter. */
  async settled(): Promise<void> {
    await Promise.all(this.#storing);
  }

  async #next(): Promise<void> {
    const { key, parcel, store } = this.#options;
    const name = pieceName(this.#pieces);
    const sealed = sealPiece({ key, parcel, name }, this.#open.subarray(0, this.#used));
    this.#pieces += 1;
    this.#used = 0;
    const storing = store
      .put(parcel, name, sealed)
      .catch((thrown: unknown) => {
        this.#error ??= asError(thrown);
      })
      .finally(() => this.#storing.delete(storing));
    this.#storing.add(storing);
    while (this.#storing.size >= STORING_MAX) await Promise.race(this.#storing);
    this.#throwFailed();
  }

  #throwFailed(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}

/** One that goes on where the last one ended is part of it. */
function note(extents: Extent[], extent: Extent): void {
  const last = extents.at(-1);
  if (last !== undefined && last[0] === extent[0] && last[1] + last[2] === extent[1]) last[2] += extent[2];
  else extents.push(extent);
}
