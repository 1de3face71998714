/** What a command of a database client does beside asking the database: writing files, running programs. As data. */
import type { FindingClass } from '../command/model.ts';
import type { VerdictName } from '../model.ts';
import type { Client } from './client-lines.ts';

export interface ClientCommand {
  readonly rule: string;
  readonly class: FindingClass;
  readonly verdict: Exclude<VerdictName, 'allow'>;
}

const SHELL: ClientCommand = { rule: 'sql.meta-shell', class: 'shell_control', verdict: 'deny' };
const OUTPUT: ClientCommand = { rule: 'sql.meta-output', class: 'dbdump', verdict: 'needs_ticket' };
/** What it will run is not in the text. */
const SOURCE: ClientCommand = { rule: 'sql.meta-source', class: 'dynamic', verdict: 'ask' };
const BUILT: ClientCommand = { rule: 'sql.built-at-run-time', class: 'dynamic', verdict: 'deny' };
/** A look at a few rows, again and again, is a list. */
const REPEATED: ClientCommand = { rule: 'sql.repeated', class: 'bulk_read', verdict: 'ask' };

interface Row {
  /** Names, exact for psql and MySQL; SQLite takes any beginning of one. */
  readonly names: readonly string[];
  readonly argument?: RegExp;
  readonly does: ClientCommand;
}

const PSQL: readonly Row[] = [
  { names: ['!', '|', 'e', 'edit', 'ef', 'ev', 'setenv'], does: SHELL },
  // Backquotes in the arguments of any command are run by a shell; so is what stands behind a bar.
  { names: [], argument: /`/, does: SHELL },
  { names: ['o', 'out', 'w', 'write', 'g', 'gx'], argument: /^\s*(\([^)]*\)\s*)?\|/, does: SHELL },
  { names: ['o', 'out', 'w', 'write', 's'], argument: /\S/, does: OUTPUT },
  { names: ['g', 'gx'], argument: /^\s*(\([^)]*\)\s*)?[^\s(;]/, does: OUTPUT },
  { names: ['lo_export'], does: OUTPUT },
  { names: ['gexec'], does: BUILT },
  { names: ['i', 'ir', 'include', 'include_relative'], does: SOURCE },
  { names: ['watch'], does: REPEATED },
];

const MYSQL: readonly Row[] = [
  { names: ['!', 'P', 'e'], does: SHELL },
  { names: ['T'], does: OUTPUT },
  { names: ['.'], argument: /\S/, does: SOURCE },
];

const SQLITE: readonly Row[] = [
  { names: ['shell', 'system', 'load'], does: SHELL },
  { names: ['output', 'once', 'import', 'open'], argument: /\|/, does: SHELL },
  {
    names: ['output', 'once', 'dump', 'excel', 'backup', 'save', 'clone', 'archive', 'log', 'trace', 'www', 'recover'],
    does: OUTPUT,
  },
  { names: ['read'], does: SOURCE },
];

const BACKSLASH = /^\\([A-Za-z_]+|[!|.?])(.*)$/s;
/** One letter is a whole command: `\Tfile`. The excepted ones are psql's, which the client of a text may be as well. */
const LETTER = /^\\(?!echo|encoding|errverbose)([!.TPe])(.*)$/s;
const DOT = /^\.([a-z]\w*)(.*)$/is;

const exactly = (names: readonly string[], typed: string): boolean => names.length === 0 || names.includes(typed);
const byBeginning = (names: readonly string[], typed: string): boolean =>
  names.some((name) => name.startsWith(typed.toLowerCase()));

/** What the command `text` of this client does; undefined when it only asks, shows or sets. */
export function readClientCommand(text: string, client: Client): ClientCommand | undefined {
  if (client === 'sqlite') return find(SQLITE, DOT.exec(text), byBeginning);
  return client === 'mysql' ? find(MYSQL, LETTER.exec(text), exactly) : find(PSQL, BACKSLASH.exec(text), exactly);
}

function find(
  rows: readonly Row[],
  read: RegExpExecArray | null,
  isNamed: (names: readonly string[], typed: string) => boolean,
): ClientCommand | undefined {
  if (read === null) return undefined;
  const [, name = '', argument = ''] = read;
  return rows.find((row) => isNamed(row.names, name) && (row.argument?.test(argument) ?? true))?.does;
}

/** Words that clients take as commands where a statement would begin. */
const WORDS: Readonly<Record<string, ClientCommand>> = {
  TEE: OUTPUT,
  SPOOL: OUTPUT,
  CAPTURE: OUTPUT,
  PAGER: SHELL,
  SYSTEM: SHELL,
  EDIT: SHELL,
  HOST: SHELL,
  SOURCE,
};

/** The command that `word` is at the beginning of a statement. */
export function readClientWord(word: string): ClientCommand | undefined {
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}

/** `!ls` of sqlplus and beeline, `!!dir` and `:!!dir` of sqlcmd; `:r file`, `:out file`; `@file` of sqlplus. */
export function readClientLine(line: string): ClientCommand | undefined {
  if (/^:?!/.test(line)) return SHELL;
  if (/^:(out|error|perftrace)\b/i.test(line)) return OUTPUT;
  if (/^:r\s/i.test(line) || /^@@?[\w./~-]+\s*($|[^=\s:+*/|&^%-])/.test(line)) return SOURCE;
  return undefined;
}
