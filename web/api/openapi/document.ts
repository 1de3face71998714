/** The description of the API (OpenAPI 3.1.0), made of the schemas that the routes read and answer with. */
import { z } from 'zod';
import { ERRORS } from '../../../foundation/index.ts';
import type { Operation, Operations } from './operation.ts';
import { ESTATE_OPERATIONS } from './operations-estate.ts';
import { PEOPLE_OPERATIONS } from './operations-people.ts';
import { SESSION_OPERATIONS } from './operations-sessions.ts';
import { TICKET_OPERATIONS } from './operations-tickets.ts';

export const OPERATIONS: Operations = {
  ...TICKET_OPERATIONS,
  ...SESSION_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  ...ESTATE_OPERATIONS,
  'GET /openapi.json': { says: ['This description.', 'この記述を返します。'], answer: z.looseObject({}) },
  'GET /reference': { says: ['It as a page to read.', '読むためのページを返します。'], media: 'text/html' },
};

type Json = Readonly<Record<string, unknown>>;
type Locale = 'en' | 'ja';

/** Problem details (RFC 9457); `error` says the same for clients from before them. */
const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(ERRORS)),
  reference: z.string().optional(),
});

/** Changes with what clients must change for: additions are none. */
const API_VERSION = '1.0.0';

export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Json; readonly responses: Json; readonly securitySchemes: Json };
  readonly servers: readonly Json[];
  readonly security: readonly Json[];
}

const WORDS = {
  en: { title: 'Sekisho API', problem: 'Refused, or failed.' },
  ja: { title: 'Sekisho API', problem: '拒否または失敗。' },
} as const;

/** @param publicUrl where the API is reached. */
export function apiDocument(publicUrl: URL, locale: Locale): ApiDocument {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, Record<string, Json>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = route.split(' ');
    const known = (paths[`/api${templateOf(path)}`] ??= {});
    known[method.toLowerCase()] = operationOf(operation, { method, path, schemas, locale });
  }
  schemas['Problem'] = hoisted(z.toJSONSchema(Problem), schemas);
  return {
    openapi: '3.1.0',
    info: { title: WORDS[locale].title, version: API_VERSION },
    servers: [{ url: publicUrl.origin }],
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'sekisho' },
        // Of `sekisho login`; not every call takes it, and those that do not answer with console_only.
        token: { type: 'http', scheme: 'bearer' },
      },
      responses: {
        Problem: { description: WORDS[locale].problem, content: content('application/problem+json', ref('Problem')) },
      },
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

interface Place {
  readonly method: string;
  readonly path: string;
  readonly schemas: Record<string, unknown>;
  readonly locale: Locale;
}

function operationOf(operation: Operation, { method, path, schemas, locale }: Place): Json {
  const { says, query, body, answer, media, open } = operation;
  const status = operation.status ?? (answer === undefined && media === undefined ? 204 : 200);
  const shape = (schema: z.ZodType, io: 'input' | 'output') => hoisted(jsonSchema(schema, io), schemas);
  const answered =
    media !== undefined
      ? content(media, { type: 'string' })
      : answer && content('application/json', shape(answer, 'output'));
  const given = { ...pathParameters(operation, path), ...(query === undefined ? {} : queryParameters(query)) };
  return {
    operationId: nameOf(method, path),
    tags: [path.split('/')[1]?.split('.')[0] ?? ''],
    summary: says[locale === 'en' ? 0 : 1],
    ...(open === true ? { security: [] } : {}),
    ...(Object.keys(given).length === 0 ? {} : { parameters: Object.values(given) }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: content('application/json', shape(body, 'input')) } }),
    responses: {
      [status]: {
        description: says[locale === 'en' ? 0 : 1],
        ...(answered === undefined ? {} : { content: answered }),
      },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

/** As the request or the answer has it on the wire. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  return z.toJSONSchema(schema, {
    ...{ io, unrepresentable: 'any', target: 'draft-2020-12' },
    // An answer may have more than is said: what is added later breaks no client.
    override: ({ jsonSchema: made }) => {
      if (io === 'output' && made.additionalProperties === false) delete made.additionalProperties;
    },
  });
}

/** Puts the named parts beside the others of the document, and leaves a reference to each. */
function hoisted(schema: Json, schemas: Record<string, unknown>): Json {
  const { $defs = {}, $schema: _, ...rest } = schema;
  for (const [name, part] of Object.entries(z.record(z.string(), z.unknown()).parse($defs)))
    schemas[name] = moved(part);
  const root = z.looseObject({}).parse(moved(rest));
  const { id, ...own } = root;
  if (typeof id !== 'string') return root;
  schemas[id] = own;
  return ref(id);
}

/** The same with every reference pointing to where the named parts went. */
function moved(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(moved);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : moved(value),
    ]),
  );
}

function pathParameters({ params }: Operation, path: string): Record<string, Json> {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const shapes = params === undefined ? {} : propertiesOf(params);
  return Object.fromEntries(
    names.map((name) => [
      `path ${name}`,
      { name, in: 'path', required: true, schema: shapes[name] ?? { type: 'string' } },
    ]),
  );
}

function queryParameters(query: z.ZodType): Record<string, Json> {
  const required = z.array(z.string()).catch([]).parse(jsonSchema(query, 'input')['required']);
  return Object.fromEntries(
    Object.entries(propertiesOf(query)).map(([name, schema]) => [
      `query ${name}`,
      { name, in: 'query', required: required.includes(name), schema },
    ]),
  );
}

function propertiesOf(schema: z.ZodType): Readonly<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).catch({}).parse(jsonSchema(schema, 'input')['properties']);
}

/** `/tickets/:id` as a URI template (RFC 6570). */
function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function nameOf(method: string, path: string): string {
  const words = path.split(/[/.:-]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const content = (media: string, schema: Json): Json => ({ [media]: { schema } });
