/**
 * One open recording: orders its frames, bounds what is not durable yet, fails once and for all, seals at the end.
 *
 * Of what is durable nothing before it is missing, and frames are acknowledged in their order: a small batch goes
 * through the write-ahead log, which all sessions share, a large one straight into a chunk. Chunks of a flood are sealed
 * and stored several at a time; their leaves stand in the log one after the other, and behind all that came before.
 */
import { GatewayError, invariant, LIMITS, type Limits } from '../foundation/index.ts';
import type { SessionId } from '../policy/index.ts';
import { type Batch, FrameQueue, type Settler, type Waiting } from './batch.ts';
import { unavailable } from './fault.ts';
import { FRAME_HEAD_BYTES, type FrameType } from './frames.ts';
import { type OpenedSession, type OpeningOptions, openSession } from './opened-session.ts';
import type { PendingBytes } from './pending.ts';
import type { Durability, RecordingMeta, RecordingWriter, SealedRecording } from './recording.ts';

const LIMIT_NOTE = Buffer.from('The recording reached its limit; the session was ended.');
const LAST_BYTES = FRAME_HEAD_BYTES + LIMIT_NOTE.length;
const DONE = Promise.resolve();
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
  #pendingBytes = 0;
  #chunkBytes = 0;
  #onDrained: (() => void) | undefined;
  #refused: GatewayError | undefined;
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
    this.#opened = await openSession(meta, this.#options, {
      ...{ frames: this.#frames, onBacklog },
      onDurable: (batch) => this.#acknowledge(batch),
      onLost: (batches, error) => this.#lose(batches, error),
    });
  }

  append(type: FrameType, payload: Uint8Array): Promise<void> {
    if (type === 'h') return Promise.reject(new Error('invariant: the header frame is written at the opening'));
    const pieceBytes = this.#options.limits.frameBytesMax;
    if (payload.length <= pieceBytes) return this.#admit(type, payload);
    let admitted: Promise<void> = DONE;
    for (let at = 0; at < payload.length; at += pieceBytes) {
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
    this.#refused = error;
    for (const { settler } of this.#waiting.splice(0)) rejectQuietly(settler, error);
    this.#tellDrained();
  }

  #refusal(): GatewayError | undefined {
    if (this.#refused !== undefined) return this.#refused;
    return this.#closing === undefined
      ? undefined
      : new GatewayError('recording_unavailable', 'The recording is closed.');
  }

  #admit(type: Exclude<FrameType, 'h'>, payload: Uint8Array): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return quietly(Promise.reject(refusal));
    const { clock, durability } = this.#options;
    // Whoever need not wait may use his memory again.
    const own = durability === 'buffered' ? Buffer.from(payload) : payload;
    const frame = { type, payload: own, micros: clock.micros() };
    const size = FRAME_HEAD_BYTES + payload.length;
    if (this.#waiting.length === 0 && this.#fits(size) && this.#hasRoom(size)) return this.#take(frame, size);
    const settler = newSettler();
    this.#waiting.push({ ...frame, settler });
    this.#pump();
    return settler.promise;
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
      void this.#take(first, size, first.settler);
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

  /** @param own of a frame that waited for room. @returns what the frame waits for. */
  #take(frame: Omit<Waiting, 'settler'>, size: number, own?: Settler): Promise<void> {
    const batch = this.#frames.put(frame);
    this.#pendingBytes += size;
    this.#options.pending.take(size);
    this.#opened?.commits.store();
    // A later loss finds its promise settled; the recording has failed then, and its session ends for that.
    const isEarly = this.#options.durability === 'buffered' && this.#isEarly(frame.micros);
    if (own !== undefined) {
      if (isEarly) own.resolve();
      else batch.settlers.push(own);
      batch.isShared = false; // What comes next is told after it.
      return own.promise;
    }
    if (isEarly) return DONE;
    const last = batch.isShared ? batch.settlers.at(-1) : undefined;
    const settler = last ?? newSettler();
    if (last === undefined) batch.settlers.push(settler);
    batch.isShared = true;
    return settler.promise;
  }

  #isEarly(micros: bigint): boolean {
    const oldest = this.#opened?.commits.since ?? this.#frames.since ?? micros;
    return micros - oldest < BUFFERED_MICROS;
  }

  #acknowledge(batch: Batch): void {
    this.#settle(batch);
    for (const { resolve } of batch.settlers) resolve();
    if (this.#waiting.length > 0) this.#pump();
    this.#tellDrained();
  }

  /** Nothing is stored any more: what follows a hole proves nothing. */
  #lose(unstored: readonly Batch[], error: GatewayError): void {
    this.fail(error);
    for (const batch of [...unstored, ...this.#frames.lose()]) {
      this.#settle(batch);
      for (const settler of batch.settlers) rejectQuietly(settler, error);
    }
    this.#tellDrained();
  }

  #settle({ size }: Pick<Batch, 'size'>): void {
    this.#pendingBytes -= size;
    this.#options.pending.give(size);
  }

  /** What came so far is sealed with a note of why it ends; the session ends because nothing more would be recorded. */
  #reachLimit(): void {
    this.#full = true;
    const note = { type: 'g', payload: LIMIT_NOTE, micros: this.#options.clock.micros() } as const;
    void quietly(this.#take(note, FRAME_HEAD_BYTES + LIMIT_NOTE.length)); // `close` meets the same failure.
    this.fail(new GatewayError('recording_unavailable', 'The recording reached its limit; the session ends.'));
  }

  /** Resolves when nothing waits and nothing is under way. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#onDrained = resolve;
      this.#tellDrained();
    });
  }

  #tellDrained(): void {
    if (this.#onDrained !== undefined && this.#waiting.length === 0 && this.#pendingBytes === 0) this.#onDrained();
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
    await this.#drained();
    await this.#opened?.commits.done();
    if (!this.#full) this.#failed.signal.throwIfAborted();
    invariant(this.#opened, 'a recording is closed after it was opened');
    const hasExit = exit !== undefined && !this.#full && this.#fits(FRAME_HEAD_BYTES + exit.length);
    const last = hasExit ? this.#frames.next('x', this.#options.clock.micros(), exit) : undefined;
    return { sessionId, file: sessionId, ...(await this.#opened.seal(last, this.#frames.frames)) };
  }
}

function newSettler(): Settler {
  let resolve: () => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Of a payload in pieces the caller has the last promise alone; the recording has failed, and its session is told. */
function rejectQuietly({ promise, reject }: Settler, error: Error): void {
  void quietly(promise);
  reject(error);
}

function quietly(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}
