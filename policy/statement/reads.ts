/** Whether a statement prints rows of a protected table. */
import type { ProtectedAsset } from '../model.ts';
import { wordAt } from './exports.ts';
import type { Token } from './scan.ts';

/** Rows that may be looked at without a ticket: a look at one case, not a list. See docs/gate.md for what that leaves open. */
const FREE_ROWS_MAX = 10;

/** Statements that name a table and print none of its rows, unless they carry a SELECT or RETURNING. */
const SILENT =
  /^(INSERT|UPDATE|DELETE|MERGE|REPLACE|CREATE|ALTER|DROP|TRUNCATE|ANALYZE|VACUUM|REINDEX|CLUSTER|REFRESH|GRANT|REVOKE|COMMENT|LOCK|UNLOCK|SHOW|DESCRIBE|DESC|EXPLAIN|CHECK|OPTIMIZE|REPAIR|CHECKSUM|SET|USE|BEGIN|START|COMMIT|ROLLBACK|LOAD|IMPORT|RESET|SECURITY|NOTIFY|LISTEN|DISCARD|SAVEPOINT|RELEASE|FLUSH|KILL|PRAGMA|RENAME|COPY|END)$/;

const AGGREGATES =
  /^(count|sum|avg|min|max|stddev|stddev_pop|stddev_samp|variance|var_pop|var_samp|bool_and|bool_or|every|count_big|approx_count_distinct)$/i;

/** The protected tables a statement names, by `schema.table` or by the bare table name in any quoting. */
export function tablesNamed(tokens: readonly Token[], assets: readonly ProtectedAsset[]): readonly string[] {
  const names = tokens
    .filter((token) => token.kind === 'word' || token.kind === 'name')
    .map((token) => token.text.toLowerCase());
  return assets
    .filter((asset) => {
      if (asset.kind !== 'table') return false;
      const table = lastPart(asset.name);
      return table === '*'
        ? names.includes(firstPart(asset.name))
        : names.some((name) => name === table || name.endsWith(`.${table}`));
    })
    .map((asset) => asset.name);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

function firstPart(name: string): string {
  return name.slice(0, name.indexOf('.')).toLowerCase();
}

/** Whether rows of a named table come out, or move to where the name no longer protects them. */
export function printsRows(tokens: readonly Token[]): boolean {
  const words = tokens.map((_, at) => wordAt(tokens, at));
  const first = words.find((word) => word !== '') ?? '';
  if (first === 'EXPLAIN' || first === 'DESCRIBE' || first === 'DESC') return false;
  // A renamed or re-homed table is out of the policy's sight.
  if ((first === 'ALTER' || first === 'RENAME') && words.some((word) => word === 'RENAME' || word === 'EXCHANGE'))
    return true;
  if (words.includes('RETURNING') || words.includes('OUTPUT')) return true;
  const selects = words.includes('SELECT') || (words.includes('TABLE') && first === 'TABLE');
  if (SILENT.test(first) && !words.includes('SELECT')) return movesTable(first, words);
  if (!selects) return !SILENT.test(first);
  return !(first === 'SELECT' && (onlyAggregates(tokens, words) || fewRows(tokens, words)));
}

/** `CREATE TABLE a (LIKE b)` copies no row; `CREATE TABLE a TABLE b` and `CREATE SYNONYM` do or point at them. */
function movesTable(first: string, words: readonly string[]): boolean {
  return first === 'CREATE' && (words.includes('SYNONYM') || words.includes('CLONE') || words.lastIndexOf('TABLE') > 2);
}

/** The select list is aggregates alone: one row of figures. */
function onlyAggregates(tokens: readonly Token[], words: readonly string[]): boolean {
  let depth = 0;
  let expectCall = true;
  for (const [at, token] of tokens.entries()) {
    const word = words[at] ?? '';
    if (at === 0) continue;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && /^(UNION|INTERSECT|EXCEPT|GROUP|INTO|OVER|WINDOW|MINUS)$/.test(word)) return false;
    if (depth === 0 && word === 'FROM') return !expectCall && !hasLater(words, at);
    if (depth === 0 && token.text === ',') expectCall = true;
    else if (depth === 0 && expectCall) {
      if (!AGGREGATES.test(token.text) || tokens[at + 1]?.text !== '(') return false;
      expectCall = false;
    } else if (depth > 0 && word === 'SELECT') return false;
    if (token.text === '(') depth += 1;
  }
  return false;
}

function hasLater(words: readonly string[], from: number): boolean {
  return words.slice(from).some((word) => /^(UNION|INTERSECT|EXCEPT|GROUP|INTO|MINUS|HAVING)$/.test(word));
}

/** `LIMIT 5` of plain columns. Any call or set operation could put all rows into a few. */
function fewRows(tokens: readonly Token[], words: readonly string[]): boolean {
  const at = words.lastIndexOf('LIMIT');
  const count = Number(tokens[at + 1]?.text);
  if (at === -1 || !Number.isInteger(count) || count > FREE_ROWS_MAX) return false;
  if (tokens.slice(at + 2).some((token) => token.text !== ';')) return false;
  return !tokens.some((token) => token.text === '(') && !words.some((word) => /^(UNION|INTO|OFFSET|FETCH)$/.test(word));
}
