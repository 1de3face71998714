/**
 * One stream of one open recording: gathers what is durable already into chunks, has them sealed and stored, and puts
 * their leaves into the log, in order. A flood comes as a chunk of its own, between two others.
 */
import type { Limits } from '../foundation/index.ts';
import type { Fill, NumberedFrame } from './batch.ts';
import type { ChunkContents } from './chunks/chunk.ts';
import type { FloodBuffer, FloodBuffers } from './chunks/flood-buffers.ts';
import type { SealedChunk, SealThread } from './chunks/seal-thread.ts';
import type { Fault } from './fault.ts';
import { FRAME_HEAD_BYTES, layOutFrame } from './frames.ts';
import type { StreamName } from './keys/session-keys.ts';
import type { LeafChain } from './leaf-chain.ts';
import type { ObjectStore } from './objects/store.ts';
import type { WalHold } from './wal-batch.ts';

/** What comes fast is compressed fast: a chunk that is full is one of many. */
const LEVEL_WHEN_FULL = 1;
const LEVEL_WHEN_IDLE = 6;

/** One object for all sessions: of each only what is its own takes memory. */
export interface SharedOptions {
  readonly objects: ObjectStore;
  readonly thread: SealThread;
  readonly fault: Fault;
  readonly limits: Pick<Limits, 'chunkBytes' | 'chunkMillis'>;
  readonly buffers: FloodBuffers;
}

export interface StreamSession {
  readonly sessionId: string;
  readonly stream: StreamName;
  readonly key: Uint8Array;
  readonly chain: LeafChain;
  /** Bytes of frames that are in closed chunks: more of them, or fewer. */
  readonly onBacklog: (bytes: number) => void;
}

/** Of a chunk when it begins. */
const FIRST_BYTES = 1_024;

interface OpenChunk {
  /** The frames, from its beginning: one piece and not many, for what lives as long as a chunk is collected dearly. */
  memory: Uint8Array<ArrayBuffer>;
  frames: number;
  readonly first: number;
  readonly t0: bigint;
  readonly holds: Set<WalHold>;
  readonly timer: NodeJS.Timeout;
  t1: bigint;
  size: number;
}

/** The leaf of a chunk was handed to the log; `logged` settles when it stands there. */
interface Submitted {
  readonly logged: Promise<void>;
}

const NOTHING_YET: Submitted = { logged: Promise.resolve() };

export class StreamWriter {
  readonly #shared: SharedOptions;
  readonly #session: StreamSession;
  #open: OpenChunk | undefined;
  #chunks = 0;
  #bytes = 0;
  #last: Promise<Submitted> = Promise.resolve(NOTHING_YET);
  #stopped = false;

  constructor(shared: SharedOptions, session: StreamSession) {
    this.#shared = shared;
    this.#session = session;
  }

  /** Closed so far. */
  get chunks(): number {
    return this.#chunks;
  }

  /** Of the objects whose leaves were handed to the log. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a frame that is durable in the write-ahead log, or is to be made so by `flush`. */
  add(frame: NumberedFrame, hold?: WalHold): void {
    const open = (this.#open ??= this.#begin(frame.seq, frame.micros));
    const bytes = FRAME_HEAD_BYTES + frame.payload.length;
    if (open.size + bytes > open.memory.length) open.memory = larger(open, bytes, this.#shared.limits.chunkBytes);
    open.size = layOutFrame(open.memory, open.size, frame);
    open.frames += 1;
    open.t1 = frame.micros;
    if (hold !== undefined && !open.holds.has(hold)) {
      open.holds.add(hold);
      hold.retain();
    }
    if (open.size >= this.#shared.limits.chunkBytes) this.#flushSoon(LEVEL_WHEN_FULL);
  }

  /** Resolves when everything taken so far stands in the log. @throws {GatewayError} `recording_unavailable`. */
  async flush(): Promise<void> {
    this.#close(LEVEL_WHEN_IDLE);
    const { logged } = await this.#last;
    await logged;
  }

  /**
   * A chunk that nothing was told of yet. Its leaf waits for `before`. @returns when the leaf was handed to the log.
   * @throws {GatewayError} `recording_unavailable`.
   */
  flood(fill: Fill, before: Promise<unknown>): Promise<Submitted> {
    this.#close(LEVEL_WHEN_FULL);
    const { first, frames, bytes, t0, t1, buffer } = fill;
    const contents = this.#contents({ first, frames, bytes, t0, t1 });
    return this.#submit(this.#sealedFlood(contents, buffer), before);
  }

  /** Nothing is sealed any more: the key is about to be forgotten. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#open?.timer);
    this.#open = undefined;
  }

  #begin(first: number, t0: bigint): OpenChunk {
    const timer = setTimeout(() => this.#flushSoon(LEVEL_WHEN_IDLE), this.#shared.limits.chunkMillis).unref();
    return { memory: new Uint8Array(FIRST_BYTES), frames: 0, first, t0, t1: t0, size: 0, holds: new Set(), timer };
  }

  #flushSoon(level: number): void {
    this.#close(level);
    this.#last.then(({ logged }) => logged).catch(() => undefined); // The recorder has failed, and tells everybody.
  }

  #close(level: number): void {
    const open = this.#open;
    if (open === undefined || this.#stopped) return;
    clearTimeout(open.timer);
    this.#open = undefined;
    const { memory, frames, first, size, t0, t1, holds } = open;
    const contents = this.#contents({ first, frames, bytes: size, t0, t1 });
    this.#session.onBacklog(size);
    const submitted = this.#submit(this.#sealed(contents, { memory: memory.buffer, level }));
    const settle = (): void => {
      this.#session.onBacklog(-size);
      for (const hold of holds) hold.release();
    };
    // Of a chunk that could not be kept the segments stay: the next start reads them.
    submitted.then(({ logged }) => logged).then(settle, () => this.#session.onBacklog(-size));
  }

  #contents(of: Pick<ChunkContents, 'first' | 'frames' | 'bytes'> & { t0: bigint; t1: bigint }): ChunkContents {
    const { sessionId: sid, stream } = this.#session;
    return { ...of, sid, stream, seq: this.#chunks++, t0: Number(of.t0), t1: Number(of.t1) };
  }

  async #sealed(
    contents: ChunkContents,
    { memory, level }: { readonly memory: ArrayBuffer; readonly level: number },
  ): Promise<SealedChunk> {
    const { objects, thread } = this.#shared;
    const sealed = await thread.seal({ contents, key: this.#session.key, memory, level });
    await objects.put(sealed.parts, sealed.id);
    return sealed;
  }

  /** Of a chunk that could not be stored the buffer is not used again: the recorder has failed. */
  async #sealedFlood(contents: ChunkContents, buffer: FloodBuffer): Promise<SealedChunk> {
    const { buffers, objects, thread } = this.#shared;
    const sealed = await thread.sealFlood({ contents, key: this.#session.key, buffer });
    await objects.put(sealed.parts, sealed.id, sealed.pages);
    buffers.give(buffer);
    return sealed;
  }

  #submit(sealing: Promise<SealedChunk>, before?: Promise<unknown>): Promise<Submitted> {
    const { fault } = this.#shared;
    const { chain } = this.#session;
    const ahead = this.#last;
    const submit = async (): Promise<Submitted> => {
      try {
        const sealed = await sealing;
        await ahead;
        await before;
        fault.check();
        this.#bytes += sealed.bytes;
        const logged = chain.chunk(sealed).then(() => undefined); // Its place in the log is nothing to remember.
        logged.catch(() => undefined); // Whoever waits for it is told.
        return { logged };
      } catch (thrown) {
        throw fault.trip(thrown);
      }
    };
    const submitted = submit();
    submitted.catch(() => undefined);
    this.#last = submitted;
    return submitted;
  }
}

/** In few steps, and not beyond what a chunk is going to be. */
function larger({ memory, size }: Pick<OpenChunk, 'memory' | 'size'>, more: number, chunkBytes: number) {
  const grown = new Uint8Array(Math.max(size + more, Math.min(4 * memory.length, chunkBytes + FIRST_BYTES)));
  grown.set(memory.subarray(0, size));
  return grown;
}
