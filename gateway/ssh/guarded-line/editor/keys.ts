/** What somebody pressed or pasted, out of the bytes a terminal sends (ECMA-48 §5.4, xterm control sequences). */
import { isUtf8 } from 'node:buffer';
import { LIMITS } from '../../../../foundation/index.ts';

export type KeyName =
  | 'enter'
  | 'interrupt'
  | 'end_of_input'
  | 'backspace'
  | 'delete'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'home'
  | 'end'
  | 'word_left'
  | 'word_right'
  | 'kill_word_left'
  | 'kill_word_right'
  | 'kill_blank_left'
  | 'kill_to_end'
  | 'kill_to_start'
  | 'yank'
  | 'transpose'
  | 'search'
  | 'cancel'
  | 'redraw'
  | 'complete'
  | 'suspend';

export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'name'; readonly name: KeyName }
  /** Bracketed paste; `isCut` when it was longer than anybody could judge. */
  | { readonly kind: 'paste'; readonly text: string; readonly isCut: boolean };

const CONTROL: ReadonlyMap<number, KeyName> = new Map([
  [0x01, 'home'],
  [0x02, 'left'],
  [0x03, 'interrupt'],
  [0x04, 'end_of_input'],
  [0x05, 'end'],
  [0x06, 'right'],
  [0x07, 'cancel'],
  [0x08, 'backspace'],
  [0x09, 'complete'],
  [0x0a, 'enter'],
  [0x0b, 'kill_to_end'],
  [0x0c, 'redraw'],
  [0x0d, 'enter'],
  [0x0e, 'down'],
  [0x10, 'up'],
  [0x12, 'search'],
  [0x14, 'transpose'],
  [0x15, 'kill_to_start'],
  [0x17, 'kill_blank_left'],
  [0x19, 'yank'],
  [0x1a, 'suspend'],
  [0x7f, 'backspace'],
]);

const SEQUENCES: ReadonlyMap<string, KeyName> = new Map<string, KeyName>([
  ['[A', 'up'],
  ['OA', 'up'],
  ['[B', 'down'],
  ['OB', 'down'],
  ['[C', 'right'],
  ['OC', 'right'],
  ['[D', 'left'],
  ['OD', 'left'],
  ['[H', 'home'],
  ['OH', 'home'],
  ['[1~', 'home'],
  ['[7~', 'home'],
  ['[F', 'end'],
  ['OF', 'end'],
  ['[4~', 'end'],
  ['[8~', 'end'],
  ['[3~', 'delete'],
  ['[1;5C', 'word_right'],
  ['[1;3C', 'word_right'],
  ['[1;5D', 'word_left'],
  ['[1;3D', 'word_left'],
  ['f', 'word_right'],
  ['b', 'word_left'],
  ['d', 'kill_word_right'],
  ['\x7f', 'kill_word_left'],
  ['\x08', 'kill_word_left'],
]);

const ESCAPE = 0x1b;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
/** A whole sequence: CSI with its parameters, SS3 with its letter, or Alt with a key. */
const WHOLE = /^(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O\x1b])/;
/** A longer one is no key; its first byte is passed over. */
const SEQUENCE_BYTES_MAX = 32;
const PASTE_BEGIN = '[200~';
const PASTE_END = Buffer.from('\x1b[201~');
/** One byte more than is judged, so that what is too long is refused as too long. */
const PASTE_BYTES_MAX = LIMITS.commandBytesMax + 1;

/** Reads keys one at a time, so that what follows an Enter stays for whoever reads next. */
export class KeyReader {
  #pending: Buffer = Buffer.alloc(0);
  #paste: { bytes: Buffer; isCut: boolean } | undefined;
  #afterReturn = false;

  feed(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
  }

  /** What was not read yet. */
  takeRest(): Buffer {
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    return rest;
  }

  /** The next key; undefined when more bytes are needed for it. */
  next(): Key | undefined {
    while (this.#pending.length > 0) {
      const key = this.#paste === undefined ? this.#read() : this.#readPaste(this.#paste);
      if (key === 'more') return undefined;
      if (key !== 'none') return key;
    }
    return undefined;
  }

  #read(): Key | 'more' | 'none' {
    const [byte = 0] = this.#pending;
    if (byte === ESCAPE) return this.#escape();
    if (byte >= 0x20 && byte !== 0x7f) return this.#text();
    const isSecondHalf = byte === LINE_FEED && this.#afterReturn;
    this.#afterReturn = byte === CARRIAGE_RETURN;
    this.#drop(1);
    const name = CONTROL.get(byte);
    return name === undefined || isSecondHalf ? 'none' : { kind: 'name', name };
  }

  #text(): Key | 'more' | 'none' {
    let end = 0;
    while (end < this.#pending.length && (this.#pending[end] ?? 0) >= 0x20 && this.#pending[end] !== 0x7f) end += 1;
    // A character of which the end is still to come waits for it.
    const whole = end < this.#pending.length ? end : end - unfinishedBytes(this.#pending.subarray(0, end));
    if (whole === 0) return 'more';
    this.#afterReturn = false;
    const text = this.#pending.toString('utf8', 0, whole);
    this.#drop(whole);
    return { kind: 'text', text };
  }

  #escape(): Key | 'more' | 'none' {
    const after = this.#pending.subarray(1, SEQUENCE_BYTES_MAX).toString('latin1');
    const sequence = WHOLE.exec(after)?.[0];
    if (sequence === undefined) {
      const isNone = after.startsWith('\x1b') || this.#pending.length >= SEQUENCE_BYTES_MAX;
      if (isNone) this.#drop(1);
      return isNone ? 'none' : 'more';
    }
    this.#afterReturn = false;
    this.#drop(1 + sequence.length);
    if (sequence === PASTE_BEGIN) this.#paste = { bytes: Buffer.alloc(0), isCut: false };
    const name = SEQUENCES.get(sequence);
    return name === undefined ? 'none' : { kind: 'name', name };
  }

  #readPaste(paste: { bytes: Buffer; isCut: boolean }): Key | 'more' | 'none' {
    const all = Buffer.concat([paste.bytes, this.#pending]);
    this.#pending = Buffer.alloc(0);
    const end = all.indexOf(PASTE_END);
    if (end === -1) {
      // Of what is too long already, only the tail that could begin its end is kept.
      const isCut = paste.isCut || all.length > PASTE_BYTES_MAX + PASTE_END.length;
      this.#paste = { bytes: isCut ? all.subarray(-PASTE_END.length) : all, isCut };
      return 'more';
    }
    this.#paste = undefined;
    this.#pending = all.subarray(end + PASTE_END.length);
    const isCut = paste.isCut || end > PASTE_BYTES_MAX;
    return { kind: 'paste', text: isCut ? '' : all.toString('utf8', 0, end), isCut };
  }

  #drop(length: number): void {
    this.#pending = this.#pending.subarray(length);
  }
}

/** How many bytes at the end are the beginning of a character (RFC 3629 §3). */
function unfinishedBytes(bytes: Buffer): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length += 1) {
    const first = bytes[bytes.length - length] ?? 0;
    if (first < 0x80) return 0;
    if (first >= 0xc0) {
      const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
      return wanted > length && !isUtf8(bytes.subarray(-length)) ? length : 0;
    }
  }
  return 0;
}
