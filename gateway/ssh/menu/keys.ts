/** What somebody pressed, out of the bytes a terminal sends (ECMA-48 §5.4, xterm control sequences). */
import { StringDecoder } from 'node:string_decoder';

export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'enter' | 'leave' | 'up' | 'down' | 'first' | 'last' | 'page_up' | 'page_down' }
  | { readonly kind: 'backspace' | 'clear' | 'redraw' };

export interface Pressed {
  readonly keys: readonly Key[];
  /** What follows an Enter: typed ahead, for whatever is opened. */
  readonly rest: Buffer;
}

const CONTROL: ReadonlyMap<number, Exclude<Key['kind'], 'text'>> = new Map([
  [0x01, 'first'], // Ctrl-A
  [0x02, 'page_up'], // Ctrl-B
  [0x03, 'leave'], // Ctrl-C
  [0x04, 'leave'], // Ctrl-D
  [0x05, 'last'], // Ctrl-E
  [0x06, 'page_down'], // Ctrl-F
  [0x08, 'backspace'],
  [0x0a, 'enter'],
  [0x0c, 'redraw'], // Ctrl-L
  [0x0d, 'enter'],
  [0x0e, 'down'], // Ctrl-N
  [0x10, 'up'], // Ctrl-P
  [0x15, 'clear'], // Ctrl-U
  [0x17, 'clear'], // Ctrl-W
  [0x7f, 'backspace'],
]);

const SEQUENCES: ReadonlyMap<string, Exclude<Key['kind'], 'text'>> = new Map([
  ...(['[A', 'OA'] as const).map((sequence) => [sequence, 'up'] as const),
  ...(['[B', 'OB'] as const).map((sequence) => [sequence, 'down'] as const),
  ...(['[H', 'OH', '[1~', '[7~'] as const).map((sequence) => [sequence, 'first'] as const),
  ...(['[F', 'OF', '[4~', '[8~'] as const).map((sequence) => [sequence, 'last'] as const),
  ['[5~', 'page_up'] as const,
  ['[6~', 'page_down'] as const,
]);

const ESCAPE = 0x1b;
/** A whole sequence: CSI with its parameters, SS3 with its letter, or Alt with a key. */
const WHOLE = /^(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O\x1b])/;
/** A longer one is no key; its first byte is passed over. */
const SEQUENCE_BYTES_MAX = 32;

export class KeyReader {
  readonly #decoder = new StringDecoder('utf8');
  #pending = Buffer.alloc(0);

  /** Whether an escape waits for what follows it: alone it is the Escape key. */
  get isWaiting(): boolean {
    return this.#pending.length > 0;
  }

  /** Nothing followed: the escape was the key. */
  giveUp(): Key {
    this.#pending = Buffer.alloc(0);
    return { kind: 'leave' };
  }

  read(bytes: Buffer): Pressed {
    const input = Buffer.concat([this.#pending, bytes]);
    this.#pending = Buffer.alloc(0);
    const keys: Key[] = [];
    for (let at = 0; at < input.length; ) {
      const byte = input[at] ?? 0;
      if (byte === ESCAPE) {
        const length = this.#escape(input.subarray(at), keys);
        if (length === 0) break;
        at += length;
      } else if (byte < 0x20 || byte === 0x7f) {
        const kind = CONTROL.get(byte);
        if (kind !== undefined) keys.push({ kind });
        at += 1;
        if (kind === 'enter' || kind === 'leave') return { keys, rest: input.subarray(at) };
      } else {
        const end = textEnd(input, at);
        const text = this.#decoder.write(input.subarray(at, end));
        if (text !== '') keys.push({ kind: 'text', text });
        at = end;
      }
    }
    return { keys, rest: Buffer.alloc(0) };
  }

  /** @returns how many bytes it took; none when the rest of the sequence is still to come. */
  #escape(input: Buffer, keys: Key[]): number {
    const after = input.subarray(1, SEQUENCE_BYTES_MAX).toString('latin1');
    if (after.startsWith('\x1b')) {
      keys.push({ kind: 'leave' });
      return 1;
    }
    const sequence = WHOLE.exec(after)?.[0];
    if (sequence === undefined) {
      if (input.length >= SEQUENCE_BYTES_MAX) return 1;
      this.#pending = Buffer.from(input);
      return 0;
    }
    const kind = SEQUENCES.get(sequence);
    if (kind !== undefined) keys.push({ kind });
    return 1 + sequence.length;
  }
}

function textEnd(input: Buffer, from: number): number {
  let at = from;
  while (at < input.length && (input[at] ?? 0) >= 0x20 && input[at] !== 0x7f) at += 1;
  return at;
}
