import type { Found } from '../command/model.ts';
import { digestOfText } from '../digest.ts';
import type { Finding, Judgement, TargetPolicy } from '../model.ts';
import { guards, verdictOf, objectsOf } from '../verdict.ts';
import { exportsOf, wordAt } from './exports.ts';
import { printsRows, tablesNamed } from './reads.ts';
import { isAmbiguous, READINGS, type Reading, scan, type Token } from './scan.ts';

const NESTED_MAX = 8;

/**
 * Judges SQL text: which statements write rows out, hand control away or print rows of a protected table. Pure, total.
 *
 * The dialect is not known, so each dialect's reading is judged and the strictest holds. Spans are those of `sql`.
 */
export function judgeStatement(sql: string, policy: TargetPolicy): Judgement {
  const found = findInStatement(sql, policy);
  const statements = split(scan(sql, 'standard'));
  return {
    verdict: guards(policy) ? verdictOf(found) : 'allow',
    findings: found.map(({ finding }) => finding),
    commands: statements.map((tokens) => tokens.map((token) => token.text)),
    objects: objectsOf(found.map(({ finding }) => finding)),
    copies: [],
    digest: digestOfText(
      'sql',
      statements.flatMap((tokens) => [...tokens.map(canonical), ';']),
    ),
  };
}

/** What `judgeStatement` finds, with each finding's own verdict: for a shell command that carries SQL. */
export function findInStatement(sql: string, policy: TargetPolicy, nested = 0): readonly Found[] {
  const readings: readonly Reading[] = isAmbiguous(sql) ? READINGS : ['standard'];
  const found = readings.flatMap((reading) =>
    split(scan(sql, reading)).flatMap((tokens) => judgeTokens(tokens, policy, nested)),
  );
  return unique(found);
}

function canonical(token: Token): string {
  return token.kind === 'word' ? token.text.toLowerCase() : `${token.kind}:${token.text}`;
}

function split(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    // A client command ends with its line, except that `\copy (` may go on.
    if (token.kind === 'meta' && !/^\\(copy|g)/i.test(token.text)) statements.push([token], []);
    else if (token.kind === 'symbol' && token.text === ';') statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}

function judgeTokens(tokens: readonly Token[], policy: TargetPolicy, nested: number): Found[] {
  const assets = tablesNamed(tokens, policy.assets);
  const found: Found[] = exportsOf(tokens).map((hit) => ({
    verdict: hit.verdict,
    finding: finding(hit.id, hit.class, hit.token, assets),
  }));
  const [first] = tokens;
  if (first !== undefined && assets.length > 0 && found.length === 0 && printsRows(tokens)) {
    found.push({ verdict: 'needs_ticket', finding: finding('sql.read', 'bulk_read', first, assets) });
  }
  return [...found, ...hidden(tokens), ...inside(tokens, policy, nested)];
}

function finding(rule: string, name: Finding['class'], token: Token, assets: readonly string[]): Finding {
  return { rule, class: name, span: [token.start, token.end], subject: token.text.slice(0, 200), assets };
}

/** Names that cannot be read off the text: `U&"\0063rm"`, and a statement built from a variable. */
function hidden(tokens: readonly Token[]): Found[] {
  return tokens.flatMap((token, at): Found[] => {
    const escapedName = /^u$/i.test(token.text) && tokens[at + 1]?.text === '&' && tokens[at + 2]?.kind === 'name';
    const immediate =
      /^EXECUTE$/.test(wordAt(tokens, at)) &&
      wordAt(tokens, at + 1) === 'IMMEDIATE' &&
      tokens[at + 2]?.kind !== 'string';
    const prepared =
      at === 0 && wordAt(tokens, 0) === 'PREPARE' && wordAt(tokens, 2) === 'FROM' && tokens[3]?.kind === 'symbol';
    if (!escapedName && !immediate && !prepared) return [];
    return [{ verdict: 'deny', finding: finding('sql.built-at-run-time', 'dynamic', token, []) }];
  });
}

/** Code inside a statement: bodies in dollar quotes, and strings given to EXECUTE, PREPARE or their like. */
function inside(tokens: readonly Token[], policy: TargetPolicy, nested: number): Found[] {
  if (nested >= NESTED_MAX) return [];
  const runs = tokens.some((_, at) =>
    /^(EXEC|EXECUTE|PREPARE|SP_EXECUTESQL|DBMS_SQL|QUERY|DO)$/.test(wordAt(tokens, at)),
  );
  return tokens.flatMap((token) => {
    const code =
      token.kind === 'code' || (runs && (token.kind === 'string' || token.kind === 'name') && /\s/.test(token.text));
    if (!code) return [];
    return findInStatement(token.text, policy, nested + 1).map((inner) => ({
      ...inner,
      finding: { ...inner.finding, span: [token.start, token.end] as const },
    }));
  });
}

function unique(found: readonly Found[]): Found[] {
  const seen = new Set<string>();
  return found.filter(({ verdict, finding: { rule, span, assets } }) => {
    const key = JSON.stringify([verdict, rule, span, assets]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
