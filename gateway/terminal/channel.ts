/** The person's end of a session in a browser: a stream like an SSH channel's, which outlives a cut connection. */
import { Duplex, Writable } from 'node:stream';
import { LIMITS } from '../../foundation/index.ts';
import { OutputTail } from './output-tail.ts';
import type { ToBrowser } from './wire.ts';

/** Who is connected to a terminal now. */
export interface Viewer {
  bytes(bytes: Uint8Array): void;
  message(message: ToBrowser): void;
  /** Reads no more, or reads on. */
  hold(isHeld: boolean): void;
  close(): void;
}

export class TerminalChannel extends Duplex {
  readonly stderr: Writable;
  readonly #tail = new OutputTail();
  #viewer: Viewer | undefined;
  #drawn = 0;
  #status: number | null = null;
  #isOver = false;
  #waiting: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: true });
    // One screen has one stream.
    this.stderr = new Writable({ write: (chunk: Buffer, _encoding, done) => this.#put(chunk, done) });
    this.stderr.on('error', () => undefined);
    this.on('error', () => undefined); // Its end is told by 'close'.
  }

  /** Whether the program has ended and everything was said. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends the viewer what comes after `since`, then everything else; an earlier one is closed. Null: all there is. */
  attach(viewer: Viewer, since: number | null): void {
    this.#viewer?.close();
    const { offset, bytes, complete } = this.#tail.since(since);
    this.#viewer = viewer;
    this.#drawn = offset;
    viewer.message({ type: 'attached', offset, complete });
    if (bytes.length > 0) viewer.bytes(bytes);
    if (this.#isOver) this.#farewell();
    else viewer.hold(this.readableLength >= this.readableHighWaterMark);
  }

  /** The viewer is gone; what the program says meanwhile waits, up to the window. */
  detach(viewer: Viewer): boolean {
    if (this.#viewer !== viewer) return false;
    this.#viewer = undefined;
    return true;
  }

  /** Typed or pasted. */
  typed(viewer: Viewer, bytes: Buffer): void {
    if (this.#viewer !== viewer || this.destroyed || this.readableEnded || bytes.length === 0) return;
    if (!this.push(bytes)) viewer.hold(true);
  }

  /** The viewer has drawn everything before `offset`. */
  drawn(viewer: Viewer, offset: number): void {
    if (this.#viewer !== viewer || offset > this.#tail.end) return;
    this.#drawn = Math.max(this.#drawn, offset);
    if (!this.#isFull) this.#goOn();
  }

  exit(status: number | string): void {
    this.#status = typeof status === 'number' ? status : null;
  }

  close(): void {
    this.#end();
    this.destroy();
  }

  sendEow(): void {
    // A browser has no half of a connection to close.
  }

  xonXoff(): void {
    // ^S and ^Q are the program's: a browser handles neither.
  }

  override _read(): void {
    this.#viewer?.hold(false);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#put(chunk, done);
  }

  override _final(done: () => void): void {
    this.#end();
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#end();
    this.stderr.destroy();
    done(error);
  }

  /** A browser that does not draw makes the program wait, and takes no more memory than the window. */
  get #isFull(): boolean {
    return this.#tail.end - this.#drawn >= LIMITS.terminalWindowBytes;
  }

  #put(chunk: Buffer, done: () => void): void {
    this.#tail.add(chunk);
    this.#viewer?.bytes(chunk);
    if (!this.#isFull) {
      done();
      return;
    }
    const before = this.#waiting;
    this.#waiting = () => {
      before?.();
      done();
    };
  }

  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.readableEnded) this.push(null);
    this.#farewell();
    this.#goOn();
  }

  #farewell(): void {
    this.#viewer?.message({ type: 'ended', status: this.#status });
    this.#viewer?.close();
  }
}
