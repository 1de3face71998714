/** Where a command of a database client begins and ends in a text: each client has rules of its own. */

export type Client = 'psql' | 'mysql' | 'sqlite' | 'sqlplus';

export interface ClientStep {
  readonly kind: 'meta' | 'symbol' | 'skip';
  readonly text: string;
  readonly end: number;
}

interface Place {
  readonly client: Client;
  /** Nothing of a statement stands before it. */
  readonly begins: boolean;
}

/** The command of this client that begins at `at`; undefined where it begins none. */
export function clientCommandAt(sql: string, at: number, { client, begins }: Place): ClientStep | undefined {
  const char = sql.charAt(at);
  if (char === '\\') return client === 'psql' ? ofPsql(sql, at) : client === 'mysql' ? ofMysql(sql, at) : undefined;
  const isDot = char === '.' && client === 'sqlite' && begins;
  return isDot && /[a-z]/i.test(sql.charAt(at + 1)) ? { kind: 'meta', ...lineFrom(sql, at) } : undefined;
}

function lineFrom(sql: string, at: number): { text: string; end: number } {
  const found = sql.indexOf('\n', at);
  const end = found === -1 ? sql.length : found;
  return { text: sql.slice(at, end), end };
}

/** They take the rest of their line as it stands (psql, "Meta-Commands"). */
const WHOLE_LINE = /^\\(!|ef|ev|sf|sv|help|h)(?![A-Za-z])/;

/**
 * A psql command ends with its line or at the next backslash that is not quoted, where another begins; behind `\\` SQL
 * goes on. Reading it to the end of the line would hide both.
 */
function ofPsql(sql: string, at: number): ClientStep | undefined {
  const after = sql.charAt(at + 1);
  if (after === ';') return { kind: 'symbol', text: ';', end: at + 2 };
  if (after === '\\') return { kind: 'skip', text: '', end: at + 2 };
  if (!/[A-Za-z!?|.]/.test(after)) return undefined;
  const line = lineFrom(sql, at);
  const copy = /^\\copy(?![A-Za-z])/i.exec(line.text);
  // What is copied stands behind it like SQL, so it is read like SQL.
  if (copy !== null) return { kind: 'meta', text: copy[0], end: at + copy[0].length };
  if (WHOLE_LINE.test(line.text)) return { kind: 'meta', ...line };
  const length = argumentsEnd(line.text);
  return { kind: 'meta', text: line.text.slice(0, length), end: at + length };
}

/** Up to the next backslash outside quotes. */
function argumentsEnd(line: string): number {
  let quote = '';
  for (let at = 1; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote !== '') {
      if (char === '\\' && quote === "'") at += 1;
      else if (char === quote) quote = '';
    } else if (char === "'" || char === '"' || char === '`') quote = char;
    else if (char === '\\') return at;
  }
  return line.length;
}

/** MySQL's commands are one letter; only some take the rest of the line, and behind the others SQL goes on. */
function ofMysql(sql: string, at: number): ClientStep | undefined {
  const after = sql.charAt(at + 1);
  if (/[gGc]/.test(after)) return { kind: 'symbol', text: ';', end: at + 2 };
  if (/[!.TPudRCe]/.test(after)) return { kind: 'meta', ...lineFrom(sql, at) };
  return /[A-Za-z#?]/.test(after) ? { kind: 'skip', text: '', end: at + 2 } : undefined;
}
