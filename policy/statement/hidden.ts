/** Names and statements that cannot be read off the text, because they are put together only while it runs. */
import type { Client } from './client-lines.ts';
import { wordAt } from './exports.ts';
import type { Token } from './scan.ts';

export interface Hidden {
  readonly token: Token;
  /** `deny` where nothing but hiding explains the writing. */
  readonly verdict: 'deny' | 'ask';
}

const RUNS = /^(EXEC|EXECUTE|PREPARE|SP_EXECUTESQL|DBMS_SQL|QUERY|DO)$/;

/** Whether a string in this statement may itself be run as one. */
export function runsText(tokens: readonly Token[]): boolean {
  return tokens.some((_, at) => RUNS.test(wordAt(tokens, at)));
}

export function hiddenNames(tokens: readonly Token[], client: Client): readonly Hidden[] {
  return tokens.flatMap((token, at): Hidden[] => {
    if (isEscapedName(tokens, at)) return [{ token, verdict: 'deny' }];
    const built = isImmediate(tokens, at) || isPrepared(tokens, at) || isBuiltCollection(tokens, at);
    return built || isSubstituted(tokens, at, client) ? [{ token, verdict: 'ask' }] : [];
  });
}

/** `U&"\\0063rm"` (SQL:2003): a name in code points. */
function isEscapedName(tokens: readonly Token[], at: number): boolean {
  const word = tokens[at];
  return (
    word?.kind === 'word' && /^u$/i.test(word.text) && tokens[at + 1]?.text === '&' && tokens[at + 2]?.kind === 'name'
  );
}

/** `EXECUTE IMMEDIATE v`, `EXEC(@v)`, `EXEC sp_executesql @v`. */
function isImmediate(tokens: readonly Token[], at: number): boolean {
  if (wordAt(tokens, at) === 'EXECUTE' && wordAt(tokens, at + 1) === 'IMMEDIATE')
    return tokens[at + 2]?.kind !== 'string';
  const runs = /^EXEC(UTE)?$/.test(wordAt(tokens, at));
  if (runs && tokens[at + 1]?.text === '(') return tokens[at + 2]?.text === '@';
  return wordAt(tokens, at) === 'SP_EXECUTESQL' && tokens[at + 1]?.text === '@';
}

/**
 * `'sel' || 'ect'` and `'sel' + 'ect'` as the one string they are: a name may be cut anywhere. What is put together from
 * variables stays unread, as it does in every function of the server.
 */
export function folded(tokens: readonly Token[]): readonly Token[] {
  if (!tokens.some(({ kind }) => kind === 'string')) return tokens;
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    const last = out.at(-1);
    const width = joinsAt(tokens, at);
    const next = tokens[at + width];
    if (width > 0 && last?.kind === 'string' && next?.kind === 'string') {
      out[out.length - 1] = { ...last, text: last.text + next.text, end: next.end };
      at += width;
    } else out.push(token);
  }
  return out;
}

/** How many tokens an operator that joins strings has here: `||` is two. */
function joinsAt(tokens: readonly Token[], at: number): number {
  const token = tokens[at];
  if (token?.kind !== 'symbol') return 0;
  if (token.text === '+') return 1;
  return token.text === '|' && tokens[at + 1]?.text === '|' ? 2 : 0;
}

/** `db[name]` and `db.getCollection("a" + b)` of MongoDB's shell: which collection is known only while it runs. */
function isBuiltCollection(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  const [opens, name, closes] = tokens.slice(at + 1, at + 4);
  if (token?.kind !== 'word' || !/^(db|getCollection|getSiblingDB)$/.test(token.text)) return false;
  if (opens?.text !== (token.text === 'db' ? '[' : '(')) return false;
  const isPlain = /^(string|name)$/.test(name?.kind ?? '') && closes?.text === (token.text === 'db' ? ']' : ')');
  return !isPlain;
}

/** `PREPARE s FROM @v`. */
function isPrepared(tokens: readonly Token[], at: number): boolean {
  return at === 0 && wordAt(tokens, 0) === 'PREPARE' && wordAt(tokens, 2) === 'FROM' && tokens[3]?.kind === 'symbol';
}

/** `FROM :t` of psql and `FROM &t` of sqlplus: the client puts a name there before anybody parses it. */
function isSubstituted(tokens: readonly Token[], at: number, client: Client): boolean {
  if (!/^(FROM|JOIN|INTO|TABLE|UPDATE|COPY)$/.test(wordAt(tokens, at))) return false;
  const [sign, name] = [tokens[at + 1], tokens[at + 2]];
  const touches = sign !== undefined && sign.end === name?.start;
  return (
    touches && sign.text === (client === 'sqlplus' ? '&' : ':') && name.kind !== 'symbol' && name.kind !== 'number'
  );
}
