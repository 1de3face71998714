/** A database client of which the gateway owns the prompt: each statement is judged, and runs as a command of its own. */
import { message } from '../../../messages/index.ts';
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

const LEAVES: Readonly<Record<StatementClient, RegExp>> = {
  mysql: /^\s*(exit|quit|\\q)\s*;?\s*$/i,
  psql: /^\s*(exit|quit|\\q)\s*;?\s*$/i,
  sqlite: /^\s*\.(exit|quit|q)\b/i,
};
/** What changes how later statements are read or shown; it is given again with each of them. */
const KEPT: Readonly<Record<StatementClient, RegExp>> = {
  mysql: /^\s*(use\s+\S+|set\s+(?!global|persist)\S[^;]*)\s*;?\s*$/i,
  psql: /^\s*(\\(c|connect|x|pset|timing|a|t|f|H|set)(\s.*)?|set\s+\S[^;]*;?)\s*$/i,
  sqlite: /^\s*(\.(mode|headers?|separator|width|nullvalue|timer)\s.*|pragma\s+\w+\s*=[^;]*;?|attach\s[^;]*;?)\s*$/i,
};
const KEPT_MAX = 16;

/** Holds the dialogue until the person leaves it. @returns the status of its last statement. */
export async function talk(work: ChannelWork, { client, around }: Statements, side: StatementSide): Promise<number> {
  const { person } = work;
  await person.sayText(message(person.locale, 'dialogue.statements', { client }));
  const kept: string[] = [];
  const isWhole = (text: string): boolean =>
    LEAVES[client].test(text) || (side.hasOpenAct() && purposeOf(text) !== undefined) || isWholeStatement(text, client);
  for (;;) {
    const text = await side.read(`${client}> `, isWhole);
    if (text === undefined || LEAVES[client].test(text)) return side.status();
    if (text.trim() === '') continue;
    if (side.hasOpenAct() && purposeOf(text) !== undefined) {
      await side.run(text);
      continue;
    }
    const { end } = await side.run(around([...kept, text]));
    if (end === 'ran' && side.status() === 0 && KEPT[client].test(text) && kept.length < KEPT_MAX) {
      kept.push(client === 'mysql' && !/;\s*$/.test(text) ? `${text.trim()};` : text.trim());
    }
  }
}
