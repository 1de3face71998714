/** Whether a statement prints rows of a protected table. */
import type { ProtectedAsset } from '../model.ts';
import { wordAt } from './exports.ts';
import { runsText } from './hidden.ts';
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
  const names = namesOf(tokens);
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

/** Functions that take the name of a relation as a string. */
const BY_STRING = /^(identifier|table|regclass|to_regclass|object_id|resultset)$/i;

/** Everything that could be the name of a table, in lower case. */
function namesOf(tokens: readonly Token[]): readonly string[] {
  const runs = runsText(tokens);
  return tokens.flatMap((token, at) => {
    switch (token.kind) {
      case 'word':
      case 'name':
        return [token.text.toLowerCase()];
      case 'meta':
        return token.text.toLowerCase().split(/[^\p{L}\p{N}_$]+/u);
      case 'string':
        return runs || namesRelation(tokens, at) ? [token.text.toLowerCase().replace(/["`[\]]/g, '')] : [];
      case 'code':
      case 'number':
      case 'symbol':
        return [];
    }
  });
}

/** `'members'::regclass`, `IDENTIFIER('members')`; SQLite takes a string for a name wherever a name must stand. */
function namesRelation(tokens: readonly Token[], at: number): boolean {
  if (tokens[at - 1]?.text === '.' || /^(FROM|JOIN|INTO|UPDATE|TABLE)$/.test(wordAt(tokens, at - 1))) return true;
  const cast = tokens[at + 1]?.text === ':' ? tokens[at + 3]?.text : undefined;
  const called = tokens[at - 1]?.text === '(' ? tokens[at - 2]?.text : undefined;
  return BY_STRING.test(cast ?? '') || BY_STRING.test(called ?? '');
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

function firstPart(name: string): string {
  return name.slice(0, name.indexOf('.')).toLowerCase();
}

/** They tell how a statement would run, or what a table looks like; EXPLAIN ANALYZE runs it and still shows no row. */
const DESCRIBES = new Set(['EXPLAIN', 'DESCRIBE', 'DESC']);

/** Whether rows of a named table come out, or move to where the name no longer protects them. */
export function printsRows(tokens: readonly Token[]): boolean {
  const words = tokens.map((_, at) => wordAt(tokens, at));
  const first = words.find((word) => word !== '') ?? '';
  if (DESCRIBES.has(first)) return false;
  // A renamed or re-homed table is out of the policy's sight.
  if (/^(ALTER|RENAME)$/.test(first) && words.some((word) => /^(RENAME|EXCHANGE)$/.test(word))) return true;
  if (words.some((word) => word === 'RETURNING' || word === 'OUTPUT')) return true;
  if (words.some((word) => /^(PERFORM|FETCH|RAISE|LOOP|FOREACH)$/.test(word))) return true;
  if (!words.includes('SELECT')) return SILENT.test(first) ? movesTable(first, words) : true;
  return first !== 'SELECT' || !(onlyAggregates(tokens, words) || fewRows(tokens, words));
}

/** `CREATE TABLE a (LIKE b)` copies no row; `CREATE TABLE a TABLE b` and `CREATE SYNONYM` do or point at them. */
function movesTable(first: string, words: readonly string[]): boolean {
  return first === 'CREATE' && (words.includes('SYNONYM') || words.includes('CLONE') || words.lastIndexOf('TABLE') > 2);
}

const ENDS_AGGREGATION = /^(UNION|INTERSECT|EXCEPT|MINUS|GROUP|HAVING|INTO|OVER|WINDOW)$/;

/** The select list is aggregates alone, with no GROUP BY: one row of figures. */
function onlyAggregates(tokens: readonly Token[], words: readonly string[]): boolean {
  if (words.some((word) => ENDS_AGGREGATION.test(word))) return false;
  const items = selectItems(tokens, words);
  return items.length > 0 && items.every(isAggregate);
}

/** The items of the outermost select list, split at its commas. */
function selectItems(tokens: readonly Token[], words: readonly string[]): readonly (readonly Token[])[] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (at === 0) continue;
    if (depth === 0 && words[at] === 'FROM') return items;
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    if (depth === 0 && token.text === ',') items.push([]);
    else items.at(-1)?.push(token);
  }
  return [];
}

/** `count(*)`, `sum(x) AS total`: one call, nothing before it, no subquery in it. */
function isAggregate(item: readonly Token[]): boolean {
  const [name, open] = item;
  if (name === undefined || !AGGREGATES.test(name.text) || open?.text !== '(') return false;
  return item.every((token) => token.kind !== 'word' || token.text.toUpperCase() !== 'SELECT');
}

/** `LIMIT 5` of plain columns. Any call or set operation could put all rows into a few. */
function fewRows(tokens: readonly Token[], words: readonly string[]): boolean {
  const at = words.lastIndexOf('LIMIT');
  const count = Number(tokens[at + 1]?.text);
  if (at === -1 || !Number.isInteger(count) || count > FREE_ROWS_MAX) return false;
  if (tokens.slice(at + 2).some((token) => token.text !== ';')) return false;
  return !tokens.some((token) => token.text === '(') && !words.some((word) => /^(UNION|INTO|OFFSET|FETCH)$/.test(word));
}
