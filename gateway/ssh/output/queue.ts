/** What waits to be shown, in order. */
import type { Piece } from './model.ts';
import { restOf } from './plan.ts';

export class HeldPieces {
  #pieces: Piece[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get first(): Piece | undefined {
    return this.#pieces[0];
  }

  add(piece: Piece): void {
    this.#pieces.push({ ...piece, bytes: Buffer.from(piece.bytes) }); // A chunk's memory is used again.
    this.#bytes += piece.bytes.length;
  }

  /** The first `length` bytes of the first piece wait no more. */
  pass(length: number): void {
    const [piece] = this.#pieces;
    if (piece === undefined) return;
    this.#bytes -= length;
    if (length === piece.bytes.length) this.#pieces.shift();
    else this.#pieces[0] = restOf(piece, length);
  }

  /** @returns how many bytes waited. */
  drop(): number {
    const dropped = this.#bytes;
    this.#pieces = [];
    this.#bytes = 0;
    return dropped;
  }
}
