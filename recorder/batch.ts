/** What becomes durable together, and the numbers that frames get on their way there. */
import type { Limits } from '../foundation/index.ts';
import { copyInto, type FloodBuffer, type FloodBuffers } from './chunks/flood-buffers.ts';
import { encodeFrame, FRAME_HEAD_BYTES, type FrameType, streamOf, writeFrameHead } from './frames.ts';
import type { PerStream, StreamName } from './keys/session-keys.ts';

export interface Waiting {
  readonly type: Exclude<FrameType, 'h'>;
  readonly payload: Uint8Array;
  readonly micros: bigint;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** A frame as it will stand in its chunk. */
export interface EncodedFrame {
  readonly stream: StreamName;
  readonly seq: number;
  readonly micros: bigint;
  readonly bytes: Buffer;
}

/** Frames of one stream, laid out as they will stand in a chunk of their own. */
export interface Fill {
  readonly stream: StreamName;
  readonly buffer: FloodBuffer;
  readonly first: number;
  readonly t0: bigint;
  t1: bigint;
  frames: number;
  bytes: number;
}

/** Frames that become durable together: small ones through the write-ahead log, a flood's as a chunk. */
export interface Batch {
  /** When the first of them came; only a buffered recording looks. */
  readonly since: bigint;
  readonly waiting: Pick<Waiting, 'resolve' | 'reject'>[];
  small: EncodedFrame[];
  smallBytes: number;
  /** How many frames of each stream stand before it, once it is taken. */
  before: PerStream<number>;
  fill: Fill | undefined;
  size: number;
}

export interface FrameQueueOptions {
  readonly buffers: FloodBuffers;
  readonly limits: Pick<Limits, 'recorderDirectBytesMin' | 'chunkFloodBytesMax'>;
}

/** The frames of one recording that are not under way to the disk yet, in batches. */
export class FrameQueue {
  readonly #options: FrameQueueOptions;
  #taken: PerStream<number> = { screen: 0, keystrokes: 0 };
  #batches: Batch[] = [];
  #seq = 0;
  #micros = 0n;
  #bytes = 0;

  constructor(options: FrameQueueOptions) {
    this.#options = options;
  }

  /** Of all frames so far. */
  get bytes(): number {
    return this.#bytes;
  }

  get frames(): number {
    return this.#seq;
  }

  /** When the oldest frame came that is not under way. */
  get since(): bigint | undefined {
    return this.#batches[0]?.since;
  }

  /** The next frame of the recording, which nothing waits for: the first and the last one. */
  next(type: FrameType, micros: bigint, payload: Uint8Array): EncodedFrame {
    this.#count(streamOf(type), 1);
    return this.#encode(type, micros, payload);
  }

  /** Adds a frame; keeps nothing of its payload. @returns the batch that it is part of. */
  put({ type, micros, payload }: Pick<Waiting, 'type' | 'micros' | 'payload'>): Batch {
    const size = FRAME_HEAD_BYTES + payload.length;
    const stream = streamOf(type);
    const batch = this.#batchFor(stream, size, micros);
    if (batch.fill?.stream === stream) {
      this.#layOut(batch.fill, type, micros, payload);
    } else {
      batch.small.push(this.#encode(type, micros, payload));
      batch.smallBytes += size;
    }
    batch.size += size;
    return batch;
  }

  /** The next batch, to be stored; nothing is added to it any more. */
  take(): Batch | undefined {
    const batch = this.#batches.shift();
    if (batch === undefined) return undefined;
    batch.before = this.#taken;
    let { screen, keystrokes } = this.#taken;
    for (const { stream } of batch.small) {
      if (stream === 'screen') screen += 1;
      else keystrokes += 1;
    }
    this.#taken = { screen, keystrokes };
    if (batch.fill !== undefined) this.#count(batch.fill.stream, batch.fill.frames);
    return batch;
  }

  /** Nothing is stored any more. @returns what will not be. */
  lose(): Batch[] {
    return this.#batches.splice(0);
  }

  #count(stream: StreamName, frames: number): void {
    this.#taken = { ...this.#taken, [stream]: this.#taken[stream] + frames };
  }

  #number(type: FrameType, micros: bigint, size: number) {
    if (micros > this.#micros) this.#micros = micros; // Clocks are set back; recordings are not.
    this.#bytes += size;
    return { type, seq: this.#seq++, micros: this.#micros };
  }

  #encode(type: FrameType, micros: bigint, payload: Uint8Array): EncodedFrame {
    const head = this.#number(type, micros, FRAME_HEAD_BYTES + payload.length);
    return { stream: streamOf(type), seq: head.seq, micros: head.micros, bytes: encodeFrame({ ...head, payload }) };
  }

  #layOut(fill: Fill, type: FrameType, micros: bigint, payload: Uint8Array): void {
    const head = this.#number(type, micros, FRAME_HEAD_BYTES + payload.length);
    const { frames } = fill.buffer;
    writeFrameHead(frames, fill.bytes, head, payload.length);
    copyInto(frames, payload, fill.bytes + FRAME_HEAD_BYTES);
    fill.bytes += FRAME_HEAD_BYTES + payload.length;
    fill.frames += 1;
    fill.t1 = head.micros;
  }

  /** The last batch that is not under way, or a new one. Much of one stream that waits together is a flood. */
  #batchFor(stream: StreamName, size: number, since: bigint): Batch {
    const { chunkFloodBytesMax, recorderDirectBytesMin } = this.#options.limits;
    const last = this.#batches.at(-1);
    if (last?.fill?.stream === stream) {
      return last.fill.bytes + size <= chunkFloodBytesMax ? last : this.#beginFlood(this.#add(since), stream, since);
    }
    if ((last?.smallBytes ?? 0) + size < recorderDirectBytesMin) return last ?? this.#add(since);
    // The other stream has the chunk of the last batch.
    const batch = last === undefined || last.fill !== undefined ? this.#add(since) : last;
    return this.#beginFlood(batch, stream, since);
  }

  #add(since: bigint): Batch {
    const batch: Batch = {
      since,
      waiting: [],
      small: [],
      smallBytes: 0,
      before: this.#taken,
      fill: undefined,
      size: 0,
    };
    this.#batches.push(batch);
    return batch;
  }

  /** With what waits already of this stream. */
  #beginFlood(batch: Batch, stream: StreamName, since: bigint): Batch {
    const waiting = batch.small.filter((frame) => frame.stream === stream);
    const [first] = waiting;
    const micros = since > this.#micros ? since : this.#micros;
    const fill: Fill = {
      stream,
      buffer: this.#options.buffers.take(),
      first: first?.seq ?? this.#seq,
      t0: first?.micros ?? micros,
      t1: waiting.at(-1)?.micros ?? micros,
      frames: waiting.length,
      bytes: 0,
    };
    for (const frame of waiting) {
      copyInto(fill.buffer.frames, frame.bytes, fill.bytes);
      fill.bytes += frame.bytes.length;
    }
    batch.fill = fill;
    batch.small = batch.small.filter((frame) => frame.stream !== stream);
    batch.smallBytes -= fill.bytes;
    return batch;
  }
}
