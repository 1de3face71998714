/** A scanner of SQL text into tokens, under one dialect's reading. Never fails: what it cannot close runs to the end. */
import { clientCommandAt, type ClientStep } from './client-lines.ts';
import { isReading, type Reading } from './readings.ts';

export interface Token {
  /** `name` is a quoted identifier or, in MySQL, a string in double quotes; `meta` is a command of the client. */
  readonly kind: 'word' | 'name' | 'string' | 'code' | 'number' | 'symbol' | 'meta';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Step {
  readonly kind: Token['kind'] | 'skip';
  readonly text: string;
  readonly end: number;
}

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d[\w.]*/y;
const DOLLAR = /\$([\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const SPACE = /\s+/y;
const DELIMITER = /delimiter[ \t]+(\S+)[^\n]*/iy;

/** The tokens of `sql`, comments left out, MySQL's conditional comments read as the code they are. */
export function scan(sql: string, reading: Reading): readonly Token[] {
  const tokens: Token[] = [];
  let delimiter = ';';
  let at = 0;
  while (at < sql.length) {
    const begins = tokens.length === 0 || isEnd(tokens.at(-1));
    const changed = begins && reading.client === 'mysql' ? matched(DELIMITER, sql, at) : null;
    if (changed !== null) {
      // What ends a statement from here on: the next word behind it begins one, and may be a command of the client.
      delimiter = changed[1] ?? ';';
      at += changed[0].length;
      continue;
    }
    const step = endsHere(sql, at, delimiter) ?? next(sql, at, reading, begins);
    if (step.kind !== 'skip') tokens.push({ kind: step.kind, text: step.text, start: at, end: step.end });
    at = step.end;
  }
  return tokens;
}

/** Whether a token ends its statement. */
function isEnd(token: Token | undefined): boolean {
  return token?.kind === 'symbol' ? token.text === ';' : token?.kind === 'meta' && !/^\\copy$/i.test(token.text);
}

function endsHere(sql: string, at: number, delimiter: string): Step | undefined {
  return delimiter !== ';' && sql.startsWith(delimiter, at)
    ? { kind: 'symbol', text: ';', end: at + delimiter.length }
    : undefined;
}

function next(sql: string, at: number, reading: Reading, begins: boolean): Step {
  const space = matched(SPACE, sql, at);
  if (space !== null) return { kind: 'skip', text: '', end: at + space[0].length };
  const comment = commentEnd(sql, at, reading);
  if (comment !== undefined) return { kind: 'skip', text: '', end: comment };
  const char = sql.charAt(at);
  if (char === "'" || char === '"' || char === '`') return quoted(sql, at, char, reading);
  if (char === '$' && reading.dollars) {
    const tag = matched(DOLLAR, sql, at);
    if (tag !== null) return dollarQuoted(sql, at, tag[0]);
  }
  const command: ClientStep | undefined = clientCommandAt(sql, at, { client: reading.client, begins });
  if (command !== undefined) return command;
  const word = matched(WORD, sql, at);
  if (word !== null) return wordStep(sql, at, word[0], reading);
  const number = matched(NUMBER, sql, at);
  if (number !== null) return { kind: 'number', text: number[0], end: at + number[0].length };
  return { kind: 'symbol', text: char, end: at + 1 };
}

function matched(pattern: RegExp, sql: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(sql);
}

function wordStep(sql: string, at: number, word: string, reading: Reading): Step {
  const end = at + word.length;
  // Oracle's q'[ … ]': a quote inside it is a character, and would hide what follows.
  if (isReading(reading, 'oracle') && /^n?q$/i.test(word) && sql.charAt(end) === "'") return qQuoted(sql, end);
  return { kind: 'word', text: word, end };
}

const CLOSES: Readonly<Record<string, string>> = { '[': ']', '{': '}', '(': ')', '<': '>' };

function qQuoted(sql: string, quote: number): Step {
  const open = sql.charAt(quote + 1);
  const close = sql.indexOf(`${CLOSES[open] ?? open}'`, quote + 2);
  const end = close === -1 ? sql.length : close;
  return { kind: 'string', text: sql.slice(quote + 2, end), end: Math.min(end + 2, sql.length) };
}

function commentEnd(sql: string, at: number, reading: Reading): number | undefined {
  const two = sql.slice(at, at + 2);
  const dashes = two === '--' && (!reading.dashesNeedSpace || /^--(\s|$)/.test(sql.slice(at, at + 3)));
  if (dashes || (reading.hashes && two.startsWith('#'))) {
    const end = sql.indexOf('\n', at);
    return end === -1 ? sql.length : end;
  }
  // The end of a conditional comment whose content was read as code.
  if (two === '*/') return at + 2;
  if (two !== '/*') return undefined;
  const conditional = /^\/\*M?!\d*/.exec(sql.slice(at, at + 12));
  if (conditional !== null) return at + conditional[0].length;
  return reading.nestedComments ? nestedEnd(sql, at) : endOr(sql.indexOf('*/', at + 2), sql);
}

function endOr(found: number, sql: string): number {
  return found === -1 ? sql.length : found + 2;
}

function nestedEnd(sql: string, from: number): number {
  let depth = 0;
  for (let at = from; at < sql.length - 1; at += 1) {
    const two = sql.slice(at, at + 2);
    if (two === '/*') depth += 1;
    else if (two === '*/') depth -= 1;
    if (two === '/*' || two === '*/') at += 1;
    if (depth === 0) return at + 1;
  }
  return sql.length;
}

function quoted(sql: string, at: number, quote: string, reading: Reading): Step {
  const escapes =
    quote !== '`' &&
    (reading.backslashes ||
      (quote === "'" && /[eE]$/.test(sql.slice(Math.max(0, at - 1), at)) && !/\w/.test(sql.charAt(at - 2))));
  const parts: string[] = [];
  let from = at + 1;
  let end = from;
  for (; end < sql.length; end += 1) {
    const char = sql.charAt(end);
    if (char === '\\' && escapes) {
      parts.push(sql.slice(from, end));
      from = end + 1;
      end += 1;
    } else if (char === quote) {
      if (sql.charAt(end + 1) !== quote) break;
      parts.push(sql.slice(from, end + 1));
      from = end + 2;
      end += 1;
    }
  }
  const text = parts.join('') + sql.slice(from, Math.min(end, sql.length));
  return { kind: quote === "'" ? 'string' : 'name', text, end: Math.min(end + 1, sql.length) };
}

/** A dollar-quoted text is usually the body of a function or of DO: code. */
function dollarQuoted(sql: string, at: number, tag: string): Step {
  const close = sql.indexOf(tag, at + tag.length);
  const end = close === -1 ? sql.length : close;
  return { kind: 'code', text: sql.slice(at + tag.length, end), end: Math.min(end + tag.length, sql.length) };
}
