/** What the commands print: text of other people, which may want to draw on a terminal, and JSON for programs. */
import { revealText } from '../../policy/index.ts';

/** Text of somebody else on one's own terminal: what is hidden, reorders or only looks like a letter is named. */
export function shown(text: string): string {
  return revealText(text, { prose: true })
    .map((run) => (run.kind === 'plain' || run.text === '\n' ? run.text : `<${run.codePoint}>`))
    .join('');
}

/** The same on one line. */
export const line = (text: string): string => shown(text.replaceAll('\n', ' '));

export function print(text: string): void {
  process.stdout.write(text === '' ? '' : `${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Columns as wide as what is in them; the last one as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows
    .map((row) => row.map((cell, at) => (at === row.length - 1 ? cell : pad(cell, widths[at] ?? 0))).join('  '))
    .join('\n');
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;

/** Places on a terminal: characters of East Asia take two. */
const widthOf = (text: string): number => Array.from(text).length + (text.match(WIDE)?.length ?? 0);
const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));
