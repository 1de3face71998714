import { LIMITS } from '../foundation/index.ts';

/** What all channels of one process hold that they have read and not yet written, and the memory it stands in. */
export class HeldBytes {
  readonly #free: Buffer[] = [];
  #bytes = 0;

  /** Negative when so much was written, or given up. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** What one channel may hold; more waits in its own window. */
  get maxOfOne(): number {
    return this.#bytes < LIMITS.relayHeldTotalBytes ? LIMITS.relayHeldBytesMax : LIMITS.relayHeldBytesWhenMany;
  }

  /** Memory of `LIMITS.relayBlockBytes`, with whatever was in it before: a flood allocates nothing it could use again. */
  takeBlock(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(LIMITS.relayBlockBytes);
  }

  /** Nobody reads the block any more. */
  giveBlock(block: Buffer): void {
    if (this.#free.length < LIMITS.relayFreeBlocksMax) this.#free.push(block);
  }
}
