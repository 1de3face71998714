/** Names side by side, as a shell lists what could follow. Pure. */
import { columnsOf, fitted } from '../../menu/width.ts';

const GAP = 2;
const COLUMNS_OF_NONE = 80;

/** `names` in rows of a terminal of so many columns, each row ended by CR LF. */
export function inColumns(names: readonly string[], columns: number): string {
  const width = columns > 0 ? columns : COLUMNS_OF_NONE;
  const cell = Math.min(Math.max(...names.map(columnsOf)) + GAP, width);
  const perRow = Math.max(1, Math.floor(width / cell));
  const rows: string[] = [];
  for (let at = 0; at < names.length; at += perRow) {
    const row = names.slice(at, at + perRow).map((name) => fitted(name, cell));
    rows.push(`${row.join('').trimEnd()}\r\n`);
  }
  return rows.join('');
}
