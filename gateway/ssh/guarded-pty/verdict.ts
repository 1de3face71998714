/** What the shell gets to hear about a line. Pure. */

const END_OF_VERDICT = '\x1e';

/** `y`: the line runs. `s`: another form of it runs. `c`: it goes on in a further row. `n`: it is dropped. */
export type Letter = 'y' | 's' | 'c' | 'n';

export interface Verdict {
  readonly letter: Letter;
  readonly row?: string | undefined;
}

export const DROPPED: Verdict = { letter: 'n' };

/** As the shell reads it: the number of its question, the letter, and what runs instead. */
export function worded(number: string, { letter, row = '' }: Verdict): string {
  return `${number}${letter}${letter === 's' ? escaped(row) : ''}${END_OF_VERDICT}`;
}

/** As `printf %b` reads it: nothing in it means anything to a terminal or ends the verdict. */
function escaped(text: string): string {
  return Array.from(Buffer.from(text), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
