/** Memory in which the frames of floods are laid out before they are sealed. */
import { FRAME_HEAD_BYTES } from '../frames.ts';
import type { Limits } from '../../foundation/index.ts';

/** Kept to be used again while nobody floods. */
const FREE_MAX = 16;

export class FloodBuffers {
  /** Bytes of each: the largest frame fits, behind what waited before it. */
  readonly bytes: number;
  readonly #max: number;
  readonly #free: ArrayBuffer[] = [];
  readonly #listeners = new Set<() => void>();
  #taken = 0;

  constructor({ chunkFloodBytesMax, frameBytesMax, recorderDirectBytesMin, recorderFloodBuffersMax }: Limits) {
    this.bytes = Math.max(chunkFloodBytesMax, recorderDirectBytesMin + FRAME_HEAD_BYTES + frameBytesMax);
    this.#max = recorderFloodBuffersMax;
  }

  get hasRoom(): boolean {
    return this.#taken < this.#max;
  }

  /** Calls `listener` once, when one was given back. */
  onceRoom(listener: () => void): void {
    this.#listeners.add(listener);
  }

  take(): ArrayBuffer {
    this.#taken += 1;
    return this.#free.pop() ?? new ArrayBuffer(this.bytes);
  }

  give(memory: ArrayBuffer): void {
    this.#taken -= 1;
    if (this.#free.length < FREE_MAX) this.#free.push(memory);
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
