/**
 * The frames of one recording while it is flooded: laid out in shared memory as they will lie in the file, hashed by a
 * thread, and written past the page cache, which would copy every byte once more and give it to the disk much later.
 */
import { invariant } from '../foundation/index.ts';
import { FRAME_OVERHEAD_BYTES, type ChainState, HASH_BYTES, frameHead } from './frames.ts';
import type { FramePlaces, HashThread } from './hash-thread.ts';
import type { DirectFile } from './recording-file.ts';
import { BLOCK_BYTES, PAGE_BYTES, type SharedBlocks } from './shared-blocks.ts';

export interface FloodOptions {
  readonly blocks: SharedBlocks;
  readonly thread: HashThread;
  /** Everything before the flood is on the disk when it resolves. */
  readonly openFile: () => Promise<DirectFile>;
}

interface Unhashed extends FramePlaces {
  readonly end: number;
}

export class Flood {
  readonly #options: FloodOptions;
  /** Where the chain stands behind the last frame added; its head is that of the last frame hashed. */
  #state: ChainState;
  #frames: Unhashed[] = [];
  #hashing: Promise<void> | undefined;
  /** The question that the thread works on. */
  #asked: Promise<void> = Promise.resolve();
  #hashed: number;
  #durable: number;
  #file: DirectFile | undefined;
  /** Where the blocks are, one behind the other; the first holds the file from `#base` on. */
  #places: number[] = [];
  #base: number;

  /** Continues the chain from `state`. */
  constructor(state: ChainState, options: FloodOptions) {
    this.#options = options;
    this.#state = state;
    this.#hashed = this.#durable = state.offset;
    this.#base = state.offset - (state.offset % PAGE_BYTES);
  }

  /** Where the next frame will begin. */
  get offset(): number {
    return this.#state.offset;
  }

  /** Where the chain stands: once everything is on the disk. */
  get state(): ChainState {
    invariant(this.#durable === this.#state.offset, 'a flood has a state when all of it is stored');
    return this.#state;
  }

  hasRoom(size: number): boolean {
    const missing = this.#state.offset + size - this.#base - this.#places.length * BLOCK_BYTES;
    return this.#options.blocks.hasRoom(Math.ceil(missing / BLOCK_BYTES));
  }

  /** Takes whole frames that are hashed already, before any other. */
  begin(parts: readonly Buffer[], after: ChainState): void {
    this.#makeRoom(after.offset);
    let at = this.#state.offset;
    for (const part of parts) {
      this.#write(at, part);
      at += part.length;
    }
    invariant(at === after.offset, 'the frames end where their chain stands');
    this.#state = after;
    this.#hashed = at;
  }

  /** Takes a copy of the payload. */
  add(type: string, micros: bigint, payload: Uint8Array): void {
    const before = this.#state;
    const at = micros > before.micros ? micros : before.micros;
    const head = frameHead({ type, micros: at, seq: before.frames, bytes: payload.length });
    const begin = before.offset;
    const bodyBytes = head.length + payload.length;
    const end = begin + FRAME_OVERHEAD_BYTES + payload.length;
    this.#makeRoom(end);
    this.#write(begin, head);
    this.#write(begin + head.length, payload);
    this.#frames.push({
      hashed: this.#placesOf(begin, bodyBytes),
      hash: this.#placesOf(begin + bodyBytes, HASH_BYTES),
      end,
    });
    this.#state = { ...before, frames: before.frames + 1, offset: end, micros: at };
    this.#hashing ??= this.#hashAll();
    this.#hashing.catch(() => undefined); // `sync` tells.
  }

  /** Resolves when everything before `end`, where a frame ends, is on the disk. @throws what the file system or the thread said. */
  async sync(end: number): Promise<void> {
    this.#file ??= await this.#open();
    while (this.#hashed < end) await this.#asked;
    const from = this.#durable - (this.#durable % PAGE_BYTES);
    const to = Math.ceil(end / PAGE_BYTES) * PAGE_BYTES;
    await this.#file.write(this.#bytes(from, to - from), from, end);
    this.#durable = end;
    while (this.#base + BLOCK_BYTES <= end) this.#dropFirst();
  }

  /** Gives its memory back, once the thread does not write to it any more. */
  end(): void {
    const drop = (): void => {
      while (this.#places.length > 0) this.#dropFirst();
    };
    if (this.#hashing === undefined) drop();
    else this.#hashing.then(drop, drop);
  }

  /** The first page may hold the end of what was written before: it is written again with it. */
  async #open(): Promise<DirectFile> {
    const file = await this.#options.openFile();
    this.#write(this.#base, file.tail);
    return file;
  }

  async #hashAll(): Promise<void> {
    await Promise.resolve(); // What comes in this turn of the event loop is one question.
    for (let frames = this.#frames; frames.length > 0; frames = this.#frames) {
      this.#frames = [];
      const questions = frames.map(({ hashed, hash }) => ({ hashed, hash }));
      this.#asked = this.#options.thread.hash(this.#state.head, questions).then((head) => {
        this.#state = { ...this.#state, head };
        this.#hashed = frames.at(-1)?.end ?? this.#hashed;
      });
      await this.#asked;
    }
    this.#hashing = undefined;
  }

  #makeRoom(end: number): void {
    while (this.#base + this.#places.length * BLOCK_BYTES < end) this.#places.push(this.#options.blocks.take());
  }

  #dropFirst(): void {
    const place = this.#places.shift();
    if (place !== undefined) this.#options.blocks.give(place);
    this.#base += BLOCK_BYTES;
  }

  #write(offset: number, bytes: Uint8Array): void {
    let done = 0;
    for (const piece of this.#bytes(offset, bytes.length)) {
      // `fill` copies at the speed of memory; `set` goes byte by byte where memory is shared.
      if (piece.length > 0) piece.fill(bytes.subarray(done, done + piece.length));
      done += piece.length;
    }
  }

  #bytes(offset: number, length: number): Buffer[] {
    const pieces: Buffer[] = [];
    const places = this.#placesOf(offset, length);
    for (let next = 0; next < places.length; next += 2) {
      pieces.push(this.#options.blocks.at(places[next] ?? 0, places[next + 1] ?? 0));
    }
    return pieces;
  }

  /** Places and lengths in turns. */
  #placesOf(offset: number, length: number): number[] {
    const places: number[] = [];
    for (let at = offset - this.#base, left = length; left > 0; ) {
      const inBlock = at % BLOCK_BYTES;
      const bytes = Math.min(left, BLOCK_BYTES - inBlock);
      const place = this.#places[Math.floor(at / BLOCK_BYTES)];
      invariant(place !== undefined, 'what is asked for is in memory');
      places.push(place + inBlock, bytes);
      at += bytes;
      left -= bytes;
    }
    return places;
  }
}
