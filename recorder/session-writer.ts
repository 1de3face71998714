/**
 * One open recording: orders its frames, bounds what is not durable yet, fails once and for all, seals at the end.
 *
 * Of what is durable nothing before it is missing, and frames are acknowledged in their order: a small batch goes
 * through the write-ahead log, which all sessions share, a large one straight into a chunk. Chunks of a flood are sealed
 * and stored several at a time; their leaves stand in the log one after the other, and behind all that came before.
 */
import { GatewayError, invariant, LIMITS, type Limits } from '../foundation/index.ts';
import type { SessionId } from '../policy/index.ts';
import { type Batch, FrameQueue, type Waiting } from './batch.ts';
import { unavailable } from './fault.ts';
import { FRAME_HEAD_BYTES, type FrameType } from './frames.ts';
import { type OpenedSession, type OpeningOptions, openSession } from './opened-session.ts';
import type { PendingBytes } from './pending.ts';
import type { Durability, RecordingMeta, RecordingWriter, SealedRecording } from './recording.ts';

const LIMIT_NOTE = Buffer.from('The recording reached its limit; the session was ended.');
const LAST_BYTES = FRAME_HEAD_BYTES + LIMIT_NOTE.length;
const BUFFERED_MICROS = BigInt(LIMITS.recorderBufferedMillis) * 1_000n;

/** One object for all sessions. */
export interface SharedSessionOptions extends OpeningOptions {
  readonly limits: Limits;
  readonly durability: Durability;
  /** Of all sessions: bytes that are not durable yet, and bytes in chunks that do not stand in the log yet. */
  readonly pending: PendingBytes;
  readonly chunkBytes: PendingBytes;
  /** Called once, with undefined when the recording could not be sealed. */
  readonly onClosed: (sessionId: SessionId, sealed: SealedRecording | undefined) => Promise<void>;
}

export class SessionWriter implements RecordingWriter {
  readonly sessionId: SessionId;
  readonly #options: SharedSessionOptions;
  readonly #failed = new AbortController();
  readonly #frames: FrameQueue;
  /** One and the same: who waits for room waits once. */
  readonly #pumpAgain = (): void => this.#pump();
  #opened: OpenedSession | undefined;
  #waiting: Waiting[] = [];
  #storing: Promise<void> | undefined;
  /** Under way to the disk, oldest first. */
  #unacknowledged: Batch[] = [];
  #pendingBytes = 0;
  #chunkBytes = 0;
  /** Settles after everything admitted so far. */
  #last: Promise<unknown> = Promise.resolve();
  #full = false;
  #opening: Promise<void> | undefined;
  #closing: Promise<SealedRecording> | undefined;

  constructor(sessionId: SessionId, options: SharedSessionOptions) {
    this.sessionId = sessionId;
    this.#options = options;

    this.#frames = new FrameQueue(options);
  }

  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  open(meta: RecordingMeta): Promise<void> {
    this.#opening ??= this.#open(meta);
    return this.#opening;
  }

  async #open(meta: RecordingMeta): Promise<void> {
    const { chunkBytes } = this.#options;
    const onBacklog = (bytes: number): void => {
      this.#chunkBytes += bytes;
      if (bytes > 0) chunkBytes.take(bytes);
      else chunkBytes.give(-bytes);
      if (bytes < 0) this.#pump();
    };
    this.#opened = await openSession(meta, this.#options, { frames: this.#frames, onBacklog });
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
      const size = FRAME_HEAD_BYTES + first.payload.length;
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
    return this.#frames.bytes + size + LAST_BYTES <= this.#options.limits.recordingBytesMax;
  }

  /** Otherwise arranges that the pump runs again when there may be room. */
  #hasRoom(size: number): boolean {
    const { buffers, chunkBytes, limits, pending } = this.#options;
    const max = limits.recorderSessionPendingBytesMax;
    if (this.#pendingBytes > 0 && this.#pendingBytes + size > max) return false; // Runs again with each batch stored,
    if (this.#chunkBytes > max) return false; // and with each chunk.
    const pump = this.#pumpAgain;
    if (!chunkBytes.hasRoom(0)) chunkBytes.onceRoom(pump);
    else if (!pending.hasRoom(size)) pending.onceRoom(pump);
    else if (!buffers.hasRoom) buffers.onceRoom(pump);
    else return true;
    return false;
  }

  #take({ type, payload, micros, resolve, reject }: Waiting, size: number): void {
    const batch = this.#frames.put({ type, micros, payload });
    batch.waiting.push({ resolve, reject });
    const oldest = this.#unacknowledged[0]?.since ?? this.#frames.since ?? micros;
    // A rejection later on finds the promise settled; the recording has failed then, and its session ends for that.
    if (this.#options.durability === 'buffered' && micros - oldest < BUFFERED_MICROS) resolve();
    this.#pendingBytes += size;
    this.#options.pending.take(size);
    this.#storing ??= this.#storeBatches();
  }

  async #storeBatches(): Promise<void> {
    await Promise.resolve(); // Everything appended in this turn of the event loop goes into the first batch.
    const underWay: Promise<void>[] = [];
    for (let batch = this.#frames.take(); batch !== undefined; batch = this.#frames.take()) {
      const stored = this.#store(batch);
      underWay.push(stored);
      // What comes while the disk works is stored together; of a flood the next chunk need not wait for the one before.
      if (batch.fill === undefined) {
        await stored;
        underWay.length = 0; // All before it are acknowledged, too.
      } else if (underWay.length >= this.#options.limits.recorderFloodChunksMax) await underWay.shift();
    }
    this.#storing = undefined;
  }

  /** Resolves when the batch is acknowledged, after every batch before it, or lost. */
  #store(batch: Batch): Promise<void> {
    invariant(this.#opened, 'frames are stored after the opening');
    this.#unacknowledged.push(batch);
    return this.#opened.commits.store(batch).then(
      () => this.#acknowledge(batch),
      (thrown: unknown) => this.#lose(unavailable(thrown)),
    );
  }

  #acknowledge(batch: Batch): void {
    this.#unacknowledged.shift();
    this.#settle(batch);
    for (const { resolve } of batch.waiting) resolve();
    this.#pump();
  }

  /** Nothing is stored any more: what follows a hole proves nothing. */
  #lose(error: GatewayError): void {
    const unstored = [...this.#unacknowledged.splice(0), ...this.#frames.lose()];
    this.fail(error);
    for (const batch of unstored) {
      this.#settle(batch);
      for (const { reject } of batch.waiting) reject(error);
    }
  }

  #settle({ size }: Pick<Batch, 'size'>): void {
    this.#pendingBytes -= size;
    this.#options.pending.give(size);
  }

  /** What came so far is sealed with a note of why it ends; the session ends because nothing more would be recorded. */
  #reachLimit(): void {
    this.#full = true;
    const { clock } = this.#options;
    this.#last = new Promise<void>((resolve, reject) => {
      const note = { type: 'g', payload: LIMIT_NOTE, micros: clock.micros(), resolve, reject } as const;
      this.#take(note, FRAME_HEAD_BYTES + LIMIT_NOTE.length);
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
      this.#opened?.forget();
      await this.#options.onClosed(this.sessionId, sealed);
    }
  }

  async #seal(exit: Uint8Array | undefined): Promise<SealedRecording> {
    const { sessionId } = this;
    await this.#opening;
    await Promise.allSettled([this.#last]);
    await this.#storing;
    await this.#opened?.commits.done();
    if (!this.#full) this.#failed.signal.throwIfAborted();
    invariant(this.#opened, 'a recording is closed after it was opened');
    const hasExit = exit !== undefined && !this.#full && this.#fits(FRAME_HEAD_BYTES + exit.length);
    const last = hasExit ? this.#frames.next('x', this.#options.clock.micros(), exit) : undefined;
    return { sessionId, file: sessionId, ...(await this.#opened.seal(last, this.#frames.frames)) };
  }
}
