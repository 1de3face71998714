/** A database client of which the gateway owns the prompt: each statement is judged, and runs as a command of its own. */
import { message, type MessageKey } from '../../../messages/index.ts';
import { type Dialogue, isWholeStatement, type StatementClient } from '../../../policy/index.ts';
import type { ChannelWork } from '../model.ts';
import type { Ran } from './shell.ts';
import { purposeOf } from './tickets.ts';

type Statements = Extract<Dialogue, { kind: 'statements' }>;

export interface StatementSide {
  /** The next text that `isWhole` says is one; undefined at the end of the input. */
  readonly read: (prompt: string, isWhole: (text: string) => boolean) => Promise<string | undefined>;
  /** Judges and runs one command. */
  readonly run: (command: string) => Promise<Ran>;
  readonly hasOpenAct: () => boolean;
  readonly status: () => number;
}

const EXIT = /^\s*(exit|quit|\\q)\s*;?\s*$/i;
const LEAVES: Readonly<Record<StatementClient, RegExp>> = {
  mysql: EXIT,
  psql: EXIT,
  sqlite: /^\s*\.(exit|quit|q)\b/i,
  sql: EXIT,
  cqlsh: EXIT,
  sqlcmd: EXIT,
  mongosh: /^\s*(exit|quit)\s*(\(\s*\))?\s*;?\s*$/,
  'redis-cli': EXIT,
  sqlplus: EXIT,
};
/** What changes how later statements are read or shown; it is given again with each of them. */
const KEPT: Readonly<Record<StatementClient, RegExp>> = {
  mysql: /^\s*(use\s+\S+|set\s+(?!global|persist)\S[^;]*)\s*;?\s*$/i,
  psql: /^\s*(\\(c|connect|x|pset|timing|a|t|f|H|set)(\s.*)?|set\s+\S[^;]*;?)\s*$/i,
  sqlite: /^\s*(\.(mode|headers?|separator|width|nullvalue|timer)\s.*|pragma\s+\w+\s*=[^;]*;?|attach\s[^;]*;?)\s*$/i,
  sql: /^\s*(use\s+[^\s;]+|set\s+\S[^;]*)\s*;\s*$/i,
  cqlsh: /^\s*(use\s+[^\s;]+|consistency\s+\w+|expand\s+\w+)\s*;?\s*$/i,
  sqlcmd: /^\s*(use\s+[^\s;]+|set\s+\S[^;]*)\s*;?\s*$/i,
  mongosh: /^\s*use\s+[\w.-]+\s*;?\s*$/,
  'redis-cli': /^\s*select\s+\d+\s*$/i,
  sqlplus: /^\s*((set|column|col)\s[^;]*|alter\s+session\s[^;]*;)\s*$/i,
};
const HOW_IT_ENDS: Readonly<Partial<Record<StatementClient, MessageKey>>> = {
  'redis-cli': 'dialogue.lines',
  sqlcmd: 'dialogue.batches',
  mongosh: 'dialogue.expressions',
  sqlplus: 'dialogue.blocks',
};
const KEPT_MAX = 16;

/** Holds the dialogue until the person leaves it. @returns the status of its last statement. */
export async function talk(work: ChannelWork, { client, around }: Statements, side: StatementSide): Promise<number> {
  const { person } = work;
  await person.sayText(message(person.locale, HOW_IT_ENDS[client] ?? 'dialogue.statements', { client }));
  const kept: string[] = [];
  const isWhole = (text: string): boolean =>
    LEAVES[client].test(text) || (side.hasOpenAct() && purposeOf(text) !== undefined) || isWholeStatement(text, client);
  for (;;) {
    const typed = await side.read(`${client}> `, isWhole);
    if (typed === undefined || LEAVES[client].test(typed)) return side.status();
    const text = withoutEnd(typed, client);
    if (text.trim() === '') continue;
    if (side.hasOpenAct() && purposeOf(text) !== undefined) {
      await side.run(text);
      continue;
    }
    const { end } = await side.run(around([...kept, text]));
    if (end === 'ran' && side.status() === 0 && KEPT[client].test(text) && kept.length < KEPT_MAX) {
      kept.push(ENDED.has(client) && !/;\s*$/.test(text) ? `${text.trim()};` : text.trim());
    }
  }
}

/** Clients to which several statements are given as one text. */
const ENDED = new Set<StatementClient>(['mysql', 'cqlsh', 'sqlcmd']);

/** `GO` is a line of sqlcmd's prompt, and no SQL. */
function withoutEnd(text: string, client: StatementClient): string {
  return client === 'sqlcmd' ? text.replace(/(^|\n)\s*go\s*$/i, '') : text;
}
