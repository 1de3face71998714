/** Where the prompt and the line stand on a terminal, and the bytes that put them there. Pure. */
import { columnsOf } from '../../menu/width.ts';

export interface Drawn {
  /** Of all rows that were drawn, their columns. */
  readonly rows: readonly number[];
  readonly row: number;
  readonly column: number;
}

export interface Shown {
  readonly prompt: string;
  readonly text: string;
  /** The cursor, in UTF-16 units of `text`. */
  readonly at: number;
  readonly columns: number;
}

export const NOTHING_DRAWN: Drawn = { rows: [0], row: 0, column: 0 };
const SECOND_PROMPT = '> ';
const COLUMNS_OF_NONE = 80;
const COLUMNS_MIN = 4;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Of what was typed or pasted, nothing acts on the terminal or turns the text around it. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** @returns the bytes that replace what was `drawn`, and what stands there then. */
export function draw(drawn: Drawn, shown: Shown): { readonly bytes: string; readonly drawn: Drawn } {
  const width = shown.columns > 0 ? Math.max(shown.columns, COLUMNS_MIN) : COLUMNS_OF_NONE;
  const laid = layOut(shown, width);
  const place = { rows: laid.rows.map(columnsOf), row: laid.row, column: laid.column };
  const up = laid.rows.length - 1 - laid.row;
  const isThere = up === 0 && laid.column === place.rows.at(-1);
  const back = isThere ? '' : `${up > 0 ? `\x1b[${up}A` : ''}\r${laid.column > 0 ? `\x1b[${laid.column}C` : ''}`;
  return { bytes: `${toStart(drawn)}\x1b[J${laid.rows.join('\r\n')}${back}`, drawn: place };
}

/** From the cursor to where the prompt begins. */
function toStart({ row }: Drawn): string {
  return `\r${row > 0 ? `\x1b[${row}A` : ''}`;
}

/** From the cursor to the first column below everything drawn. */
export function toBelow({ rows, row }: Drawn): string {
  const down = rows.length - 1 - row;
  return `${down > 0 ? `\x1b[${down}B` : ''}\r\n`;
}

/** How what was drawn stands after the terminal has become another size and laid it out anew. */
export function reflowed({ rows, row, column }: Drawn, columns: number): Drawn {
  const width = Math.max(columns > 0 ? columns : COLUMNS_OF_NONE, COLUMNS_MIN);
  const height = (taken: number): number => Math.max(1, Math.ceil(taken / width));
  const above = rows.slice(0, row).reduce((sum, taken) => sum + height(taken), 0);
  return {
    rows: rows.flatMap((taken) => Array<number>(height(taken)).fill(width)),
    row: above + Math.floor(column / width),
    column,
  };
}

interface Laid {
  readonly rows: string[];
  row: number;
  column: number;
}

function layOut({ prompt, text, at }: Shown, width: number): Laid {
  const laid: Laid = { rows: [''], row: 0, column: 0 };
  const taken = { columns: 0 };
  for (const { segment } of graphemes.segment(prompt)) place(laid, taken, { segment, width });
  let from = 0;
  for (const [line, content] of text.split('\n').entries()) {
    if (line > 0) {
      laid.rows.push(SECOND_PROMPT);
      taken.columns = SECOND_PROMPT.length;
    }
    for (const { segment, index } of graphemes.segment(content)) {
      if (from + index === at) mark(laid, taken, width);
      place(laid, taken, { segment, width });
    }
    from += content.length;
    if (from === at) mark(laid, taken, width);
    from += 1;
  }
  return laid;
}

/** What stands on the screen for a text. */
export function printable(text: string): string {
  return text.replaceAll('\t', ' ').replace(UNPRINTABLE, '\uFFFD');
}

/** A character that does not fit into its row stands in the next one: a terminal would cut a wide one otherwise. */
function place(laid: Laid, taken: { columns: number }, { segment, width }: { segment: string; width: number }): void {
  const shown = printable(segment);
  const columns = columnsOf(shown);
  if (taken.columns + columns > width) {
    laid.rows.push('');
    taken.columns = 0;
  }
  laid.rows.push((laid.rows.pop() ?? '') + shown);
  taken.columns += columns;
}

/** Behind a full row the cursor is at the beginning of the next one. */
function mark(laid: Laid, taken: { columns: number }, width: number): void {
  if (taken.columns >= width) {
    laid.rows.push('');
    taken.columns = 0;
  }
  laid.row = laid.rows.length - 1;
  laid.column = taken.columns;
}
