import { once } from 'node:events';
import type { InputQueue } from './input-queue.ts';

const KEPT_BYTES_MAX = 4 * 1024;

/**
 * What is typed while a program runs is the program's; what it left unread is for the next prompt, as at any terminal.
 * What was pasted behind an Enter never reaches the program: it waits for its own prompt.
 */
export class TypeAhead {
  readonly #input: InputQueue;
  readonly #stopped = new AbortController();
  #sent: Buffer = Buffer.alloc(0);

  constructor(input: InputQueue) {
    this.#input = input;
  }

  /**
   * Hands on what is typed until `stop`, then calls `farewell`: behind it nothing more comes. The end of the input is no
   * reason to stop: a terminal does not tell its program.
   */
  async forward(take: (chunk: Buffer) => Promise<void>, farewell: () => Promise<void>): Promise<void> {
    for (;;) {
      const typed = await this.#input.nextNew(this.#stopped.signal);
      if (typed === undefined) break;
      this.#sent = Buffer.concat([this.#sent, typed.bytes]).subarray(-KEPT_BYTES_MAX);
      await take(typed.bytes);
    }
    if (!this.#stopped.signal.aborted) await once(this.#stopped.signal, 'abort');
    await farewell();
  }

  stop(): void {
    this.#stopped.abort();
  }

  /**
   * Gives the prompt what the target says was not read. Only what was typed last can come back: a target that reports
   * anything else would be typing in the maintainer's name.
   */
  takeBack(unread: Buffer): void {
    if (unread.length === 0 || unread.length > this.#sent.length) return;
    const last = this.#sent.subarray(this.#sent.length - unread.length);
    if (!asTerminalReads(last).equals(asTerminalReads(unread))) return;
    this.#input.giveBack({ bytes: last, recorded: true });
  }
}

/** A terminal turns Enter's CR into LF on the way to a program (ICRNL, termios(3)). */
function asTerminalReads(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => (byte === 0x0d ? 0x0a : byte)));
}
