/** What becomes durable together, and the numbers that frames get on their way there. */
import type { Limits } from '../foundation/index.ts';
import { copyInto, type FloodBuffer, type FloodBuffers } from './chunks/flood-buffers.ts';
import { FRAME_HEAD_BYTES, type FrameType, layOutFrame, streamOf, writeFrameHead } from './frames.ts';
import type { PerStream, StreamName } from './keys/session-keys.ts';

/** Whoever waits for frames: of many that came together, one. */
export interface Settler {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** A frame that waits for room. */
export interface Waiting {
  readonly type: Exclude<FrameType, 'h'>;
  readonly payload: Uint8Array;
  readonly micros: bigint;
  readonly settler: Settler;
}

/** A frame with its number. Its payload is not copied until it stands in a chunk: whoever gave it leaves it alone. */
export interface NumberedFrame {
  readonly type: FrameType;
  readonly stream: StreamName;
  readonly seq: number;
  readonly micros: bigint;
  readonly payload: Uint8Array;
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
  /** In the order of their frames. */
  readonly settlers: Settler[];
  /** Whether the last of them speaks for what comes next, too. */
  isShared: boolean;
  small: NumberedFrame[];
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
const NOTHING_BEFORE: PerStream<number> = { screen: 0, keystrokes: 0 };

/** Bytes of what stands before the frames of a batch in the write-ahead log. */
const PLACES_BYTES = 16;

/** Of a batch without a flood, in the write-ahead log. */
export function bodySize({ smallBytes }: Batch): number {
  return PLACES_BYTES + smallBytes;
}

/** How many frames stand before these, of the screen u64 and of the keystrokes u64, then the frames. */
export function writeBody({ before, small }: Batch, target: Buffer, at: number): void {
  target.writeUInt32BE(Math.floor(before.screen / 2 ** 32), at); // As halves: a BigInt costs more than all the rest.
  target.writeUInt32BE(before.screen >>> 0, at + 4);
  target.writeUInt32BE(Math.floor(before.keystrokes / 2 ** 32), at + 8);
  target.writeUInt32BE(before.keystrokes >>> 0, at + 12);
  let end = at + PLACES_BYTES;
  for (const frame of small) end = layOutFrame(target, end, frame);
}

export class FrameQueue {
  readonly #options: FrameQueueOptions;
  /** Frames of each stream in what was taken. */
  #screen = 0;
  #keystrokes = 0;
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

  /** What is next under way. */
  get first(): Batch | undefined {
    return this.#batches[0];
  }

  /** When the oldest frame came that is not under way. */
  get since(): bigint | undefined {
    return this.#batches[0]?.since;
  }

  /** The next frame of the recording, which nothing waits for: the first and the last one. */
  next(type: FrameType, micros: bigint, payload: Uint8Array): NumberedFrame {
    this.#count(streamOf(type), 1);
    return this.#numbered(type, micros, payload);
  }

  /** Adds a frame; its payload is read until the batch is stored. @returns the batch that it is part of. */
  put({ type, micros, payload }: Pick<Waiting, 'type' | 'micros' | 'payload'>): Batch {
    const size = FRAME_HEAD_BYTES + payload.length;
    const stream = streamOf(type);
    const batch = this.#batchFor(stream, size, micros);
    if (batch.fill?.stream === stream) {
      this.#layOut(batch.fill, type, micros, payload);
    } else {
      batch.small.push(this.#numbered(type, micros, payload));
      batch.smallBytes += size;
    }
    batch.size += size;
    return batch;
  }

  /** The next batch, to be stored; nothing is added to it any more. */
  take(): Batch | undefined {
    const batch = this.#batches.shift();
    if (batch === undefined) return undefined;
    batch.before = { screen: this.#screen, keystrokes: this.#keystrokes };
    for (const { stream } of batch.small) this.#count(stream, 1);
    if (batch.fill !== undefined) this.#count(batch.fill.stream, batch.fill.frames);
    return batch;
  }

  /** Nothing is stored any more. @returns what will not be. */
  lose(): Batch[] {
    return this.#batches.splice(0);
  }

  #count(stream: StreamName, frames: number): void {
    if (stream === 'screen') this.#screen += frames;
    else this.#keystrokes += frames;
  }

  /** Clocks are set back; recordings are not. */
  #time(micros: bigint): bigint {
    if (micros > this.#micros) this.#micros = micros;
    return this.#micros;
  }

  #numbered(type: FrameType, micros: bigint, payload: Uint8Array): NumberedFrame {
    this.#bytes += FRAME_HEAD_BYTES + payload.length;
    return { type, stream: streamOf(type), seq: this.#seq++, micros: this.#time(micros), payload };
  }

  #layOut(fill: Fill, type: FrameType, micros: bigint, payload: Uint8Array): void {
    this.#bytes += FRAME_HEAD_BYTES + payload.length;
    const head = { type, seq: this.#seq++, micros: this.#time(micros) };
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
      settlers: [],
      isShared: false,
      small: [],
      smallBytes: 0,
      before: NOTHING_BEFORE,
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
      const { frames } = fill.buffer;
      writeFrameHead(frames, fill.bytes, frame, frame.payload.length);
      copyInto(frames, frame.payload, fill.bytes + FRAME_HEAD_BYTES);
      fill.bytes += FRAME_HEAD_BYTES + frame.payload.length;
    }
    batch.fill = fill;
    batch.small = batch.small.filter((frame) => frame.stream !== stream);
    batch.smallBytes -= fill.bytes;
    return batch;
  }
}
