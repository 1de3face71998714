/** A terminal's screen in memory, for what the gateway itself draws: text, CR, LF, cursor moves, erasing. */
import { columnsOf } from '../../gateway/ssh/menu/width.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const SEQUENCE = /^\x1b\[(\??)(\d*)([A-Za-z])/;

export class Screen {
  readonly columns: number;
  #rows: string[][] = [[]];
  row = 0;
  column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  /** The rows without trailing blanks, and without empty ones at the end. */
  get text(): string {
    return this.#rows
      .map((cells) => cells.join('').trimEnd())
      .join('\n')
      .trimEnd();
  }

  write(text: string): void {
    for (let at = 0; at < text.length; ) {
      const sequence = SEQUENCE.exec(text.slice(at));
      if (sequence !== null) {
        this.#obey(sequence[1] ?? '', Number(sequence[2] === '' ? 1 : sequence[2]), sequence[3] ?? '');
        at += sequence[0].length;
        continue;
      }
      const end = text.slice(at).search(/[\x1b\r\n\x07]/);
      if (end === 0) {
        this.#control(text.charAt(at));
        at += 1;
        continue;
      }
      const plain = text.slice(at, end === -1 ? undefined : at + end);
      for (const { segment } of graphemes.segment(plain)) this.#put(segment);
      at += plain.length;
    }
  }

  #obey(mode: string, count: number, letter: string): void {
    if (mode === '?') return;
    if (letter === 'A') this.row = Math.max(0, this.row - count);
    else if (letter === 'B') this.row += count;
    else if (letter === 'C') this.column = Math.min(this.columns - 1, this.column + count);
    else if (letter === 'J') {
      this.#rows = this.#rows.slice(0, this.row + 1);
      this.#rows[this.row] = (this.#rows[this.row] ?? []).slice(0, this.column);
    } else throw new Error(`the screen does not know ${letter}`);
  }

  #control(sign: string): void {
    if (sign === '\r') this.column = 0;
    else if (sign === '\n') this.row += 1;
    else if (sign === '\x1b') throw new Error('an escape that is no sequence');
  }

  /** A character that does not fit goes to the next row, as a terminal wraps. */
  #put(segment: string): void {
    const width = columnsOf(segment);
    if (this.column + width > this.columns) {
      this.column = 0;
      this.row += 1;
    }
    while (this.#rows.length <= this.row) this.#rows.push([]);
    const cells = this.#rows[this.row] ?? [];
    while (cells.length < this.column) cells.push(' ');
    cells[this.column] = segment;
    for (let at = 1; at < width; at += 1) cells[this.column + at] = '';
    this.column += width;
  }
}
