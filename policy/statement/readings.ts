/**
 * How a text is read. Dialects and their clients disagree about backslashes, nested comments, `#`, `--x`, quotes and
 * lines of the client; a text is judged under each reading, so that no dialect's comment or string hides another
 * dialect's statement.
 */
import type { Client } from './client-lines.ts';

type ReadingName = 'standard' | 'escapes' | 'mysql' | 'sqlite' | 'oracle';

export interface Reading {
  readonly name: ReadingName;
  /** A backslash in a string makes the next character plain. */
  readonly backslashes: boolean;
  readonly nestedComments: boolean;
  /** `#` begins a comment. */
  readonly hashes: boolean;
  /** `--` is a comment only before white space. */
  readonly dashesNeedSpace: boolean;
  /** `$tag$ … $tag$` is a string. */
  readonly dollars: boolean;
  readonly client: Client;
}

const PLAIN = { backslashes: false, nestedComments: false, hashes: false, dashesNeedSpace: false, dollars: false };

export const STANDARD: Reading = { ...PLAIN, name: 'standard', client: 'psql', nestedComments: true, dollars: true };

export const READINGS: readonly Reading[] = [
  STANDARD,
  // PostgreSQL with standard_conforming_strings off.
  { ...STANDARD, name: 'escapes', backslashes: true },
  { ...PLAIN, name: 'mysql', client: 'mysql', backslashes: true, hashes: true, dashesNeedSpace: true },
  { ...PLAIN, name: 'sqlite', client: 'sqlite' },
  { ...PLAIN, name: 'oracle', client: 'sqlplus' },
];

/** What makes the readings differ. */
const DIFFERS = /\\|#|--|\/\*|\$\$|\$\w+\$|q'|(^|[;\n])\s*\.[a-z]|^\s*delimiter\s|\s&\w/im;

/** The readings under which `sql` may mean different things; the standard one first, and alone where all agree. */
export function readingsOf(sql: string): readonly Reading[] {
  return DIFFERS.test(sql) ? READINGS : [STANDARD];
}

export function isReading(reading: Reading, name: ReadingName): boolean {
  return reading.name === name;
}
