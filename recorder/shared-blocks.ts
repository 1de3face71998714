/**
 * Memory that the hashing thread sees too, in blocks that begin at a page: only such memory goes to the disk without a
 * copy (open(2), O_DIRECT), and of what the runtime can allocate only WebAssembly's is aligned so.
 */
import { LIMITS } from '../foundation/index.ts';

/** What the disk takes at once; no disk or file system has larger sectors. */
export const PAGE_BYTES = 4096;
export const BLOCK_BYTES = 256 * 1024;
const WASM_PAGE_BYTES = 64 * 1024;
const GROWTH_BYTES = 4 * BLOCK_BYTES;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** As much of the runtime's as is used here; the library of types for browsers has it whole. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

declare const WebAssembly: {
  readonly Memory: new (options: { initial: number; maximum: number; shared: true }) => SharedMemory;
};

export class SharedBlocks {
  readonly memory: SharedMemory = new WebAssembly.Memory({
    initial: 0,
    maximum: LIMITS.recorderSharedBytesMax / WASM_PAGE_BYTES,
    shared: true,
  });
  readonly #free: number[] = [];
  #bytes: Buffer = Buffer.alloc(0);

  /** Whether so many blocks can be taken. */
  hasRoom(blocks: number): boolean {
    const ungrown = (LIMITS.recorderSharedBytesMax - this.#bytes.length) / BLOCK_BYTES;
    return this.#free.length + ungrown >= blocks;
  }

  /** The place of a block, filled with zeros: nothing of another session is ever written with it. */
  take(): number {
    if (this.#free.length === 0) this.#grow();
    const place = this.#free.pop();
    if (place === undefined) throw new Error('No shared memory is left.');
    this.at(place, BLOCK_BYTES).fill(ZEROS); // By a number it would go byte by byte: the memory is shared.
    return place;
  }

  give(place: number): void {
    this.#free.push(place);
  }

  at(place: number, bytes: number): Buffer {
    return this.#bytes.subarray(place, place + bytes);
  }

  #grow(): void {
    const from = this.#bytes.length;
    this.memory.grow(GROWTH_BYTES / WASM_PAGE_BYTES);
    this.#bytes = Buffer.from(this.memory.buffer);
    for (let place = from; place < this.#bytes.length; place += BLOCK_BYTES) this.#free.push(place);
  }
}
