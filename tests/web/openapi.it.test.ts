/** The description of the API against the API: every route is in it, and what is really answered is what it says. */
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { newUuid } from '../../foundation/index.ts';
import { apiDocument, jsonSchema, OPERATIONS } from '../../web/api/openapi/document.ts';
import { apiRoutes } from './api-routes.ts';
import { type Answer, type Browser, web } from './world.ts';

const PUBLIC_URL = new URL('https://sekisho.example.com/');

const Document = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string().startsWith('/api/'), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
});

test('every route is described, and nothing that is no route', async () => {
  await using site = await web();
  const described = Object.keys(OPERATIONS).map((route) => route.replace(' ', ' /api'));
  expect(described.sort()).toEqual(apiRoutes(site.app));
});

test('refers to nothing that is not in it, names each operation once, and says everything in both languages', () => {
  for (const locale of ['en', 'ja'] as const) {
    const document = Document.parse(apiDocument(PUBLIC_URL, locale));
    const text = JSON.stringify(document);
    const wanted = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);
    expect(wanted.length).toBeGreaterThan(20);
    for (const name of wanted) expect(Object.keys(document.components.schemas)).toContain(name);
    expect(text).not.toContain('$defs');
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((one) => one.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  }
  for (const { says } of Object.values(OPERATIONS)) {
    expect(says[0]).toMatch(/^[\x20-\x7e]+\.$/);
    expect(says[1]).toMatch(/[\u3040-\u30ff].*。$/u);
  }
});

test('a field that the description does not know is refused where it says so', async () => {
  await using site = await web();
  const unknown = { fieldThatNobodyKnows: 1 };
  let refused = 0;
  for (const [route, { body }] of Object.entries(OPERATIONS)) {
    if (body === undefined || jsonSchema(body, 'input')['additionalProperties'] !== false) continue;
    const answer = await send(await site.as('yamada'), route, { ids: newUuid(new Date()), body: unknown });
    // What is not there, or not for an administrator, is refused before it is read.
    expect([route, [400, 403, 404, 409].includes(answer.status)]).toEqual([route, true]);
    if (answer.status === 400) refused += 1;
  }
  expect(refused).toBeGreaterThan(25);
});

test('what is answered is what the description says', async () => {
  await using site = await web();
  const act = await site.house.refuse('aoki');
  const { id } = await site.house.ask('aoki');
  const seen = new Set<string>();
  for (const name of ['aoki', 'tanaka', 'suzuki', 'kimura', 'yamada'] as const) {
    for (const [route, { answer: schema, status = 200 }] of Object.entries(OPERATIONS)) {
      if (!route.startsWith('GET ') || schema === undefined) continue;
      const ids = route.includes('refused-acts') ? act : id;
      const query = route.endsWith('/unmatched') ? SPAN : route.endsWith('/search') ? '?text=a' : '';
      const answer = await send(await site.as(name), route, { ids, query });
      if (answer.status !== status) continue;
      seen.add(route);
      expect([route, issuesOf(schema, answer)]).toEqual([route, []]);
    }
  }
  const plain = Object.entries(OPERATIONS).filter(
    ([route, one]) => /^GET [^:]+$/.test(route) && one.answer !== undefined,
  );
  expect([...seen]).toEqual(expect.arrayContaining([...plain.map(([route]) => route), 'GET /tickets/:id']));
});

test('the description is served to who is signed in, in the language they ask for', async () => {
  await using site = await web();
  const aoki = await site.as('aoki');
  const { body, headers } = await aoki.get('/api/openapi.json');
  expect(headers['content-type']).toContain('application/json');
  expect(Document.parse(body).paths).toHaveProperty('/api/tickets/{id}');
  const page = await aoki.get('/api/reference?lang=ja');
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.text).toContain('申請を取り下げます。');
  expect(page.text).not.toMatch(/<script|javascript:/i);
  expect((await aoki.get('/api/reference?lang=fr')).code).toBe('request_invalid');
});

const SPAN = '?from=2026-03-31T00:00:00Z&until=2026-04-01T00:00:00Z';

function issuesOf(schema: z.ZodType, { body }: Answer): readonly string[] {
  const parsed = schema.safeParse(body);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function send(
  who: Browser,
  route: string,
  { ids, query = '', body = {} }: { readonly ids: string; readonly query?: string; readonly body?: object },
): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const url = `/api${path.replaceAll(/:\w+/g, ids)}${query}`;
  if (method === 'GET') return who.get(url);
  if (method === 'DELETE') return who.remove(url);
  return method === 'PATCH' ? who.patch(url, body) : who.post(url, body);
}
