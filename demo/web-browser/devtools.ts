/** Chromium's own protocol over two pipes (`--remote-debugging-pipe`): messages in JSON, each ended by a NUL. */
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';

const Message = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };
type Listener = (method: string, params: unknown) => void;

export class Devtools {
  readonly #to: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<Listener>();
  #last = 0;
  #rest = '';

  constructor(to: Writable, from: Readable) {
    this.#to = to;
    from.setEncoding('utf8');
    from.on('data', (text: string) => this.#take(text));
    for (const pipe of [to, from]) pipe.on('error', () => this.#over());
    from.on('close', () => this.#over());
  }

  /** @throws {GatewayError} what the browser says of it. */
  send(method: string, params: object = {}, sessionId?: string): Promise<unknown> {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#to.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
    });
  }

  /** @returns what stops it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\0');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) {
      const { id, method, params, result, error } = Message.parse(JSON.parse(part));
      if (method !== undefined) for (const listener of [...this.#listeners]) listener(method, params);
      const waiting = id === undefined ? undefined : this.#waiting.get(id);
      if (id === undefined || waiting === undefined) continue;
      this.#waiting.delete(id);
      if (error === undefined) waiting.resolve(result);
      else waiting.reject(new GatewayError('internal', error.message));
    }
  }

  #over(): void {
    for (const { reject } of this.#waiting.values()) reject(new GatewayError('internal', 'the browser has ended'));
    this.#waiting.clear();
  }
}
