/** The description of the API as a page to read: no script, nothing fetched. */
import { z } from 'zod';
import { ERRORS } from '../../../foundation/index.ts';
import type { ApiDocument } from './document.ts';

const TEXTS = {
  en: {
    title: 'Sekisho API',
    intro:
      'Every call is made with the sign-in of a person, and may do what that person may do. Answers are JSON; refusals are application/problem+json (RFC 9457) with a code that stays the same.',
    raw: 'OpenAPI 3.1 document',
    other: '日本語',
    ...{ given: 'Parameters', body: 'Body', answer: 'Answer', parts: 'Parts', errors: 'Error codes' },
    ...{ name: 'Name', kind: 'Type', required: 'required', status: 'HTTP status', meaning: 'Meaning' },
  },
  ja: {
    title: 'Sekisho API',
    intro:
      'すべての呼び出しは利用者のサインインで行い、その利用者に許された操作だけが可能です。応答は JSON、拒否は application/problem+json（RFC 9457）で、変わらないコードが付きます。',
    raw: 'OpenAPI 3.1 文書',
    other: 'English',
    ...{ given: 'パラメーター', body: '本文', answer: '応答', parts: '部品', errors: 'エラーコード' },
    ...{ name: '名前', kind: '型', required: '必須', status: 'HTTP ステータス', meaning: '意味' },
  },
} as const;
type Locale = keyof typeof TEXTS;
type Texts = (typeof TEXTS)[Locale];

const STYLE = `body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color-scheme:light dark}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
summary{cursor:pointer;padding:.25rem 0}
table{border-collapse:collapse;margin:.5rem 0 1rem;width:100%}
th,td{border-bottom:1px solid #8886;padding:.25rem .5rem;text-align:left;vertical-align:top}
h2{margin-top:2rem}h4{margin:.75rem 0 0}`;

/** What is shown of a schema (JSON Schema 2020-12). */
const Shape = z.looseObject({
  $ref: z.string().optional(),
  type: z.unknown().optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});
const Content = z.record(z.string(), z.object({ schema: z.unknown().optional() }));
const Shown = z.looseObject({
  summary: z.string(),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean(), schema: z.unknown().optional() }))
    .default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content.optional() })),
});

export function apiPage(document: ApiDocument, locale: Locale): string {
  const texts = TEXTS[locale];
  const other = locale === 'en' ? 'ja' : 'en';
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ path }) => path.split('/')[2]?.split('.')[0] ?? ''))].sort();
  const sections = tags.map((tag) => {
    const own = operations.filter(({ path }) => path.split('/')[2]?.split('.')[0] === tag);
    return `<h2 id="${html(tag)}">${html(tag)}</h2>${own.map((one) => operationHtml(one, texts)).join('')}`;
  });
  const parts = Object.entries(document.components.schemas).map(
    ([name, schema]) => `<h4 id="part-${html(name)}"><code>${html(name)}</code></h4>${schemaHtml(schema, texts)}`,
  );
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${texts.title}</title><style>${STYLE}</style></head><body><main><h1>${texts.title}</h1><p>${html(texts.intro)}</p>
<p><a href="/api/openapi.json?lang=${locale}">${texts.raw}</a> · <a href="?lang=${other}" lang="${other}">${texts.other}</a></p>
<nav>${tags.map((tag) => `<a href="#${html(tag)}">${html(tag)}</a>`).join(' · ')}</nav>
${sections.join('\n')}<h2>${texts.parts}</h2>${parts.join('\n')}${errorsHtml(texts)}</main></body></html>`;
}

function operationHtml(
  { path, method, operation }: { readonly path: string; readonly method: string; readonly operation: unknown },
  texts: Texts,
): string {
  const { summary, parameters, requestBody, responses } = Shown.parse(operation);
  const given = parameters.map(({ name, in: place, required, schema }) => [
    `<code>${html(name)}</code> (${place})${required ? ` ${texts.required}` : ''}`,
    typeOf(schema),
  ]);
  const answers = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).map(
      ([media, { schema }]) => `<h4>${texts.answer} ${status}, ${media}</h4>${schemaHtml(schema, texts)}`,
    ),
  );
  const bodies = Object.values(requestBody?.content ?? {}).map(({ schema }) => schemaHtml(schema, texts));
  return `<details><summary><code>${method.toUpperCase()} ${html(path)}</code> ${html(summary)}</summary>${
    given.length === 0 ? '' : `<h4>${texts.given}</h4>${table([texts.name, texts.kind], given)}`
  }${bodies.length === 0 ? '' : `<h4>${texts.body}</h4>${bodies.join('')}`}${answers.join('')}</details>`;
}

function schemaHtml(schema: unknown, texts: Texts): string {
  const { properties, required = [] } = shapeOf(schema);
  if (properties === undefined) return `<p>${typeOf(schema)}</p>`;
  const rows = Object.entries(properties).map(([name, part]) => [
    `<code>${html(name)}</code>${required.includes(name) ? ` ${texts.required}` : ''}`,
    typeOf(part),
  ]);
  return table([texts.name, texts.kind], rows);
}

/** A schema may be `true` or left out, which both say nothing. */
function shapeOf(schema: unknown): z.output<typeof Shape> {
  return Shape.parse(typeof schema === 'object' && schema !== null ? schema : {});
}

/** A schema in a few words, as HTML. */
function typeOf(schema: unknown): string {
  const { $ref, type, format, enum: values, const: value, items, anyOf, oneOf, properties } = shapeOf(schema);
  if ($ref !== undefined) {
    const name = html($ref.split('/').at(-1) ?? '');
    return `<a href="#part-${name}">${name}</a>`;
  }
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return choices.map(typeOf).join(' | ');
  if (values !== undefined) return values.map((one) => `<code>${html(String(one))}</code>`).join(' | ');
  if (value !== undefined) return `<code>${html(JSON.stringify(value))}</code>`;
  if (items !== undefined) return `${typeOf(items)}[]`;
  if (properties !== undefined)
    return `{ ${Object.entries(properties)
      .map(([name, part]) => `${html(name)}: ${typeOf(part)}`)
      .join(', ')} }`;
  return html(format ?? (typeof type === 'string' ? type : 'any'));
}

function errorsHtml(texts: Texts): string {
  const rows = Object.entries(ERRORS).map(([code, { status, meaning }]) => [
    `<code id="problem-${code}">${code}</code>`,
    String(status),
    html(meaning),
  ]);
  return `<h2 id="errors">${texts.errors}</h2>${table([texts.name, texts.status, texts.meaning], rows)}`;
}

/** Cells are HTML. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${line(head, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table>`;
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
