import type { ProtectedAsset } from '../model.ts';
import type { Word } from './model.ts';

/**
 * The table assets a dump tool's words reach: those it names, those of a schema it names, or all when it names none.
 * A PostgreSQL dump names a database, which may hold any schema; when unsure every table asset is touched.
 */
export function assetsOfDump(
  kind: 'mysql' | 'postgres' | 'any',
  args: readonly Word[],
  assets: readonly ProtectedAsset[],
): readonly string[] {
  const tables = assets.filter((asset) => asset.kind === 'table').map((asset) => asset.name);
  const names = args.flatMap((word) => namesIn(word.text));
  const named = tables.filter((table) => names.includes(table.toLowerCase()) || names.includes(lastPart(table)));
  if (named.length > 0) return named;
  const ofSchema = tables.filter((table) => names.includes(firstPart(table)));
  if (kind !== 'mysql') return ofSchema.length > 0 ? ofSchema : tables;
  const operands = args.filter((word) => !word.text.startsWith('-'));
  const all =
    operands.length === 0 ||
    args.some((word) => /^(-A|--all-databases|-B|--databases)$/.test(word.text) && ofSchema.length === 0) ||
    args.some((word) => !word.exact);
  if (all) return tables;
  // `mysqldump crm orders` names the schema and one other table of it.
  const onlyOthers = operands.length > 1 && !args.some((word) => /^(-B|--databases)/.test(word.text));
  return onlyOthers &&
    operands.slice(1).every((word) => /^[\w$]+$/.test(word.text)) &&
    firstIsSchema(operands, ofSchema)
    ? []
    : ofSchema;
}

function firstIsSchema(operands: readonly Word[], ofSchema: readonly string[]): boolean {
  const first = operands[0]?.text.toLowerCase();
  return ofSchema.some((table) => firstPart(table) === first);
}

function namesIn(text: string): string[] {
  const value = text.startsWith('-') ? text.replace(/^--?[\w-]*=|^-[a-zA-Z]/, '') : text;
  return [value.toLowerCase(), ...value.toLowerCase().split(/["'`\s,=/:@?*]+/)].filter((name) => name !== '');
}

function firstPart(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('.'))).toLowerCase();
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}
