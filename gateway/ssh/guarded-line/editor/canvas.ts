/** The maintainer's screen around the prompt: what is drawn gathers here and is shown in one piece. */
import { inColumns } from './listing.ts';
import { draw, type Drawn, NOTHING_DRAWN, printable, reflowed, type Shown, toBelow } from './screen.ts';

const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l';
const CLEAR = '\x1b[H\x1b[2J';
const BELL = '\x07';

export class Canvas {
  readonly #show: (bytes: Uint8Array) => Promise<void>;
  #columns: number;
  #drawn: Drawn = NOTHING_DRAWN;
  #shown = '';
  #out = '';

  constructor(columns: number, show: (bytes: Uint8Array) => Promise<void>) {
    this.#columns = columns;
    this.#show = show;
  }

  /** From here on the terminal tells what is pasted apart from what is typed. */
  begin(): void {
    this.#out += PASTE_ON;
    this.#drawn = NOTHING_DRAWN;
  }

  redraw({ prompt, text, at }: Omit<Shown, 'columns'>): void {
    const before = this.#drawn;
    const { bytes, drawn } = draw(before, { prompt, text, at, columns: this.#columns });
    const shown = `${prompt}${text}`;
    // Most keys add a character at the end: nothing else has to be drawn for it.
    const isAppended =
      before !== NOTHING_DRAWN &&
      before.rows.length === drawn.rows.length &&
      isAtEnd(before) &&
      isAtEnd(drawn) &&
      shown.startsWith(this.#shown);
    this.#out += isAppended ? printable(shown.slice(this.#shown.length)) : bytes;
    this.#drawn = drawn;
    this.#shown = shown;
  }

  /** Puts the cursor below what was drawn, as Enter does. */
  leave(said = ''): void {
    this.#out += `${said}${PASTE_OFF}${toBelow(this.#drawn)}`;
    this.#drawn = NOTHING_DRAWN;
  }

  clear(): void {
    this.#out += CLEAR;
    this.#drawn = NOTHING_DRAWN;
  }

  bell(): void {
    this.#out += BELL;
  }

  /** Lists names below the line; draw it again after. */
  list(names: readonly string[]): void {
    this.#out += `${toBelow(this.#drawn)}${inColumns(names.map(printable), this.#columns)}`;
    this.#drawn = NOTHING_DRAWN;
  }

  /** The terminal has another width and has laid out anew what stood on it; draw again after. */
  resize(columns: number): void {
    this.#columns = columns;
    this.#drawn = reflowed(this.#drawn, columns);
  }

  /** Shows what was drawn. */
  async flush(): Promise<void> {
    const out = this.#out;
    this.#out = '';
    if (out !== '') await this.#show(Buffer.from(out));
  }
}

function isAtEnd({ rows, row, column }: Drawn): boolean {
  return row === rows.length - 1 && column === rows[row];
}
