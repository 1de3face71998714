/** A dialect-neutral scanner of SQL text into tokens. Never fails: what it cannot close runs to the end. */

export interface Token {
  /** `name` is a quoted identifier or, in MySQL, a string in double quotes; `meta` is a client command line. */
  readonly kind: 'word' | 'name' | 'string' | 'code' | 'number' | 'symbol' | 'meta';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * How a text is read. The dialects disagree about backslashes, nested comments, `#` and `--x`; a text is judged under
 * each reading, so that no dialect's comment hides another dialect's statement.
 */
export type Reading = 'standard' | 'mysql' | 'sqlite';

export const READINGS: readonly Reading[] = ['standard', 'mysql', 'sqlite'];

/** Whether the readings can differ for this text at all. */
export function isAmbiguous(sql: string): boolean {
  return /\\|#|--|\/\*/.test(sql);
}

/** The tokens of `sql`, comments left out, MySQL's conditional comments read as the code they are. */
export function scan(sql: string, reading: Reading): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const token = next(sql, at, reading, isLineStart(sql, at));
    if (token.kind !== 'skip') tokens.push({ kind: token.kind, text: token.text, start: at, end: token.end });
    at = token.end;
  }
  return tokens;
}

interface Step {
  readonly kind: Token['kind'] | 'skip';
  readonly text: string;
  readonly end: number;
}

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d[\w.]*/y;
const DOLLAR = /\$([\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const META = /\\[A-Za-z!?.;][^\n]*|\.[a-z]{2,}[^\n]*/y;

function next(sql: string, at: number, reading: Reading, lineStart: boolean): Step {
  const char = sql.charAt(at);
  if (/\s/.test(char)) return { kind: 'skip', text: '', end: at + 1 };
  const comment = commentEnd(sql, at, reading);
  if (comment !== undefined) return { kind: 'skip', text: '', end: comment };
  if (char === "'" || char === '"' || char === '`') return quoted(sql, at, char, reading);
  if (char === '$') {
    const tag = match(DOLLAR, sql, at);
    if (tag !== undefined) return dollarQuoted(sql, at, tag);
  }
  const meta = char === '\\' || (char === '.' && lineStart) ? match(META, sql, at) : undefined;
  if (meta !== undefined) return metaStep(meta, at);
  const word = match(WORD, sql, at);
  if (word !== undefined) return { kind: 'word', text: word, end: at + word.length };
  const number = match(NUMBER, sql, at);
  if (number !== undefined) return { kind: 'number', text: number, end: at + number.length };
  return { kind: 'symbol', text: char, end: at + 1 };
}

/** `\;` only separates, so what follows it on the line is SQL again. */
function metaStep(meta: string, at: number): Step {
  return meta.startsWith('\\;')
    ? { kind: 'symbol', text: ';', end: at + 2 }
    : { kind: 'meta', text: meta, end: at + meta.length };
}

function match(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

function isLineStart(sql: string, at: number): boolean {
  return /^[ \t]*$/.test(sql.slice(sql.lastIndexOf('\n', at - 1) + 1, at));
}

function commentEnd(sql: string, at: number, reading: Reading): number | undefined {
  const two = sql.slice(at, at + 2);
  const line =
    two === '--'
      ? reading !== 'mysql' || /^--(\s|$)/.test(sql.slice(at, at + 3))
      : reading === 'mysql' && two.startsWith('#');
  if (line) {
    const end = sql.indexOf('\n', at);
    return end === -1 ? sql.length : end;
  }
  // The end of a conditional comment whose content was read as code.
  if (two === '*/') return at + 2;
  if (two !== '/*') return undefined;
  const conditional = /^\/\*M?!\d*/.exec(sql.slice(at, at + 12));
  if (conditional !== null) return at + conditional[0].length;
  return reading === 'standard' ? nestedEnd(sql, at) : endOr(sql.indexOf('*/', at + 2), sql);
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
    (reading === 'mysql' ||
      (quote === "'" && /[eE]$/.test(sql.slice(Math.max(0, at - 1), at)) && !/\w/.test(sql.charAt(at - 2))));
  let text = '';
  let end = at + 1;
  while (end < sql.length) {
    const char = sql.charAt(end);
    if (char === '\\' && escapes) {
      text += sql.charAt(end + 1);
      end += 2;
    } else if (char === quote && sql.charAt(end + 1) === quote) {
      text += quote;
      end += 2;
    } else if (char === quote) break;
    else {
      text += char;
      end += 1;
    }
  }
  return { kind: quote === "'" ? 'string' : 'name', text, end: Math.min(end + 1, sql.length) };
}

/** A dollar-quoted text is usually the body of a function or of DO: code. */
function dollarQuoted(sql: string, at: number, tag: string): Step {
  const close = sql.indexOf(tag, at + tag.length);
  const end = close === -1 ? sql.length : close;
  return { kind: 'code', text: sql.slice(at + tag.length, end), end: Math.min(end + tag.length, sql.length) };
}
