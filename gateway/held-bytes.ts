import { LIMITS } from '../foundation/index.ts';

/** What all channels of one process hold that they have read and not yet written. */
export class HeldBytes {
  #bytes = 0;

  /** Negative when so much was written, or given up. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** What one channel may hold; more waits in its own window. */
  get maxOfOne(): number {
    return this.#bytes < LIMITS.relayHeldTotalBytes ? LIMITS.relayHeldBytesMax : LIMITS.relayHeldBytesWhenMany;
  }
}
