/**
 * One open recording: orders its frames, bounds what is not durable yet, fails once and for all, seals at the end.
 *
 * Frames go to the disk one batch after the other, so that what is durable has no hole: a small batch through the
 * write-ahead log, which all sessions share, a large one straight into the session's own file. The first batch is
 * always the log's: recovery learns from it that there is a recording.
 */
import { type Clock, GatewayError, invariant, LIMITS, type Limits } from '../foundation/index.ts';
import type { SessionId } from '../policy/index.ts';
import type { Batch, Waiting } from './batch.ts';
import { type Fault, unavailable } from './fault.ts';
import { FrameQueue } from './frame-queue.ts';
import { FRAME_OVERHEAD_BYTES, type FrameType, TRAILER_BYTES } from './frames.ts';
import type { HashThread } from './hash-thread.ts';
import type { AppendedLeaf, LeafLog } from './log/leaf-log.ts';
import {
  type Durability,
  encodeMeta,
  openLeafOf,
  type RecordingMeta,
  type RecordingWriter,
  type SealedRecording,
} from './recording.ts';
import type { DirectFile, RecordingFile } from './recording-file.ts';
import { sealRecording } from './seal.ts';
import type { PendingBytes } from './pending.ts';
import type { SharedBlocks } from './shared-blocks.ts';
import type { WriteAheadLog } from './wal.ts';

const LIMIT_NOTE = Buffer.from('The recording reached its limit; the session was ended.');
const LAST_BYTES = FRAME_OVERHEAD_BYTES + LIMIT_NOTE.length + TRAILER_BYTES;

export interface SessionWriterOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly durability: Durability;
  readonly wal: WriteAheadLog;
  /** Shared by all sessions. */
  readonly pending: PendingBytes;
  readonly blocks: SharedBlocks;
  readonly thread: HashThread;
  readonly fault: Fault;
  readonly leafLog: LeafLog;
  readonly createFile: (onFault: (cause: unknown) => void) => Promise<RecordingFile>;
  /** Called once, with undefined when the recording could not be sealed. */
  readonly onClosed: (sealed: SealedRecording | undefined) => Promise<void>;
}

const BUFFERED_MICROS = BigInt(LIMITS.recorderBufferedMillis) * 1_000n;

export class SessionWriter implements RecordingWriter {
  readonly sessionId: SessionId;
  readonly #options: SessionWriterOptions;
  readonly #failed = new AbortController();
  readonly #frames: FrameQueue;
  readonly #meta: RecordingMeta;
  #file: RecordingFile | undefined;
  #openLeaf: AppendedLeaf | undefined;
  #waiting: Waiting[] = [];
  #storing: Promise<void> | undefined;
  /** When the oldest frame came that is not durable yet. */
  #oldest: bigint | undefined;
  #pendingBytes = 0;
  /** Settles after everything admitted so far. */
  #last: Promise<unknown> = Promise.resolve();
  #full = false;
  #opening: Promise<void> | undefined;
  #closing: Promise<SealedRecording> | undefined;

  constructor(meta: RecordingMeta, options: SessionWriterOptions) {
    this.sessionId = meta.sessionId;
    this.#meta = meta;
    this.#options = options;
    const { blocks, thread, limits } = options;
    this.#frames = new FrameQueue(meta.sessionId, { blocks, thread, limits, openFile: () => this.#direct() });
  }

  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Puts the first frame into the write-ahead log and the open leaf into the log, in this order: recovery can add the leaf. */
  open(): Promise<void> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<void> {
    const { clock, createFile, leafLog, wal } = this.#options;
    const meta = encodeMeta(this.#meta);
    const parts = this.#frames.chain.begin(clock.micros(), meta);
    const leaf = openLeafOf(meta, clock.now());
    this.#file = await createFile((cause) => this.fail(unavailable(cause)));
    const { offset } = this.#frames.chain.state;
    await wal.append({ sessionId: this.sessionId, offset: 0, parts, size: offset });
    this.#file.push(parts);
    this.#openLeaf = await leafLog.append(leaf);
  }

  append(type: FrameType, payload: Uint8Array): Promise<void> {
    if (type === 'h') return Promise.reject(new Error('invariant: the header frame is written at the opening'));
    const pieceBytes = this.#options.limits.frameBytesMax;
    let admitted: Promise<void> = Promise.resolve();
    for (let at = 0; at === 0 || at < payload.length; at += pieceBytes) {
      admitted = this.#admit(type, payload.subarray(at, at + pieceBytes)); // Settles after the pieces before it.
    }
    return admitted;
  }

  close(exit?: Uint8Array): Promise<SealedRecording> {
    this.#closing ??= this.#finish(exit);
    return this.#closing;
  }

  /** Ends the recording: everything waiting and everything later is refused with `error`. */
  fail(error: GatewayError): void {
    if (this.#failed.signal.aborted) return;
    this.#failed.abort(error);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(error);
  }

  /** Closes the file without a word to the log. */
  async abandon(): Promise<void> {
    await this.#file?.abandon().catch(() => undefined); // It fails only when the file system has failed before.
  }

  #refusal(): GatewayError | undefined {
    const reason: unknown = this.#failed.signal.reason;
    if (reason instanceof GatewayError) return reason;
    return this.#closing === undefined
      ? undefined
      : new GatewayError('recording_unavailable', 'The recording is closed.');
  }

  #admit(type: Exclude<FrameType, 'h'>, payload: Uint8Array): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      const refused: Promise<never> = Promise.reject(refusal);
      refused.catch(() => undefined); // As below: of a payload in pieces the caller has the last promise alone.
      return refused;
    }
    const { clock } = this.#options;
    const admitted = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ type, payload, micros: clock.micros(), resolve, reject });
    });
    admitted.catch(() => undefined); // The caller has the last piece's promise; an earlier one fails with it.
    this.#last = admitted;
    this.#pump();
    return admitted;
  }

  #pump(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const size = FRAME_OVERHEAD_BYTES + first.payload.length;
      if (!this.#fits(size)) {
        this.#reachLimit();
        return;
      }
      if (!this.#hasRoom(size)) return;
      this.#waiting.shift();
      this.#take(first, size);
    }
  }

  #fits(size: number): boolean {
    return this.#frames.offset + size + LAST_BYTES <= this.#options.limits.recordingBytesMax;
  }

  /** Otherwise arranges that the pump runs again when there may be room. */
  #hasRoom(size: number): boolean {
    const { limits, pending } = this.#options;
    const pump = (): void => this.#pump();
    const backlogBytes = this.#file?.backlogBytes ?? 0;
    if (backlogBytes > limits.recorderSessionPendingBytesMax) {
      this.#file?.flush().then(pump, () => undefined); // A failed write has ended the recording already.
      return false;
    }
    if (this.#pendingBytes > 0 && this.#pendingBytes + size > limits.recorderSessionPendingBytesMax) return false;
    if (pending.hasRoom(size) && this.#frames.hasRoom(size)) return true;
    pending.onceRoom(pump);
    return false;
  }

  #take({ type, payload, micros, resolve, reject }: Waiting, size: number): void {
    const batch = this.#frames.put({ type, micros, payload }, size);
    batch.waiting.push({ resolve, reject });
    this.#oldest ??= batch.since;
    // A rejection later on finds the promise settled; the recording has failed then, and its session ends for that.
    if (this.#options.durability === 'buffered' && micros - this.#oldest < BUFFERED_MICROS) resolve();
    this.#pendingBytes += size;
    this.#options.pending.take(size);
    this.#storing ??= this.#storeBatches();
  }

  #direct(): Promise<DirectFile> {
    invariant(this.#file, 'frames are stored after the opening');
    return this.#file.direct();
  }

  async #storeBatches(): Promise<void> {
    await Promise.resolve(); // Everything appended in this turn of the event loop goes into the first batch.
    for (let batch = this.#frames.take(); batch !== undefined; batch = this.#frames.take()) {
      try {
        await this.#storeBatch(batch);
        this.#settle(batch);
        this.#oldest = this.#frames.since;
        for (const { resolve } of batch.waiting) resolve();
        this.#frames.endFlood();
      } catch (thrown) {
        this.#loseFrom(batch, unavailable(thrown));
      }
      this.#pump();
    }
    this.#storing = undefined;
  }

  /** Nothing is stored any more: what follows a hole proves nothing. */
  #loseFrom(batch: Batch, error: GatewayError): void {
    const unstored = [batch, ...this.#frames.lose()];
    this.fail(error);
    for (const { size, waiting } of unstored) {
      this.#settle({ size });
      for (const { reject } of waiting) reject(error);
    }
  }

  #settle({ size }: Pick<Batch, 'size'>): void {
    this.#pendingBytes -= size;
    this.#options.pending.give(size);
  }

  async #storeBatch(batch: Batch): Promise<void> {
    const { offset, isFlood, parts, size } = batch;
    const { fault, wal } = this.#options;
    const file = this.#file;
    invariant(file, 'frames are stored after the opening');
    fault.check();
    if (isFlood) {
      await this.#frames.syncFlood(batch);
      return;
    }
    await wal.append({ sessionId: this.sessionId, offset, parts, size });
    file.push(parts);
  }

  /** What came so far is sealed with a note of why it ends; the session ends because nothing more would be recorded. */
  #reachLimit(): void {
    this.#full = true;
    const { clock } = this.#options;
    this.#last = new Promise<void>((resolve, reject) => {
      const note = { type: 'g', payload: LIMIT_NOTE, micros: clock.micros(), resolve, reject } as const;
      this.#take(note, FRAME_OVERHEAD_BYTES + LIMIT_NOTE.length);
    });
    this.#last.catch(() => undefined); // `close` meets the same failure.
    this.fail(new GatewayError('recording_unavailable', 'The recording reached its limit; the session ends.'));
  }

  async #finish(exit: Uint8Array | undefined): Promise<SealedRecording> {
    let sealed: SealedRecording | undefined;
    try {
      sealed = await this.#seal(exit);
      return sealed;
    } catch (thrown) {
      throw unavailable(thrown);
    } finally {
      await this.abandon();
      await this.#options.onClosed(sealed);
    }
  }

  /** The last frames go into the file alone: it is made durable with them before anybody is told of the end. */
  async #seal(exit: Uint8Array | undefined): Promise<SealedRecording> {
    const { clock, directory, leafLog } = this.#options;
    await this.#opening;
    await Promise.allSettled([this.#last]);
    await this.#storing;
    if (!this.#full) this.#failed.signal.throwIfAborted();
    const { sessionId } = this;
    const file = this.#file;
    const openLeaf = this.#openLeaf;
    invariant(file && openLeaf, 'a recording is closed after it was opened');
    if (exit !== undefined && !this.#full && this.#fits(FRAME_OVERHEAD_BYTES + exit.length)) {
      file.push(this.#frames.chain.add('x', clock.micros(), exit));
    }
    file.push(this.#frames.chain.end(clock.micros()));
    const state = this.#frames.chain.state;
    return await sealRecording({ directory, sessionId, file, state, openLeaf, recovered: false, leafLog, clock });
  }
}
