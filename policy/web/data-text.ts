/** The text of JSON, one object a line, and how many records its lists hold. On bytes, as `page-text.ts`. */
import type { BodyReader } from './reader-model.ts';

const DEPTH_MAX = 512;
/** A string of a list that is as long holds a record and no word. */
const RECORD_CHARACTERS_MIN = 24;
const SHORT: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\n', b: ' ', f: ' ' };

export function createDataText(): BodyReader {
  return new DataText();
}

class DataText implements BodyReader {
  readonly #open: ('{' | '[')[] = [];
  #inString = false;
  #stringCharacters = 0;
  /** A backslash and what came of it, where a chunk ended inside. */
  #escape = '';
  #tops = 0;
  #rows = 0;
  #out: string[] = [];
  #from = 0;

  take(chunk: Buffer): { rows: number; text: Buffer } {
    const text = chunk.toString('latin1');
    this.#from = 0;
    for (let at = 0; at < text.length; at += 1) this.#step(text, at);
    if (this.#escape === '') this.#out.push(text.slice(this.#from));
    return this.#result();
  }

  finish(): { rows: number; text: Buffer } {
    return this.#result();
  }

  #result(): { rows: number; text: Buffer } {
    const read = { rows: this.#rows, text: Buffer.from(this.#out.join(''), 'latin1') };
    this.#rows = 0;
    this.#out = [];
    return read;
  }

  #step(text: string, at: number): void {
    const mark = text.charAt(at);
    if (this.#escape !== '') this.#readEscape(mark, at);
    else if (this.#inString) this.#readString(text, mark, at);
    else this.#readStructure(text, mark, at);
  }

  #readEscape(mark: string, at: number): void {
    this.#escape += mark;
    const isUnicode = this.#escape.startsWith('\\u');
    if (isUnicode && this.#escape.length < 6) return;
    const code = isUnicode ? Number.parseInt(this.#escape.slice(2), 16) : Number.NaN;
    const character = isUnicode ? String.fromCharCode(Number.isNaN(code) ? 0xfffd : code) : (SHORT[mark] ?? mark);
    this.#out.push(Buffer.from(character).toString('latin1'));
    this.#escape = '';
    this.#from = at + 1;
  }

  #readString(text: string, mark: string, at: number): void {
    this.#stringCharacters += 1;
    if (mark === '\\') {
      this.#out.push(text.slice(this.#from, at));
      this.#escape = mark;
    } else if (mark === '"') {
      this.#inString = false;
      if (this.#open.at(-1) === '[' && this.#stringCharacters > RECORD_CHARACTERS_MIN) this.#record(text, at);
    }
  }

  #readStructure(text: string, mark: string, at: number): void {
    if (mark === '"') {
      this.#inString = true;
      this.#stringCharacters = 0;
    } else if (mark === '{' || mark === '[') {
      this.#begin(text, mark, at);
    } else if (mark === '}' || mark === ']') {
      this.#open.pop();
      this.#breakLine(text, at);
    }
  }

  #begin(text: string, mark: '{' | '[', at: number): void {
    const parent = this.#open.at(-1);
    // One JSON after the other: lines of records.
    if (parent === undefined) this.#tops += 1;
    if (parent === '[' || (parent === undefined && this.#tops > 1)) this.#record(text, at);
    if (this.#open.length < DEPTH_MAX) this.#open.push(mark);
  }

  #record(text: string, at: number): void {
    this.#rows += 1;
    this.#breakLine(text, at);
  }

  #breakLine(text: string, at: number): void {
    this.#out.push(text.slice(this.#from, at + 1), '\n');
    this.#from = at + 1;
  }
}
