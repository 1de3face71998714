import type { Readable } from 'node:stream';

/** A channel's input, taken chunk by chunk by whoever's turn it is: the line editor, then a program, then the editor. */
export class InputQueue {
  readonly #channel: Readable;
  readonly #returned: Buffer[] = [];
  #ended = false;

  constructor(channel: Readable) {
    this.#channel = channel;
    channel.once('end', () => {
      this.#ended = true;
    });
    channel.once('close', () => {
      this.#ended = true;
    });
  }

  get ended(): boolean {
    return this.#ended && this.#returned.length === 0;
  }

  /** Gives back what was taken too much; the next taker gets it first. */
  giveBack(chunk: Buffer): void {
    if (chunk.length > 0) this.#returned.unshift(chunk);
  }

  /** The next chunk; undefined at the end of the input or when `signal` aborts. Nothing is lost by an abort. */
  async next(signal: AbortSignal, options: { onlyNew?: boolean } = {}): Promise<Buffer | undefined> {
    for (;;) {
      if (signal.aborted) return undefined;
      const returned = options.onlyNew === true ? undefined : this.#returned.shift();
      if (returned !== undefined) return returned;
      const chunk: unknown = this.#channel.read();
      if (Buffer.isBuffer(chunk)) return chunk;
      if (this.#ended) return undefined;
      await this.#change(signal);
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
