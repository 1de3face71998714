/** SQL clients on a command line: the SQL they carry is judged as SQL. */
import { findInStatement } from '../statement/index.ts';
import type { Bench } from './bench.ts';
import { asked, denied, ticketed, touching } from './found.ts';
import type { Found, Invocation, Word } from './model.ts';
import { type SqlClient, sqlClientOf } from './rules/clients.ts';
import { decodes } from './rules/decoders.ts';
import { hasFlag } from './rules/rule.ts';
import { afterOptions } from './wrappers.ts';

/** What the SQL of a client's words and input does. Empty for other programs. */
export function judgeClient(invocation: Invocation, tool: string, bench: Bench): readonly Found[] {
  const client = sqlClientOf(tool);
  if (
    client === undefined ||
    hasFlag(
      invocation.args,
      client.info.filter((flag) => flag.length > 2),
    ) ||
    only(invocation.args, client.info)
  )
    return [];
  const texts = [...optionValues(client, invocation.args), ...operandSql(client, invocation.args)];
  const file = client.files.find((flag) => hasFlag(invocation.args, [flag]));
  if (file !== undefined) return [unread(invocation, 'client.sql-file', file)];
  const { input } = invocation;
  const all = input.kind === 'text' ? [...texts, input.word] : texts;
  const piped = (input.kind === 'pipe' || input.kind === 'file') && texts.length === 0;
  if (piped) return [unread(invocation, 'client.sql-input', tool)];
  if (all.length === 0) return [interactive(invocation, tool, bench)];
  return [...all.flatMap((word) => judgeSql(word, bench)), ...output(invocation.args)];
}

function only(args: readonly Word[], info: readonly string[]): boolean {
  return args.length === 1 && info.includes(args[0]?.text ?? '');
}

function judgeSql(word: Word, bench: Bench): Found[] {
  bench.statements.push({ text: word.text, span: word.span, relations: [], fingerprint: null });
  const found = findInStatement(word.text, bench.policy).map((one) => ({
    ...one,
    finding: { ...one.finding, span: word.span },
  }));
  if (word.exact) return found;
  const hides = decodes(word) || found.some(({ finding }) => finding.assets.length > 0);
  return [...found, (hides ? denied : asked)('client.built-sql', 'dynamic', word.span, word.text)];
}

/** SQL from a file or a pipe is not part of the act, so nobody can tell what it says. */
function unread(invocation: Invocation, rule: string, subject: string): Found {
  return asked(rule, 'dynamic', invocation.span, subject);
}

/** What is typed inside a client is not judged line by line; its rows are metered on a ticket instead. */
function interactive(invocation: Invocation, tool: string, bench: Bench): Found {
  const assets = bench.policy.assets.filter(({ kind }) => kind === 'table').map(({ name }) => name);
  const found = assets.length > 0 ? ticketed : asked;
  return touching(found('client.interactive', 'bulk_read', invocation.span, tool), assets);
}

/** `psql -o file` and `mysql --tee` put what is read elsewhere. */
function output(args: readonly Word[]): Found[] {
  const word = args.find(({ text }) => /^--(tee|output|pager)\b/.test(text));
  return word === undefined ? [] : [ticketed('client.output', 'dbdump', word.span, word.text)];
}

/** The texts of SQL among its options. */
export function optionValues(client: SqlClient, args: readonly Word[]): Word[] {
  return args.flatMap((word, at): Word[] => {
    const next = args[at + 1];
    for (const option of client.sql) {
      if (word.text === option && next !== undefined) return [next];
      if (option.startsWith('--') && word.text.startsWith(`${option}=`)) return [cut(word, option.length + 1)];
      if (/^-[a-zA-Z]$/.test(option) && /^-[a-zA-Z]/.test(word.text) && !word.text.startsWith('--')) {
        const position = clusterPosition(client, word.text, option.charAt(1));
        if (position === word.text.length - 1 && next !== undefined) return [next];
        if (position > 0) return [cut(word, position + 1)];
      }
    }
    return [];
  });
}

/** Where `letter` stands in a cluster before any option that takes a value. */
function clusterPosition(client: SqlClient, text: string, letter: string): number {
  for (let at = 1; at < text.length; at += 1) {
    if (text.charAt(at) === letter) return at;
    if (client.values.includes(text.charAt(at))) return -1;
  }
  return -1;
}

function cut(word: Word, length: number): Word {
  const [first, ...rest] = word.pieces;
  if (first?.kind !== 'text') return word;
  return { ...word, text: word.text.slice(length), pieces: [{ ...first, text: first.text.slice(length) }, ...rest] };
}

/** The operands that are SQL. */
export function operandSql(client: SqlClient, args: readonly Word[]): readonly Word[] {
  if (client.sqlFrom === undefined) return [];
  const values = { values: client.values, longValues: client.longValues };
  return afterOptions(values, args).slice(client.sqlFrom);
}
