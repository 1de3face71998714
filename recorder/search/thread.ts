/** The gateway's side of a thread that reads recordings. One that dies fails what it had and is started anew. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { z } from 'zod';
import { asError, type Clock, ERRORS, type ErrorCode, GatewayError, LIMITS } from '../../foundation/index.ts';
import type { ReplayFrame } from '../replay/model.ts';
import type { DerivedPlace } from './operations.ts';
import { type Order, ReportSchema, RESULTS, type Result, type SentFrame } from './protocol.ts';
import { serveDerived } from './serve.ts';

const ENTRY = new URL('./worker.js', import.meta.url);
const ENTRY_OF_SOURCES = new URL('../../dist/recorder/search/worker.js', import.meta.url);
const HEAP_MEGABYTES = 1_024;
const PIECE_BYTES = 256 * 1024;
const PIECE_FRAMES = 512;

/** Where orders go. */
export interface DerivedPort {
  post(order: Order): void;
  close(): Promise<void>;
}

export type Connect = (heard: (said: unknown) => void, lost: (error: Error) => void) => DerivedPort;

/** In a thread of its own. */
export function inThread({ directory, key }: DerivedPlace): Connect {
  return (heard, lost) => {
    const entry = import.meta.url.includes('/dist/') ? ENTRY : ENTRY_OF_SOURCES;
    const worker = new Worker(entry, {
      workerData: { directory, key },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
      env: {},
      execArgv: [],
    });
    worker.unref();
    worker.on('message', heard);
    worker.on('error', (thrown) => lost(asError(thrown)));
    worker.on('exit', () => lost(new Error('The thread that reads recordings ended.')));
    return {
      post: (order) => worker.postMessage(order),
      close: async () => {
        await worker.terminate();
      },
    };
  };
}

/** In this thread: for a command that does nothing else. */
export function inProcess(place: DerivedPlace, clock: Clock): Connect {
  return (heard) => {
    const { port1, port2 } = new MessageChannel();
    serveDerived({ port: port2, place, clock });
    port1.on('message', heard);
    return {
      post: (order) => port1.postMessage(order),
      close: () => closed(port1),
    };
  };
}

function closed(port: MessagePort): Promise<void> {
  return new Promise((resolve) => {
    port.once('close', resolve);
    port.close();
  });
}

interface Waiting {
  readonly schema: z.ZodType;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
  readonly taken: (bytes: number) => void;
}

export class DerivedThread implements AsyncDisposable {
  readonly #connect: Connect;
  #port: DerivedPort | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #isClosed = false;

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  build(sessionId: string, frames: AsyncIterable<ReplayFrame>): Promise<Result<'build'>> {
    return this.#read('build', { op: 'build', id: 0, sessionId }, frames);
  }

  keystrokes(frames: AsyncIterable<ReplayFrame>): Promise<Result<'keystrokes'>> {
    return this.#read('keystrokes', { op: 'keystrokes', id: 0 }, frames);
  }

  merge(parts: Extract<Order, { op: 'merge' }>['parts'], forget: string[]): Promise<Result<'merge'>> {
    return this.#ask('merge', { op: 'merge', id: 0, parts, forget }).result;
  }

  search(names: string[], request: Extract<Order, { op: 'search' }>['request']): Promise<Result<'search'>> {
    return this.#ask('search', { op: 'search', id: 0, names, request }).result;
  }

  test(segments: Extract<Order, { op: 'test' }>['segments']): Promise<Result<'test'>> {
    const named = segments.map(({ name, planted }) => ({ name, planted }));
    return this.#ask('test', { op: 'test', id: 0, segments: named }).result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#lost(new Error('The thread that reads recordings was stopped.'));
    await this.#port?.close();
  }

  async #read<Op extends 'build' | 'keystrokes'>(
    op: Op,
    order: Order,
    frames: AsyncIterable<ReplayFrame>,
  ): Promise<Result<Op>> {
    const feed = new Feed();
    const { id, result } = this.#ask(op, order, (bytes) => feed.taken(bytes));
    result.catch((thrown: unknown) => feed.stop(asError(thrown)));
    try {
      for await (const piece of piecesOf(frames)) {
        await feed.room(piece.bytes);
        this.#port?.post({ op: 'frames', id, ...piece });
      }
    } catch (thrown) {
      this.#port?.post({ op: 'end', id, failed: true });
      await result.catch(() => undefined); // What failed first is what is told.
      throw thrown;
    }
    this.#port?.post({ op: 'end', id, failed: false });
    return await result;
  }

  #ask<Op extends keyof typeof RESULTS>(op: Op, order: Order, taken: (bytes: number) => void = () => undefined) {
    this.#number += 1;
    const id = this.#number;
    const result = new Promise<Result<Op>>((resolve, reject) => {
      if (this.#isClosed) {
        reject(new GatewayError('derived_unreadable', 'The gateway is stopping.'));
        return;
      }
      const schema = RESULTS[op];
      // The schema is the one of this order: what it parses is its result.
      this.#waiting.set(id, { schema, resolve: (found) => resolve(found as Result<Op>), reject, taken });
      this.#port ??= this.#connect(
        (said) => this.#hear(said),
        (error) => this.#lost(error),
      );
      this.#port.post({ ...order, id });
    });
    return { id, result };
  }

  #hear(said: unknown): void {
    const report = ReportSchema.parse(said);
    const waiting = this.#waiting.get(report.id);
    if (waiting === undefined) return;
    if (report.is === 'taken') {
      waiting.taken(report.bytes);
      return;
    }
    this.#waiting.delete(report.id);
    if (report.is === 'failed') waiting.reject(failureOf(report));
    else waiting.resolve(waiting.schema.parse(report.result));
  }

  #lost(error: Error): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    const port = this.#port;
    if (!this.#isClosed) {
      this.#port = undefined;
      void port?.close();
    }
    for (const { reject } of waiting) reject(new GatewayError('derived_unreadable', undefined, { cause: error }));
  }
}

function failureOf({ code, message }: { code: string | null; message: string }): Error {
  return code !== null && isErrorCode(code) ? new GatewayError(code, message) : new Error(message);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** Lets so many bytes be on their way and no more. */
class Feed {
  #bytes = 0;
  #error: Error | undefined;
  #wake: () => void = () => undefined;

  taken(bytes: number): void {
    this.#bytes -= bytes;
    this.#wake();
  }

  stop(error: Error): void {
    this.#error = error;
    this.#wake();
  }

  async room(bytes: number): Promise<void> {
    while (this.#bytes > 0 && this.#bytes + bytes > LIMITS.derivedFramesBytesMax && this.#error === undefined) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#error !== undefined) throw this.#error;
    this.#bytes += bytes;
  }
}

async function* piecesOf(frames: AsyncIterable<ReplayFrame>): AsyncGenerator<{ frames: SentFrame[]; bytes: number }> {
  let piece: SentFrame[] = [];
  let bytes = 0;
  for await (const { type, seq, micros, payload } of frames) {
    // A copy of its own: a view would take the whole buffer behind it along.
    piece.push({ type, seq, micros, payload: Uint8Array.from(payload) });
    bytes += payload.length + 64;
    if (bytes < PIECE_BYTES && piece.length < PIECE_FRAMES) continue;
    yield { frames: piece, bytes };
    piece = [];
    bytes = 0;
  }
  yield { frames: piece, bytes };
}
