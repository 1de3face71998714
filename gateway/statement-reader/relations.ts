/** The tables that a parsed statement names. Pure functions over the two parsers' trees, which are plain JSON. */

type Tree = Readonly<Record<string, unknown>>;
type Found = (schema: string | undefined, table: string) => void;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function collect(visit: (found: Found) => void): string[] {
  const names = new Set<string>();
  visit((schema, table) => names.add(schema === undefined ? table : `${schema}.${table}`));
  return [...names];
}

/** Of libpg-query's tree: every RangeVar but those that stand for a WITH in whose scope they are. */
export function relationsOfPostgresql(tree: unknown): string[] {
  return collect((found) => visitPostgresql(tree, new Set(), found));
}

function visitPostgresql(node: unknown, defined: ReadonlySet<string>, found: Found): void {
  if (Array.isArray(node)) for (const inner of node) visitPostgresql(inner, defined, found);
  if (!isTree(node)) return;
  const table = textOf(node['relname']);
  const schema = textOf(node['schemaname']);
  if (table !== undefined && 'relpersistence' in node && (schema !== undefined || !defined.has(table)))
    found(schema, table);
  const scope = withScope(node['withClause'], defined, {
    tables: 'ctes',
    nameOf: (cte) => (isTree(cte['CommonTableExpr']) ? textOf(cte['CommonTableExpr']['ctename']) : undefined),
    visit: (inner, names) => visitPostgresql(inner, names, found),
  });
  for (const [key, inner] of Object.entries(node)) if (key !== 'withClause') visitPostgresql(inner, scope, found);
}

interface WithShape {
  readonly tables: string;
  readonly nameOf: (table: Tree) => string | undefined;
  readonly visit: (table: Tree, defined: ReadonlySet<string>) => void;
}

/**
 * Visits the tables a WITH defines, each in its scope, and returns the scope of the statement behind it. Without
 * RECURSIVE a name is not defined inside itself: `WITH t AS (SELECT * FROM t)` reads the real t.
 */
function withScope(clause: unknown, outer: ReadonlySet<string>, shape: WithShape): ReadonlySet<string> {
  if (!isTree(clause)) return outer;
  const tables = listOf(clause[shape.tables]).filter(isTree);
  const names = tables.map(shape.nameOf);
  const all = new Set([...outer, ...names.filter((name) => name !== undefined)]);
  if (clause['recursive'] === true) {
    for (const table of tables) shape.visit(table, all);
    return all;
  }
  const before = new Set(outer);
  for (const [at, table] of tables.entries()) {
    shape.visit(table, new Set(before));
    const name = names[at];
    if (name !== undefined) before.add(name);
  }
  return all;
}

/** Places of sqlparser's tree whose names are of functions and types. */
const OTHER_NAMES = new Set(['Function', 'Custom', 'data_type']);
/** Where it keeps names of tables. Lists of columns have the same shape and stand elsewhere. */
const TABLE_NAMES = /^(name|names|table|tables|table_name|table_names|TableName|Table|into|from_obj|object_name)$/;

/** Of sqlparser's tree: every name of a table but those that stand for a WITH in whose scope they are. */
export function relationsOfOthers(tree: unknown): string[] {
  return collect((found) => visitOthers(tree, { key: '', defined: new Set() }, found));
}

interface Place {
  readonly key: string;
  readonly defined: ReadonlySet<string>;
}

function visitOthers(node: unknown, { key, defined }: Place, found: Found): void {
  if (Array.isArray(node)) {
    const parts = TABLE_NAMES.test(key) ? nameParts(node) : undefined;
    if (parts === undefined) for (const inner of node) visitOthers(inner, { key, defined }, found);
    else if (parts.length > 1 || !defined.has(parts[0] ?? '')) found(parts.at(-2), parts.at(-1) ?? '');
  }
  if (!isTree(node)) return;
  const scope = withScope(node['with'], defined, {
    tables: 'cte_tables',
    nameOf: cteName,
    visit: (inner, names) => visitOthers(inner['query'], { key: 'query', defined: names }, found),
  });
  for (const [inside, inner] of Object.entries(node)) {
    if (inside !== 'with' && !OTHER_NAMES.has(inside)) visitOthers(inner, { key: inside, defined: scope }, found);
  }
}

function cteName(table: Tree): string | undefined {
  const alias = isTree(table['alias']) ? table['alias']['name'] : undefined;
  return isTree(alias) ? textOf(alias['value']) : undefined;
}

/** The parts of an object name, `[{"Identifier":{"value":"crm"}}, …]`; undefined for any other list. */
function nameParts(list: readonly unknown[]): string[] | undefined {
  if (list.length === 0) return undefined;
  const parts: string[] = [];
  for (const part of list) {
    const identifier = isTree(part) ? part['Identifier'] : undefined;
    const value = isTree(identifier) ? textOf(identifier['value']) : undefined;
    if (value === undefined || !isTree(part) || Object.keys(part).length !== 1) return undefined;
    parts.push(value);
  }
  return parts;
}
