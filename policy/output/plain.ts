/**
 * What a terminal would show, line by line: colours are gone, moves of the cursor are blanks and line breaks. A row that
 * is painted field by field stays one row, and an identifier with a colour inside is whole again.
 */
const ESC = 0x1b;
const BEL = 0x07;
const LF = 0x0a;
const BLANK = 0x20;

/** Finals that move to another line, or away from what stands there. */
const LINE_MOVES = new Set(Array.from('ABEFJLMSTdr', (letter) => letter.charCodeAt(0)));
const COLUMN_MOVES = new Set(Array.from('CGIZ`a', (letter) => letter.charCodeAt(0)));

export interface Plain {
  readonly text: Buffer;
  /** Where in the chunk each byte of `text` stands; undefined where they are the same. */
  readonly places: Uint32Array | undefined;
}

export class PlainText {
  #state: 'ground' | 'escape' | 'csi' | 'string' | 'string_escape' = 'ground';
  #parameters = '';
  #row = '';

  read(chunk: Uint8Array): Plain {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#state === 'ground' && bytes.indexOf(ESC) === -1) return { text: bytes, places: undefined };
    const text = Buffer.allocUnsafe(bytes.length);
    const places = new Uint32Array(bytes.length);
    let length = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      if (this.#state === 'ground') {
        const next = bytes.indexOf(ESC, at);
        const end = next === -1 ? bytes.length : next;
        bytes.copy(text, length, at, end);
        for (; at < end; at += 1, length += 1) places[length] = at;
        if (at === bytes.length) break;
      }
      const shown = this.#step(bytes[at] ?? 0);
      if (shown === -1) continue;
      text[length] = shown;
      places[length] = at;
      length += 1;
    }
    return { text: text.subarray(0, length), places };
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
    if (byte === 0x5b) this.#state = 'csi';
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
      if (this.#parameters.length < 16) this.#parameters += String.fromCharCode(byte);
      return -1;
    }
    this.#state = 'ground';
    if (byte === 0x48 || byte === 0x66) return this.#moveTo();
    if (LINE_MOVES.has(byte)) return LF;
    return COLUMN_MOVES.has(byte) ? BLANK : -1;
  }

  #moveTo(): number {
    const [row = ''] = this.#parameters.split(';');
    const same = row === this.#row;
    this.#row = row;
    return same ? BLANK : LF;
  }
}
