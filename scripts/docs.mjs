/**
 * Writes docs/reference/ from the definitions themselves (`--write`), or checks that it is up to date.
 * Reads the built program, and the sources for the comments of the limits.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { build } from './build.mjs';
import { permissionsText } from './permissions.mjs';
import { ROOT, say, tool } from './steps.mjs';

const REFERENCE = join(ROOT, 'docs', 'reference');

await build();
const dist = (file) => import(new URL(`../dist/${file}`, import.meta.url).href);
const { ERRORS, LIMITS } = await dist('foundation/index.js');
const { AUDIT_EVENTS } = await dist('recorder/index.js');
const { apiDocument } = await dist('web/api/openapi/document.js');
const { ConfigSchema } = await dist('config/index.js');
const policy = await dist('policy/index.js');

// Beside the others it is for people who are not developers.
const PERMISSIONS = join(ROOT, 'docs', 'permissions.md');
const permissions = page('Permissions', 'policy/approval.ts', permissionsText(policy, table));
const PAGES = {
  'errors.md': errors(),
  'audit-events.md': auditEvents(),
  'config.md': config(),
  'limits.md': limits(),
  'api.md': api(),
};

if (process.argv.includes('--write')) {
  mkdirSync(REFERENCE, { recursive: true });
  for (const [name, text] of Object.entries(PAGES)) writeFileSync(join(REFERENCE, name), text);
  writeFileSync(PERMISSIONS, permissions);
} else {
  const stale = Object.entries(PAGES).filter(([name, text]) => read(join(REFERENCE, name)) !== text);
  if (read(PERMISSIONS) !== permissions) {
    say('docs/permissions.md is not what the rules say: run `npm run docs`');
    process.exitCode = 1;
  }
  for (const [name] of stale) say(`docs/reference/${name} is not what the definitions say: run \`npm run docs\``);
  if (stale.length > 0) process.exitCode = 1;
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function page(title, from, text) {
  return formatted(`# ${title}\n\nGenerated from \`${from}\` by \`npm run docs\`; do not edit.\n\n${text.trim()}\n`);
}

/** As the format check wants it, tables aligned. */
function formatted(text) {
  const args = [tool('@biomejs/biome/bin/biome'), 'format', '--stdin-file-path=reference.md'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: ROOT, input: text, encoding: 'utf8' });
  if (status !== 0) throw new Error(`biome cannot format a page: ${stderr}`);
  return stdout;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function errors() {
  const rows = Object.entries(ERRORS).map(([code, { status, meaning }]) => [`\`${code}\``, status, meaning]);
  return page('Errors', 'foundation/errors.ts', table(['Code', 'HTTP status', 'Meaning'], rows));
}

function api() {
  const { paths } = apiDocument(new URL('https://sekisho.example.com/'), 'en');
  const fields = (schema = {}) => Object.keys(schema.properties ?? {}).map((name) => `\`${name}\``);
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary, parameters = [], requestBody }]) => [
      `\`${method.toUpperCase()} ${path}\``,
      summary,
      parameters
        .filter(({ in: place }) => place === 'query')
        .map(({ name }) => `\`${name}\``)
        .join(' ') || '–',
      fields(requestBody?.content['application/json'].schema).join(' ') || '–',
    ]),
  );
  const intro =
    'The whole, with the shapes of answers, is the OpenAPI 3.1 document that a running gateway serves at `/api/openapi.json`, and as a page to read at `/api/reference`. Every call is made with the sign-in of a person. Refusals are `application/problem+json` (RFC 9457) with a code of [errors.md](errors.md).';
  return page(
    'API',
    'web/api/openapi/',
    `${intro}\n\n${table(
      ['Call', 'What it does', 'Query', 'Body'],
      rows.sort(([a], [b]) => (a < b ? -1 : 1)),
    )}`,
  );
}

function auditEvents() {
  const rows = Object.entries(AUDIT_EVENTS).map(([type, schema]) => {
    const { description = '', properties = {} } = z.toJSONSchema(schema, { io: 'input' });
    const body = Object.entries(properties).map(([name, property]) => `\`${name}\` ${typeName(property)}`);
    return [`\`${type}\``, description, body.join('<br>') || '–'];
  });
  const intro =
    'An event is written in the transaction of the act it tells of and never changed. Beside its body each has `seq`, `at`, `type`, and where they apply `actor_id` (none: the gateway itself), `session_id` and `ticket_id`.';
  return page(
    'Audit events',
    'recorder/audit-events.ts',
    `${intro}\n\n${table(['Type', 'What happened', 'Body'], rows)}`,
  );
}

function config() {
  const intro =
    'A JSON file: `sekisho.json` where the command is run, or the one `SEKISHO_CONFIG` names. Unknown keys are refused. The environment wins over the file; an empty variable counts as not set. See `config/example.json`.';
  const rows = keys(z.toJSONSchema(ConfigSchema, { io: 'input' }), '');
  return page('Configuration', 'config/schema.ts', `${intro}\n\n${table(['Key', 'Value', 'Meaning'], rows)}`);
}

function keys({ properties = {} }, above) {
  return Object.entries(properties).flatMap(([name, property]) => [
    [
      `\`${above}${name}\``,
      property.properties === undefined ? typeName(property) : 'section',
      property.description ?? '',
    ],
    ...keys(property, `${above}${name}.`),
  ]);
}

/** A JSON Schema in a few words. */
function typeName(schema) {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(' or ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeName).join(' or ');
  if (schema.type === 'array') return `list of ${typeName(schema.items)}`;
  if (schema.type === 'object') {
    return schema.additionalProperties?.type === undefined && schema.additionalProperties?.enum === undefined
      ? 'object'
      : `object of ${typeName(schema.additionalProperties)}`;
  }
  if (schema.type === 'integer' && schema.minimum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER) {
    return `integer ${schema.minimum}–${schema.maximum}`;
  }
  return schema.format ?? schema.type ?? 'any';
}

/** The value from the program, the words from the comment that stands before it. */
function limits() {
  const source = readFileSync(join(ROOT, 'foundation', 'limits.ts'), 'utf8');
  const comments = new Map(
    [...source.matchAll(/\/\*\*\s+((?:(?!\*\/)[\s\S])+?)\s*\*\/\s+(\w+):/g)].map(([, text, name]) => [
      name,
      text.replaceAll(/\s*\n\s*\* ?/g, ' '),
    ]),
  );
  const rows = Object.entries(LIMITS).map(([name, value]) => {
    if (!comments.has(name)) throw new Error(`foundation/limits.ts: ${name} has no comment`);
    return [`\`${name}\``, value.toLocaleString('en-US'), comments.get(name)];
  });
  return page('Limits', 'foundation/limits.ts', table(['Limit', 'Value', 'Of what'], rows));
}
