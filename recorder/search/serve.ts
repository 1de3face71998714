/** The side of the thread: takes orders from a port, one after the other, and reports. */
import type { MessagePort } from 'node:worker_threads';
import { asError, type Clock, GatewayError } from '../../foundation/index.ts';
import type { ReplayFrame } from '../replay/model.ts';
import {
  buildSession,
  type DerivedPlace,
  mergeParts,
  OpenSegments,
  readKeystrokes,
  search,
  testSegments,
} from './operations.ts';
import { type Order, OrderSchema, type Report } from './protocol.ts';

interface ServeOptions {
  readonly port: MessagePort;
  readonly place: DerivedPlace;
  readonly clock: Clock;
}

/** Ends when the port closes. */
export function serveDerived({ port, place, clock }: ServeOptions): void {
  const open = new OpenSegments(place);
  const streams = new Map<number, FrameStream>();
  const report = (said: Report): void => port.postMessage(said);

  const carryOut = async (order: Order): Promise<unknown> => {
    switch (order.op) {
      case 'build':
        return await buildSession(place, order.sessionId, framesOf(order.id));
      case 'keystrokes':
        return await readKeystrokes(framesOf(order.id));
      case 'merge':
        return await mergeParts(place, order.parts, order.forget);
      case 'search':
        return await search(open, order.names, order.request, clock);
      case 'test':
        return await testSegments(place, order.segments, clock);
      case 'frames':
      case 'end':
        return undefined;
    }
  };
  const framesOf = (id: number): AsyncIterable<ReplayFrame> => {
    const stream = new FrameStream((bytes) => report({ id, is: 'taken', bytes }));
    streams.set(id, stream);
    return stream;
  };
  const answer = async (order: Order): Promise<void> => {
    try {
      report({ id: order.id, is: 'done', result: await carryOut(order) });
    } catch (thrown) {
      const code = thrown instanceof GatewayError ? thrown.code : null;
      report({ id: order.id, is: 'failed', code, message: asError(thrown).message });
    } finally {
      streams.delete(order.id);
    }
  };

  port.on('message', (said: unknown) => {
    const order = OrderSchema.parse(said);
    if (order.op === 'frames') streams.get(order.id)?.push(order);
    else if (order.op === 'end') streams.get(order.id)?.end(order.failed);
    else void answer(order);
  });
  port.on('close', () => void open[Symbol.asyncDispose]());
}

/** Frames as they come over the port; each piece is acknowledged when it was read. */
class FrameStream implements AsyncIterable<ReplayFrame> {
  readonly #taken: (bytes: number) => void;
  readonly #pieces: Extract<Order, { op: 'frames' }>[] = [];
  #ended: 'whole' | 'failed' | undefined;
  #wake: () => void = () => undefined;

  constructor(taken: (bytes: number) => void) {
    this.#taken = taken;
  }

  push(piece: Extract<Order, { op: 'frames' }>): void {
    this.#pieces.push(piece);
    this.#wake();
  }

  end(failed: boolean): void {
    this.#ended = failed ? 'failed' : 'whole';
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReplayFrame, void, undefined> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        for (const { payload, ...frame } of piece.frames) {
          yield { ...frame, payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength) };
        }
        this.#taken(piece.bytes);
      } else if (this.#ended === 'whole') return;
      else if (this.#ended === 'failed') throw new GatewayError('recording_corrupt', 'The recording was not read.');
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
