/** A database client at its prompt, as commands that each carry one statement. */
import type { Word } from './model.ts';
import { operandSql, optionValues } from './client.ts';
import { sqlClientOf } from './rules/clients.ts';
import { type HeldClient, heldClientOf, type StatementClient } from './rules/held-clients.ts';
import { hasFlag } from './rules/rule.ts';
import { afterOptions } from './wrappers.ts';

export interface Statements {
  readonly kind: 'statements';
  readonly client: StatementClient;
  /** The same command with these texts to do before it ends. */
  readonly around: (texts: readonly string[]) => string;
}

/** Whether a prompt of `tool` never opens unheld, however it is called: then no ticket opens it either. */
export function isAlwaysHeld(tool: string): boolean {
  const held = heldClientOf(tool);
  return held !== undefined && held.needs === undefined;
}

/** `words`: the whole command; `base` and `args`: the client in it. Undefined where it does more than open its prompt. */
export function statementsOf(words: readonly Word[], base: string, args: readonly Word[]): Statements | undefined {
  const held = heldClientOf(base);
  if (held === undefined || !onlyOpens(held, base, args)) return undefined;
  const command = words.map(({ text }) => text);
  return { kind: 'statements', client: held.client, around: (texts) => carrying(held, command, texts) };
}

function onlyOpens(held: HeldClient, base: string, args: readonly Word[]): boolean {
  const texts = args.map(({ text }) => text);
  if (texts.includes('--') || !isConnected(held, texts)) return false;
  const known = sqlClientOf(base);
  if (known === undefined) return true;
  const carries = optionValues(known, args).length + operandSql(known, args).length > 0;
  if (carries || texts.some((text) => known.info.includes(text)) || hasFlag(args, known.files)) return false;
  // Without its database SQLite would take the statement for its name.
  const { values, longValues } = known;
  return held.client !== 'sqlite' || afterOptions({ values, longValues }, args).length > 0;
}

/** Whether its words only say where to connect, and as whom. */
function isConnected({ flags = [], valued = [], operands, needs }: HeldClient, texts: readonly string[]): boolean {
  if (operands === undefined) return true;
  for (let at = 0; at < texts.length; at += 1) {
    const text = texts[at] ?? '';
    if (valued.includes(text)) at += 1;
    else if (!text.startsWith('-')) {
      if (!operands.test(text)) return false;
    } else if (!flags.includes(text) && !valued.some((option) => isAttached(text, option))) return false;
  }
  return needs === undefined || texts.some((text) => needs.test(text));
}

function isAttached(text: string, option: string): boolean {
  return text.startsWith(option.startsWith('--') ? `${option}=` : option) && text.length > option.length;
}

function carrying(
  { takes, option, always = [] }: HeldClient,
  command: readonly string[],
  texts: readonly string[],
): string {
  if (takes === 'words') return spelled([...command, ...wordsOf(texts)]);
  const opened = [...command, ...always];
  if (takes === 'input') return `${spelled(opened)} <<'${END}'\n${texts.join('\n')}\n${END}`;
  const carried = takes === 'each' ? texts : [texts.join('\n')];
  return spelled([...opened, ...carried.flatMap((text) => [...option, text])]);
}

/** Ends a here-document. A text with this line in it is judged with what stands behind, like everything else. */
const END = 'SEKISHO_END';

/** The words of a line as redis-cli splits it. `SELECT n` before it is the option of the same meaning. */
function wordsOf(texts: readonly string[]): readonly string[] {
  const last = texts.at(-1) ?? '';
  const database = texts
    .slice(0, -1)
    .map((text) => /^\s*select\s+(\d+)\s*$/i.exec(text)?.[1])
    .findLast((number) => number !== undefined);
  const line = last.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']+/g) ?? [];
  return [...(database === undefined ? [] : ['-n', database]), ...line.map(unquoted)];
}

function unquoted(word: string): string {
  if (!/^["']/.test(word)) return word;
  return word.slice(1, -1).replace(/\\(["'\\])/g, '$1');
}

export function spelled(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
