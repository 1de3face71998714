import type { Readable } from 'node:stream';

/** A piece of input, and whether the recording has it already. */
export interface Typed {
  readonly bytes: Buffer;
  readonly recorded: boolean;
}

/** A channel's input, taken piece by piece by whoever's turn it is: the line editor, then a program, then the editor. */
export class InputQueue {
  readonly #channel: Readable;
  readonly #returned: Typed[] = [];
  #ended = false;

  constructor(channel: Readable) {
    this.#channel = channel;
    const end = (): void => {
      this.#ended = true;
    };
    channel.once('end', end);
    channel.once('close', end);
  }

  /** Gives back what was taken too much; the next taker gets it first. */
  giveBack(typed: Typed): void {
    if (typed.bytes.length > 0) this.#returned.unshift(typed);
  }

  /** The next piece; undefined at the end of the input or when `signal` aborts. Nothing is lost by an abort. */
  async next(signal: AbortSignal): Promise<Typed | undefined> {
    if (!signal.aborted) {
      const returned = this.#returned.shift();
      if (returned !== undefined) return returned;
    }
    return this.nextNew(signal);
  }

  /** Like `next`, but leaves what was given back where it is. */
  async nextNew(signal: AbortSignal): Promise<Typed | undefined> {
    for (;;) {
      if (signal.aborted) return undefined;
      const chunk: unknown = this.#channel.read();
      if (Buffer.isBuffer(chunk)) return { bytes: chunk, recorded: false };
      if (this.#ended) return undefined;
      await this.#change(signal);
    }
  }

  /** Shows each new piece to `take`; what is typed meanwhile is for nobody else. */
  async watch(take: (bytes: Buffer) => void, signal: AbortSignal): Promise<void> {
    for (let typed = await this.nextNew(signal); typed !== undefined; typed = await this.nextNew(signal)) {
      take(typed.bytes);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#channel.off('readable', done);
        this.#channel.off('end', done);
        this.#channel.off('close', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#channel.on('readable', done);
      this.#channel.on('end', done);
      this.#channel.on('close', done);
      signal.addEventListener('abort', done);
    });
  }
}
