const CELL_CHARACTERS_MAX = 16 * 1024;

/** The byte order mark by which spreadsheets know UTF-8. */
export const CSV_BEGIN = '\ufeff';

/** One row of RFC 4180 with its line end. No control character is left in it, and no cell is a formula. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${notFormula(printable(cell)).replaceAll('"', '""')}"`).join(',')}\r\n`;
}

/** Stops a text of somebody else that a spreadsheet would run as a formula (CSV injection, OWASP). */
function notFormula(text: string): string {
  return /^[\s]*[=+\-@＝＋－＠|%]/.test(text) ? `'${text}` : text;
}

/** At most `CELL_CHARACTERS_MAX`; a tab is a space, every other control character the replacement character. */
export function printable(text: string): string {
  return text
    .slice(0, CELL_CHARACTERS_MAX)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (control) => (control === '\t' ? ' ' : '\ufffd'));
}
