/**
 * What a terminal would show, line by line: colours are gone, moves of the cursor are blanks and line breaks. A row that
 * is painted field by field stays one row, and an identifier with a colour inside is whole again.
 */
import type { Place } from './lines.ts';

const ESC = 0x1b;
const BEL = 0x07;
const LF = 0x0a;
const BLANK = 0x20;
const BRACKET = 0x5b;
const TO_PLACE = 1;
const TO_LINE = 2;
const ALONG = 3;

/** What a final byte of CSI does: moves to another line or away from what stands there, along the line, or to a place. */
const ACTION = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  if (letter === 'H' || letter === 'f') return TO_PLACE;
  if ('ABEFJLMSTdr'.includes(letter)) return TO_LINE;
  return 'CGIZ`a'.includes(letter) ? ALONG : 0;
});
const PARAMETERS_MAX = 16;
const SHORT_RUN = 64;

export interface Plain {
  readonly text: Buffer;
  /** Where in the chunk a byte of `text` stands. */
  readonly place: Place;
}

export class PlainText {
  #state: 'ground' | 'escape' | 'csi' | 'string' | 'string_escape' = 'ground';
  #parameters = '';
  #row = '';

  read(chunk: Uint8Array): Plain {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const first = this.#state === 'ground' ? bytes.indexOf(ESC) : 0;
    if (first === -1) return { text: bytes, place: (offset) => offset };
    const text = Buffer.allocUnsafe(bytes.length);
    bytes.copy(text, 0, 0, first);
    const runs = new Runs();
    if (first > 0) runs.add(0, 0);
    let length = first;
    for (let at = first; at < bytes.length; ) {
      if (this.#state === 'ground' && bytes[at] !== ESC) {
        const end = nextEscape(bytes, at);
        runs.add(length, at);
        if (end - at > SHORT_RUN) bytes.copy(text, length, at, end);
        else for (let from = at, to = length; from < end; from += 1, to += 1) text[to] = bytes[from] ?? 0;
        length += end - at;
        at = end;
        continue;
      }
      const end = this.#state === 'ground' ? endOfControl(bytes, at) : -1;
      const shown = end === -1 ? this.#step(bytes[at] ?? 0) : this.#wholeControl(bytes, at, end);
      if (end !== -1) at = end;
      if (shown !== -1) {
        runs.add(length, at);
        text[length++] = shown;
      }
      at += 1;
    }
    return { text: text.subarray(0, length), place: (offset) => (offset < length ? runs.place(offset) : 0) };
  }

  /** @returns the byte shown, or -1. */
  #step(byte: number): number {
    switch (this.#state) {
      case 'ground':
        if (byte !== ESC) return byte;
        this.#state = 'escape';
        return -1;
      case 'escape':
        return this.#escape(byte);
      case 'csi':
        return this.#csi(byte);
      case 'string':
        if (byte === BEL || byte === LF) this.#state = 'ground';
        if (byte === ESC) this.#state = 'string_escape';
        return byte === LF ? LF : -1;
      case 'string_escape':
        if (byte === 0x5c) this.#state = 'ground';
        else if (byte !== ESC) return this.#escape(byte);
        return -1;
    }
  }

  #escape(byte: number): number {
    this.#parameters = '';
    if (byte === BRACKET) this.#state = 'csi';
    else if (byte === 0x5d || byte === 0x50 || byte === 0x5f || byte === 0x5e || byte === 0x58) this.#state = 'string';
    else if (byte < 0x20) {
      this.#state = 'ground';
      return byte;
    } else if (byte >= 0x30) {
      this.#state = 'ground';
      if (byte === 0x4d || byte === 0x44 || byte === 0x45) return LF;
    }
    return -1;
  }

  #csi(byte: number): number {
    if (byte < 0x20) {
      this.#state = byte === ESC ? 'escape' : 'ground';
      return byte === ESC ? -1 : byte;
    }
    if (byte < 0x40) {
      if (this.#parameters.length < PARAMETERS_MAX) this.#parameters += String.fromCharCode(byte);
      return -1;
    }
    this.#state = 'ground';
    return this.#act(byte);
  }

  /** A control sequence that is whole in its chunk. @returns the byte shown, or -1. */
  #wholeControl(bytes: Buffer, at: number, end: number): number {
    const final = bytes[end] ?? 0;
    return ACTION[final] === TO_PLACE ? this.#moveTo(rowOf(bytes, at + 2, end)) : this.#act(final);
  }

  #act(final: number): number {
    const action = ACTION[final];
    if (action === TO_PLACE) return this.#moveTo(this.#parameters.split(';', 1)[0] ?? '');
    if (action === TO_LINE) return LF;
    return action === ALONG ? BLANK : -1;
  }

  #moveTo(row: string): number {
    const same = row === this.#row;
    this.#row = row;
    return same ? BLANK : LF;
  }
}

/** The first ESC from `at` on, or the end: near ones are found by looking, far ones by a search. */
function nextEscape(bytes: Buffer, at: number): number {
  const near = Math.min(bytes.length, at + SHORT_RUN);
  for (let end = at; end < near; end += 1) if (bytes[end] === ESC) return end;
  const far = bytes.indexOf(ESC, near);
  return far === -1 ? bytes.length : far;
}

/** The first of the parameters in [from, to). */
function rowOf(bytes: Buffer, from: number, to: number): string {
  let row = '';
  const end = Math.min(to, from + PARAMETERS_MAX);
  for (let at = from; at < end && bytes[at] !== 0x3b; at += 1) row += String.fromCharCode(bytes[at] ?? 0);
  return row;
}

/** Where a control sequence that begins here has its final byte; -1 where none does, or it is not whole. */
function endOfControl(bytes: Buffer, at: number): number {
  if (bytes[at + 1] !== BRACKET) return -1;
  for (let end = at + 2; end < bytes.length; end += 1) {
    const byte = bytes[end] ?? 0;
    if (byte >= 0x40) return end;
    if (byte < 0x20) return -1;
  }
  return -1;
}

/** Pieces of the chunk that stand in the text as they are: where each begins in both. */
class Runs {
  readonly #offsets: number[] = [];
  readonly #places: number[] = [];

  add(offset: number, place: number): void {
    this.#offsets.push(offset);
    this.#places.push(place);
  }

  place(offset: number): number {
    let low = 0;
    let high = this.#offsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return (this.#places[low] ?? 0) + offset - (this.#offsets[low] ?? 0);
  }
}
