import type { Found } from '../command/model.ts';
import { digestOfText } from '../digest.ts';
import type { Finding, Judgement, TargetPolicy } from '../model.ts';
import { guards, verdictOf, objectsOf } from '../verdict.ts';
import type { Client } from './client-lines.ts';
import { readClientLine } from './client-commands.ts';
import { exportsOf } from './exports.ts';
import { folded, hiddenNames, runsText } from './hidden.ts';
import { readingsOf, STANDARD } from './readings.ts';
import { printsRows, tablesNamed } from './reads.ts';
import { scan, type Token } from './scan.ts';

const NESTED_MAX = 8;

/**
 * Judges SQL text: which statements write rows out, hand control away or print rows of a protected table. Pure, total.
 *
 * The dialect is not known, so each dialect's reading is judged and the strictest holds. Spans are those of `sql`.
 */
export function judgeStatement(sql: string, policy: TargetPolicy): Judgement {
  const found = findInStatement(sql, policy);
  const statements = split(scan(sql, STANDARD));
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
export function findInStatement(sql: string, policy: TargetPolicy): readonly Found[] {
  return findNested(sql, { policy, nested: 0, known: new Map() });
}

/** The protected tables whose names stand anywhere in `sql`, under any reading, whatever is done with them. */
export function tablesInStatement(sql: string, policy: TargetPolicy): readonly string[] {
  return [...new Set(readingsOf(sql).flatMap((reading) => tablesNamed(folded(scan(sql, reading)), policy.assets)))];
}

interface Depth {
  readonly policy: TargetPolicy;
  readonly nested: number;
  /** What was found in texts inside the text: each reading comes to the same ones, and would multiply the work. */
  readonly known: Map<string, readonly Found[]>;
}

interface Bench extends Depth {
  readonly sql: string;
  readonly client: Client;
}

function findNested(sql: string, depth: Depth): readonly Found[] {
  const found = readingsOf(sql).flatMap((reading) =>
    split(scan(sql, reading)).flatMap((tokens) => {
      return judgeTokens(folded(tokens), { ...depth, sql, client: reading.client });
    }),
  );
  return unique(found);
}

function canonical(token: Token): string {
  return token.kind === 'word' ? token.text.toLowerCase() : `${token.kind}:${token.text}`;
}

/** psql's commands that run or forget the statement before them; behind the others it goes on. */
const ENDS = /^\\(g|gx|gexec|gset|gdesc|crosstabview|watch|r|reset)(?![a-z])/;

function split(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  const commands: Token[][] = [];
  for (const token of tokens) {
    const isCommand = token.kind === 'meta' && !/^\\copy$/i.test(token.text);
    if (token.kind === 'symbol' && token.text === ';') statements.push([]);
    else if (!isCommand) statements.at(-1)?.push(token);
    else if (ENDS.test(token.text)) {
      statements.at(-1)?.push(token);
      statements.push([]);
    } else commands.push([token]);
  }
  return [...statements, ...commands].filter((statement) => statement.length > 0);
}

function judgeTokens(tokens: readonly Token[], bench: Bench): Found[] {
  const assets = tablesNamed(tokens, bench.policy.assets);
  const found: Found[] = exportsOf(tokens, bench.client).map((hit) => ({
    verdict: hit.verdict,
    finding: finding(hit.id, hit.class, hit.token, assets),
  }));
  const statement = tokens.filter(({ kind }) => kind !== 'meta');
  const [first] = statement;
  if (first !== undefined && assets.length > 0 && found.length === 0 && printsRows(statement)) {
    found.push({ verdict: 'needs_ticket', finding: finding('sql.read', 'bulk_read', first, assets) });
  }
  return [...found, ...ofLine(tokens, bench), ...hiddenIn(tokens, bench.client), ...inside(tokens, bench)];
}

function finding(rule: string, name: Finding['class'], token: Token, assets: readonly string[]): Finding {
  return { rule, class: name, span: [token.start, token.end], subject: token.text.slice(0, 200), assets };
}

/** Lines that no SQL begins like, which clients take as their own. */
function ofLine([first]: readonly Token[], { sql }: Bench): Found[] {
  if (first?.kind !== 'symbol' || !/^[!:@]$/.test(first.text)) return [];
  const end = sql.indexOf('\n', first.start);
  const does = readClientLine(sql.slice(first.start, end === -1 ? sql.length : end).trimEnd());
  return does === undefined ? [] : [{ verdict: does.verdict, finding: finding(does.rule, does.class, first, []) }];
}

function hiddenIn(tokens: readonly Token[], client: Client): Found[] {
  return hiddenNames(tokens, client).map(({ token, verdict }) => ({
    verdict,
    finding: finding('sql.built-at-run-time', 'dynamic', token, []),
  }));
}

/** Code inside a statement: bodies in dollar quotes, and strings given to EXECUTE, PREPARE or their like. */
function inside(tokens: readonly Token[], bench: Bench): Found[] {
  const runs = runsText(tokens);
  return tokens.flatMap((token) => {
    const code =
      token.kind === 'code' || (runs && (token.kind === 'string' || token.kind === 'name') && /\s/.test(token.text));
    if (!code) return [];
    return findInside(token, bench).map((inner) => ({
      ...inner,
      finding: { ...inner.finding, span: [token.start, token.end] as const },
    }));
  });
}

function findInside(token: Token, { policy, nested, known }: Bench): readonly Found[] {
  // Nobody writes so by accident, and what is deeper was read by nobody.
  if (nested >= NESTED_MAX) return [{ verdict: 'deny', finding: finding('gate.unreadable', 'unreadable', token, []) }];
  const key = `${nested} ${token.text}`;
  const found = known.get(key) ?? findNested(token.text, { policy, nested: nested + 1, known });
  known.set(key, found);
  return found;
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
