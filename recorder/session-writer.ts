/** One open recording: orders its frames, bounds what is not durable yet, fails once and for all, seals at the end. */
import { type Clock, GatewayError, invariant, type Limits } from '../foundation/index.ts';
import type { SessionId } from '../policy/index.ts';
import { unavailable } from './fault.ts';
import { createFrameWriter, FRAME_OVERHEAD_BYTES, type FrameType, type FrameWriter, TRAILER_BYTES } from './frames.ts';
import type { AppendedLeaf, LeafLog } from './log/leaf-log.ts';
import { encodeMeta, openLeafOf, type RecordingMeta, type RecordingWriter, type SealedRecording } from './recording.ts';
import type { RecordingFile } from './recording-file.ts';
import { sealRecording } from './seal.ts';
import type { WriteAheadLog } from './wal.ts';

const LIMIT_NOTE = Buffer.from('The recording reached its limit; the session was ended.');
const LAST_BYTES = FRAME_OVERHEAD_BYTES + LIMIT_NOTE.length + TRAILER_BYTES;

export interface SessionWriterOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly wal: WriteAheadLog;
  readonly leafLog: LeafLog;
  readonly createFile: (onFault: (cause: unknown) => void) => Promise<RecordingFile>;
  /** Called once, with undefined when the recording could not be sealed. */
  readonly onClosed: (sealed: SealedRecording | undefined) => Promise<void>;
}

interface Waiting {
  readonly type: Exclude<FrameType, 'h'>;
  readonly payload: Uint8Array;
  readonly micros: bigint;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

export class SessionWriter implements RecordingWriter {
  readonly sessionId: SessionId;
  readonly #options: SessionWriterOptions;
  readonly #failed = new AbortController();
  readonly #chain: FrameWriter;
  readonly #meta: RecordingMeta;
  #file: RecordingFile | undefined;
  #openLeaf: AppendedLeaf | undefined;
  #waiting: Waiting[] = [];
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
    this.#chain = createFrameWriter(meta.sessionId);
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
    const data = this.#chain.begin(clock.micros(), meta);
    const leaf = openLeafOf(meta, clock.now());
    this.#file = await createFile((cause) => this.fail(unavailable(cause)));
    await wal.append({ sessionId: this.sessionId, offset: 0, data });
    this.#file.push(data);
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

  close(): Promise<SealedRecording> {
    this.#closing ??= this.#finish();
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
      if (this.#chain.state.offset + size + LAST_BYTES > this.#options.limits.recordingBytesMax) {
        this.#reachLimit();
        return;
      }
      if (!this.#hasRoom(size)) return;
      this.#waiting.shift();
      this.#store(first, size);
    }
  }

  /** Otherwise arranges that the pump runs again when there may be room. */
  #hasRoom(size: number): boolean {
    const { limits, wal } = this.#options;
    const pump = (): void => this.#pump();
    const backlogBytes = this.#file?.backlogBytes ?? 0;
    if (backlogBytes > limits.recorderSessionPendingBytesMax) {
      this.#file?.flush().then(pump, () => undefined); // A failed write has ended the recording already.
      return false;
    }
    if (this.#pendingBytes > 0 && this.#pendingBytes + size > limits.recorderSessionPendingBytesMax) return false;
    if (wal.hasRoom(size)) return true;
    wal.onceRoom(pump);
    return false;
  }

  #store({ type, payload, micros, resolve, reject }: Waiting, size: number): void {
    const { offset } = this.#chain.state;
    const data = this.#chain.add(type, micros, payload);
    this.#pendingBytes += size;
    this.#options.wal.append({ sessionId: this.sessionId, offset, data }).then(
      () => {
        this.#pendingBytes -= size;
        this.#file?.push(data);
        resolve();
        this.#pump();
      },
      (thrown: unknown) => {
        const error = unavailable(thrown);
        reject(error);
        this.fail(error);
      },
    );
  }

  /** What came so far is sealed with a note of why it ends; the session ends because nothing more would be recorded. */
  #reachLimit(): void {
    this.#full = true;
    const { clock } = this.#options;
    this.#last = new Promise<void>((resolve, reject) => {
      const note = { type: 'g', payload: LIMIT_NOTE, micros: clock.micros(), resolve, reject } as const;
      this.#store(note, FRAME_OVERHEAD_BYTES + LIMIT_NOTE.length);
    });
    this.#last.catch(() => undefined); // `close` meets the same failure.
    this.fail(new GatewayError('recording_unavailable', 'The recording reached its limit; the session ends.'));
  }

  async #finish(): Promise<SealedRecording> {
    let sealed: SealedRecording | undefined;
    try {
      sealed = await this.#seal();
      return sealed;
    } catch (thrown) {
      throw unavailable(thrown);
    } finally {
      await this.abandon();
      await this.#options.onClosed(sealed);
    }
  }

  async #seal(): Promise<SealedRecording> {
    const { clock, directory, leafLog, wal } = this.#options;
    await this.#opening;
    await Promise.allSettled([this.#last]);
    if (!this.#full) this.#failed.signal.throwIfAborted();
    const { sessionId } = this;
    const file = this.#file;
    const openLeaf = this.#openLeaf;
    invariant(file && openLeaf, 'a recording is closed after it was opened');
    const { offset } = this.#chain.state;
    const data = this.#chain.end(clock.micros());
    await wal.append({ sessionId, offset, data });
    file.push(data);
    const state = this.#chain.state;
    return await sealRecording({ directory, sessionId, file, state, openLeaf, recovered: false, leafLog, clock });
  }
}
