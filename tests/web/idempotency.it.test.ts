/** Commands that are sent again, changes of what was changed meanwhile, and refusals that say when and why. */
import { expect, test } from '@jest/globals';
import supertest from 'supertest';
import { z } from 'zod';
import { LIMITS } from '../../foundation/index.ts';
import { type Web, web } from './world.ts';

const HOUR_MS = 3_600_000;
const PLAN = { purpose: '月次保守', workPlan: 'ログの確認', lastsSeconds: 3_600 };

async function caller(site: Web, name: 'aoki' | 'chen' | 'tanaka') {
  const cookie = await site.cookieOf(name);
  return (path: string, body: object, headers: Readonly<Record<string, string>>) =>
    supertest(site.app)
      .post(path)
      .set({ cookie, origin: 'http://127.0.0.1:8080', ...headers })
      .send(body);
}

const Draft = z.object({ draft: z.object({ id: z.string() }) });
const DRAFT = { kind: 'access', content: PLAN };
const KEY = { 'idempotency-key': 'a-key-of-mine' };
const drafts = async (site: Web, name: 'aoki' | 'chen') =>
  z.object({ drafts: z.array(z.unknown()) }).parse((await (await site.as(name)).get('/api/tickets/drafts')).body).drafts
    .length;

test('a key used for another command is refused, and nothing is done', async () => {
  await using site = await web();
  const post = await caller(site, 'aoki');
  expect((await post('/api/tickets/drafts', DRAFT, KEY)).status).toBe(201);
  const other = await post('/api/tickets/drafts', { ...DRAFT, content: {} }, KEY);
  expect([other.status, z.object({ code: z.string() }).parse(other.body).code]).toEqual([
    422,
    'idempotency_key_reused',
  ]);
  expect(await drafts(site, 'aoki')).toBe(1);
});

test('a key of the wrong shape, and a key for what is kept nowhere, is refused', async () => {
  await using site = await web();
  const post = await caller(site, 'aoki');
  expect((await post('/api/tickets/drafts', DRAFT, { 'idempotency-key': 'x'.repeat(201) })).status).toBe(400);
  expect((await post('/api/factors/totp', {}, KEY)).status).toBe(400);
  expect(await drafts(site, 'aoki')).toBe(0);
});

test('a command sent again is answered as before and done once, and by nobody else, and for a day', async () => {
  await using site = await web();
  const [aoki, chen] = [await caller(site, 'aoki'), await caller(site, 'chen')];
  const first = await aoki('/api/tickets/drafts', DRAFT, KEY);
  const again = await aoki('/api/tickets/drafts', DRAFT, KEY);
  expect([again.status, again.body, again.headers['idempotent-replayed']]).toEqual([201, first.body, 'true']);
  expect(await drafts(site, 'aoki')).toBe(1);
  const theirs = await chen('/api/tickets/drafts', DRAFT, KEY);
  expect(theirs.headers['idempotent-replayed']).toBeUndefined();
  expect(Draft.parse(theirs.body).draft.id).not.toBe(Draft.parse(first.body).draft.id);
  site.house.clock.advance(LIMITS.idempotencyKeyHours * HOUR_MS);
  const late = await (await caller(site, 'aoki'))('/api/tickets/drafts', DRAFT, KEY);
  expect([late.status, late.headers['idempotent-replayed']]).toEqual([201, undefined]);
});

test('of the same command many times at once, one is done', async () => {
  await using site = await web();
  const post = await caller(site, 'aoki');
  const answers = await Promise.all(Array.from({ length: 10 }, () => post('/api/tickets/drafts', DRAFT, KEY)));
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  expect(await drafts(site, 'aoki')).toBe(1);
});

test('a step on a ticket that was changed since it was read is refused, and tells what to do', async () => {
  await using site = await web();
  const { id, actDigest } = await site.house.ask('aoki');
  const read = await (await site.as('tanaka')).get(`/api/tickets/${id}`);
  const etag = z
    .string()
    .regex(/^"[\d.]+"$/)
    .parse(read.headers['etag']);
  const tanaka = await caller(site, 'tanaka');
  expect((await tanaka(`/api/tickets/${id}/question`, { text: 'なぜ必要ですか' }, { 'if-match': etag })).status).toBe(
    200,
  );
  const decision = { decision: 'reject', reason: 'Checked with the client', actDigest };
  const stale = await tanaka(`/api/tickets/${id}/decision`, decision, { 'if-match': etag });
  expect(stale.status).toBe(412);
  expect(stale.headers['content-type']).toContain('application/problem+json');
  expect(stale.body).toMatchObject({
    code: 'precondition_failed',
    status: 412,
    detail: expect.stringContaining('ETag'),
  });
  expect(await site.house.stateOf(id)).toBe('asked_back');
  const now = (await (await site.as('tanaka')).get(`/api/tickets/${id}`)).headers['etag'] ?? '';
  expect(now).not.toBe(etag);
  expect((await tanaka(`/api/tickets/${id}/decision`, decision, { 'if-match': 'W/"1.0.0"' })).status).toBe(412);
  const aoki = await caller(site, 'aoki');
  expect((await aoki(`/api/tickets/${id}/answer`, { text: '月次報告のため' }, { 'if-match': now })).status).toBe(200);
});

test('who asks too often is told when to come back, by a problem with a code', async () => {
  await using site = await web();
  const yamada = await site.as('yamada');
  const asked = { targetId: '00000000-0000-4000-8000-000000000000', command: 'ls' };
  let last = await yamada.post('/api/judge', asked);
  for (let tries = 0; last.status !== 429 && tries <= LIMITS.judgeCallsPerMinuteMax; tries += 1) {
    last = await yamada.post('/api/judge', asked);
  }
  expect([last.status, last.at('code'), last.at('error', 'code')]).toEqual([
    ...[429, 'too_many_requests', 'too_many_requests'],
  ]);
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
  expect(last.at('type')).toBe('http://127.0.0.1:8080/api/reference#problem-too_many_requests');
});
