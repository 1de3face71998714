/** Moves bytes between channels: read, kept by whoever must keep them, and only then handed on. */
import type { Readable, Writable } from 'node:stream';
import { asError } from '../../foundation/index.ts';
import { HeldBytes } from '../held-bytes.ts';
import { addTo, type Batch, bytesOf, type Fate, hasRoom, isFull, LARGE_BYTES, newBatch } from './batch.ts';
import { lend, windowOf } from './library/index.ts';
import type { Direction } from '../session.ts';

export type { Fate } from './batch.ts';

/** The other side of a stream went away while something was still to be written. */
export class PeerGone extends Error {
  override readonly name = 'PeerGone';
}

/** The target's connection broke while its program ran: how the program ended is not known. */
export class TargetLost extends Error {
  override readonly name = 'TargetLost';
}

/**
 * Writes `chunk` and resolves when the stream took it: awaiting this before reading on is the back-pressure.
 *
 * `channel` is the channel the stream belongs to: the library never calls back for a write on a closed channel,
 * so its 'close' must end the wait.
 * @throws {PeerGone} when the channel closes first.
 */
export function writeTo(stream: Writable, channel: Readable, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!stream.writable) {
      reject(new PeerGone());
      return;
    }
    const gone = (): void => reject(new PeerGone());
    channel.once('close', gone);
    stream.write(chunk, (error) => {
      channel.off('close', gone);
      if (error === undefined || error === null) resolve();
      else reject(new PeerGone(error.message));
    });
  });
}

/** While this many batches are on their way to the disk, what comes gathers. */
const RECORDING_MAX = 2;

export interface ConveyorOptions {
  /** Makes bytes durable. Called in order, and again before the last call has settled; keeps none of them afterwards. */
  readonly record: (stream: Direction, bytes: Uint8Array) => Promise<void>;
  /** Makes durable that so many bytes of a file pass; where nobody gives it, contents are recorded like all else. */
  readonly recordContent?: (stream: Direction, bytes: number) => Promise<void>;
  /** The channel behind the sinks: its closing means that nobody takes anything any more. */
  readonly channel: Readable;
  /** Shared by all channels of the process; without it this one is alone. */
  readonly held?: HeldBytes;
  readonly sinks: { readonly [Stream in Direction]?: Writable };
}

/**
 * The one way of bytes to one channel: in order over all of its streams, durable before they are delivered, and never
 * more of them held than `LIMITS.relayHeldBytesMax` and what one turn of the event loop brings.
 */
export class Conveyor {
  readonly #options: ConveyorOptions;
  readonly #heldByAll: HeldBytes;
  readonly #gone = (): void => this.#fail(new PeerGone());
  readonly #listeners = new Set<() => void>();
  #waiting: Batch[] = [];
  #recording: Batch[] = [];
  #held = 0;
  #isDue = false;
  #isOver = false;
  #error: Error | undefined;

  constructor(options: ConveyorOptions) {
    this.#options = options;
    this.#heldByAll = options.held ?? new HeldBytes();
    options.channel.once('close', this.#gone);
  }

  get isFull(): boolean {
    return this.#held >= this.#heldByAll.maxOfOne;
  }

  get failed(): boolean {
    return this.#error !== undefined;
  }

  /** Calls `listener` whenever there is room again, everything is through, or nothing will be any more. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes a copy of the chunk: its memory may be used again at once. */
  put(stream: Direction, chunk: Uint8Array, fate: Fate = 'both'): void {
    if (this.#error !== undefined || chunk.length === 0) return;
    this.#held += chunk.length;
    this.#heldByAll.add(chunk.length);
    let last = this.#waiting.at(-1);
    if (last === undefined || last.stream !== stream || last.fate !== fate || !hasRoom(last, chunk.length)) {
      last = newBatch({ stream, fate, held: this.#heldByAll }, chunk.length);
      this.#waiting.push(last);
    }
    addTo(last, chunk);
    if (chunk.length < LARGE_BYTES) this.#advance();
    else this.#advanceSoon();
  }

  /** Resolves when everything put so far was taken. @throws what ended it: {PeerGone}, or what the recorder said. */
  drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#error !== undefined) reject(this.#error);
        else if (this.#held === 0) resolve();
        else return;
        stop();
      };
      const stop = this.onChange(look);
      look();
    });
  }

  close(): void {
    this.#options.channel.off('close', this.#gone);
    this.#listeners.clear();
    this.#forget();
  }

  /** After what else is read in this turn of the event loop. */
  #advanceSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    process.nextTick(() => {
      this.#isDue = false;
      this.#advance();
    });
  }

  #advance(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const isOpen = this.#waiting.length === 1 && !isFull(first);
      if (isOpen && this.#recording.length >= RECORDING_MAX) return;
      this.#begin(first);
    }
  }

  #begin(batch: Batch): void {
    this.#waiting.shift();
    this.#recording.push(batch);
    const bytes = bytesOf(batch);
    if (batch.fate === 'deliver') this.#settle(batch);
    else
      this.#record(batch, bytes).then(
        () => this.#settle(batch),
        (thrown: unknown) => this.#fail(asError(thrown)),
      );
  }

  #record({ stream, fate }: Batch, bytes: Uint8Array): Promise<void> {
    const { record, recordContent } = this.#options;
    return fate === 'content' && recordContent !== undefined
      ? recordContent(stream, bytes.length)
      : record(stream, bytes);
  }

  /** Hands on what is durable, in order. */
  #settle(batch: Batch): void {
    batch.durable = true;
    for (let first = this.#recording[0]; first?.durable === true; first = this.#recording[0]) {
      this.#recording.shift();
      this.#deliver(first);
    }
    this.#advance();
  }

  #deliver(batch: Batch): void {
    if (this.#error !== undefined) return;
    const { stream, fate, parts } = batch;
    const sink = this.#options.sinks[stream];
    if (fate === 'record') this.#done(batch);
    else if (sink?.writable !== true) this.#fail(new PeerGone());
    else {
      sink.write(parts[0] ?? NOTHING, (error) => {
        if (error === undefined || error === null) this.#done(batch);
        else this.#fail(new PeerGone(error.message));
      });
    }
  }

  #done({ block, bytes }: Batch): void {
    if (block !== undefined) this.#heldByAll.giveBlock(block);
    this.#release(bytes);
  }

  #release(bytes: number): void {
    if (this.#isOver) return;
    const max = this.#heldByAll.maxOfOne;
    const before = this.#held;
    this.#held -= bytes;
    this.#heldByAll.add(-bytes);
    if (this.#held === 0 || (before >= max && this.#held < max)) this.#tell();
  }

  #fail(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#waiting = [];
    this.#recording = [];
    this.#forget();
    this.#tell();
  }

  /** What is held now goes nowhere any more. */
  #forget(): void {
    this.#isOver = true;
    this.#heldByAll.add(-this.#held);
    this.#held = 0;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const NOTHING = new Uint8Array();

/** Whatever can make a source wait. */
export interface Gate {
  readonly isFull: boolean;
  readonly failed: boolean;
  onChange(listener: () => void): () => void;
}

/**
 * Hands every chunk of `from` to `take` until the stream ends, and pauses it while a gate is full. It is not destroyed:
 * the channel's other direction is still in use. Resolves at the end, or as soon as a gate has failed.
 *
 * `isBorrowed`: `take` keeps nothing of a chunk once it returns, so a channel need not copy it out of the memory that it
 * was read into.
 */
export function feed(
  from: Readable,
  gates: readonly Gate[],
  take: (chunk: Buffer) => void,
  isBorrowed = false,
): Promise<void> {
  const window = isBorrowed ? windowOf(from) : undefined;
  const pause = (): void => {
    if (window === undefined) from.pause();
    else window.hold();
  };
  return new Promise((resolve) => {
    const done = (): void => {
      window?.open();
      from.off('data', data).off('end', done).off('error', done).off('close', done);
      lend(from, undefined);
      for (const stop of stops) stop();
      resolve();
    };
    const look = (): void => {
      if (gates.some((gate) => gate.failed)) done();
      else if (gates.some((gate) => gate.isFull)) pause();
      else {
        window?.open();
        if (from.isPaused()) from.resume();
      }
    };
    const data = (chunk: Buffer): void => {
      take(chunk);
      if (gates.some((gate) => gate.isFull)) pause();
    };
    const stops = gates.map((gate) => gate.onChange(look));
    from.on('data', data).once('end', done).once('error', done).once('close', done);
    if (isBorrowed) lend(from, data);
    if (from.readableEnded || from.destroyed) done();
    else look();
  });
}

/**
 * Hands each chunk to `take` and reads on when it is done. Returns at the end of the stream, without destroying it:
 * the channel's other direction is still in use.
 */
export async function pump(from: Readable, take: (chunk: Buffer) => Promise<void>): Promise<void> {
  for await (const chunk of from.iterator({ destroyOnReturn: false })) {
    await take(chunk as Buffer);
  }
}
