/**
 * Memory in which the frames of floods are laid out, sealed by the thread and written from: each byte is copied into it
 * once. It is shared, and every buffer begins at a page: only from such memory can a file be written past the page cache
 * without a copy (open(2), O_DIRECT), and of what the runtime can allocate only WebAssembly's is aligned so.
 */
import { CHUNK_TAG_BYTES } from '../../evidence/index.ts';
import { invariant, type Limits } from '../../foundation/index.ts';
import { PAGE_BYTES } from '../files.ts';
import { FRAME_HEAD_BYTES } from '../frames.ts';
import { CHUNK_FRONT_BYTES } from './chunk.ts';

const WASM_PAGE_BYTES = 64 * 1024;

/** As much of the runtime's as is used here; the library of types for browsers has it whole. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

declare const WebAssembly: {
  readonly Memory: new (options: { initial: number; maximum: number; shared: true }) => SharedMemory;
};

/** One piece of the memory, for one chunk; the object will begin where it begins. */
export interface FloodBuffer {
  readonly place: number;
  readonly bytes: Buffer;
  /** Where the frames go: so far behind the beginning that what is sealed never overtakes what is not. */
  readonly frames: Buffer;
}

type FloodLimits = Pick<
  Limits,
  'chunkFloodBytesMax' | 'frameBytesMax' | 'recorderDirectBytesMin' | 'recorderFloodBuffersMax'
>;

export class FloodBuffers {
  readonly memory: SharedMemory;
  readonly #bytes: number;
  readonly #max: number;
  readonly #free: FloodBuffer[] = [];
  readonly #listeners = new Set<() => void>();
  #made = 0;
  #taken = 0;

  constructor({ chunkFloodBytesMax, frameBytesMax, recorderDirectBytesMin, recorderFloodBuffersMax }: FloodLimits) {
    // The largest frame fits, behind what waited before it.
    const frames = Math.max(chunkFloodBytesMax, recorderDirectBytesMin + FRAME_HEAD_BYTES + frameBytesMax);
    const whole = CHUNK_FRONT_BYTES + frames + CHUNK_TAG_BYTES + PAGE_BYTES;
    this.#bytes = Math.ceil(whole / WASM_PAGE_BYTES) * WASM_PAGE_BYTES;
    this.#max = recorderFloodBuffersMax;
    const maximum = (this.#bytes / WASM_PAGE_BYTES) * this.#max;
    this.memory = new WebAssembly.Memory({ initial: 0, maximum, shared: true });
  }

  get hasRoom(): boolean {
    return this.#taken < this.#max;
  }

  /** Calls `listener` once, when one was given back. */
  onceRoom(listener: () => void): void {
    this.#listeners.add(listener);
  }

  take(): FloodBuffer {
    this.#taken += 1;
    return this.#free.pop() ?? this.#make();
  }

  give(buffer: FloodBuffer): void {
    this.#taken -= 1;
    this.#free.push(buffer);
    if (this.#listeners.size === 0) return;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }

  #make(): FloodBuffer {
    invariant(this.#made < this.#max, 'who takes a buffer asked whether there is room');
    this.memory.grow(this.#bytes / WASM_PAGE_BYTES);
    const place = this.#made * this.#bytes;
    this.#made += 1;
    const bytes = Buffer.from(this.memory.buffer, place, this.#bytes);
    return { place, bytes, frames: bytes.subarray(CHUNK_FRONT_BYTES, this.#bytes - CHUNK_TAG_BYTES - PAGE_BYTES) };
  }
}

/** Copies at the speed of memory: `set` goes byte by byte where memory is shared. */
export function copyInto(target: Buffer, bytes: Uint8Array, at: number): void {
  if (bytes.length > 0) target.fill(bytes, at, at + bytes.length);
}
