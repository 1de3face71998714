import { Duplex } from 'node:stream';
import type { ServerChannel } from '../library/index.ts';

/**
 * A channel of one connection as the socket under another one. Reading stops when the inner side is slow and writing
 * waits for the channel's window, so a slow reader costs no memory; what breaks the channel ends this socket alone.
 */
export class ChannelSocket extends Duplex {
  readonly #channel: ServerChannel;

  constructor(channel: ServerChannel) {
    super({ allowHalfOpen: false }); // SSH knows no half of a connection.
    this.#channel = channel;
    channel.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) channel.pause();
    });
    channel.once('end', () => this.push(null));
    // The library calls back no write of a closed channel: its closing must end the waiting ones.
    channel.once('close', () => this.destroy());
    channel.on('error', (error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(bytes, done);
  }

  /** Sends what waits, then closes: nobody is left to say anything more. */
  override _final(done: (error?: Error | null) => void): void {
    this.#channel.end(() => {
      this.#channel.close();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#channel.close();
    done(error);
  }
}
