/** The frames of one recording that are not durable yet, in batches: on their way through the log, or a flood. */
import type { Limits } from '../foundation/index.ts';
import { type Batch, newBatch, type Waiting } from './batch.ts';
import { Flood, type FloodOptions } from './flood.ts';
import { createFrameWriter, type FrameWriter } from './frames.ts';

export interface FrameQueueOptions extends FloodOptions {
  readonly limits: Pick<Limits, 'recorderDirectBytesMin' | 'recorderFloodWriteBytes'>;
}

export class FrameQueue {
  readonly #sessionId: string;
  readonly #options: FrameQueueOptions;
  /** Of what goes through the log; while there is a flood, the chain is the flood's. */
  #chain: FrameWriter;
  #flood: Flood | undefined;
  #batches: Batch[] = [];

  constructor(sessionId: string, options: FrameQueueOptions) {
    this.#sessionId = sessionId;
    this.#options = options;
    this.#chain = createFrameWriter(sessionId);
  }

  /** To begin and to end the recording: there is no flood then. */
  get chain(): FrameWriter {
    return this.#chain;
  }

  /** Where the next frame will begin. */
  get offset(): number {
    return this.#flood?.offset ?? this.#chain.state.offset;
  }

  /** When the oldest frame came that is not under way. */
  get since(): bigint | undefined {
    return this.#batches[0]?.since;
  }

  /** Whether there is memory for a frame of so many bytes, should it be part of a flood. */
  hasRoom(size: number): boolean {
    return this.#flood === undefined || this.#flood.hasRoom(size);
  }

  /** Adds a frame; keeps nothing of its payload. @returns the batch that it is part of. */
  put({ type, micros, payload }: Pick<Waiting, 'type' | 'micros' | 'payload'>, size: number): Batch {
    const batch = this.#batchFor(size, micros);
    if (this.#flood === undefined) batch.parts.push(...this.#chain.add(type, micros, payload));
    else this.#flood.add(type, micros, payload);
    batch.size += size;
    return batch;
  }

  /** The next batch, to be stored; nothing is added to it any more. */
  take(): Batch | undefined {
    return this.#batches.shift();
  }

  async syncFlood({ offset, size }: Batch): Promise<void> {
    await this.#flood?.sync(offset + size);
  }

  /** When all of it is on the disk, what comes next goes through the log again. */
  endFlood(): void {
    if (this.#flood === undefined || this.#batches.length > 0) return;
    this.#chain = createFrameWriter(this.#sessionId, this.#flood.state);
    this.#flood.end();
    this.#flood = undefined;
  }

  /** Nothing is stored any more. @returns what will not be. */
  lose(): Batch[] {
    this.#flood?.end();
    return this.#batches.splice(0);
  }

  /** The last batch that is not under way, or a new one. Much that waits together is a flood, and all that follows it. */
  #batchFor(size: number, since: bigint): Batch {
    const last = this.#batches.at(-1);
    if (this.#flood === undefined && (last?.size ?? 0) + size >= this.#options.limits.recorderDirectBytesMin) {
      return this.#beginFlood(last, since);
    }
    // Smaller ones follow each other more closely: while one is written the one before is read, and its reader answers.
    if (last !== undefined && !(last.isFlood && last.size >= this.#options.limits.recorderFloodWriteBytes)) return last;
    const batch = newBatch(this.offset, since, this.#flood !== undefined);
    this.#batches.push(batch);
    return batch;
  }

  /** With what waits already. */
  #beginFlood(waiting: Batch | undefined, since: bigint): Batch {
    const { state } = this.#chain;
    const offset = waiting?.offset ?? state.offset;
    this.#flood = new Flood({ ...state, offset }, this.#options);
    this.#flood.begin(waiting?.parts ?? [], state);
    const batch = { ...(waiting ?? newBatch(offset, since, true)), isFlood: true, parts: [] };
    this.#batches = [batch];
    return batch;
  }
}
