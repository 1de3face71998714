/** The line as the keys tell it, for as long as none of them edits. Pure. */
import { LIMITS } from '../../../foundation/index.ts';

const ENTERS = new Set([0x0a, 0x0d, 0x0f]);
const PASTE = /\x1b\[20[01]~/g;

export class TypedKeys {
  #bytes: Buffer = Buffer.alloc(0);

  take(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]).subarray(-2 * LIMITS.commandBytesMax);
  }

  clear(): void {
    this.#bytes = Buffer.alloc(0);
  }

  /** What was typed up to the Enter; undefined where a key of editing, searching or completing was among it. */
  get line(): string | undefined {
    const last = this.#bytes.at(-1);
    const end = last !== undefined && ENTERS.has(last) ? -1 : this.#bytes.length;
    const text = this.#bytes.subarray(0, end).toString().replace(PASTE, '').replaceAll('\r', '\n');
    return /[^\P{Cc}\n]/u.test(text) ? undefined : text;
  }
}
