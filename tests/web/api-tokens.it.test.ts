/** The token of `sekisho login`: what it opens, of everything there is, and what ends it. */
import { expect, test } from '@jest/globals';
import supertest from 'supertest';
import { LIMITS, newUuid } from '../../foundation/index.ts';
import { awaitLogin, placeLock, decideLogin, fingerprintOf, lockPerson, requestLogin } from '../../identity/index.ts';
import type { Name } from '../approvals/world.ts';
import { ed25519 } from '../identity/keys.ts';
import { apiRoutes } from './api-routes.ts';
import { type Web, web } from './world.ts';

const ID = newUuid(new Date());
const HOUR_MS = 3_600_000;
const FROM = '192.0.2.7';

/** Everything that a token opens; all else is the console's. */
const OPENED = [
  ...[
    'GET /api/me',
    'GET /api/targets',
    'GET /api/refused-acts/:id',
    'GET /api/notifications',
    'GET /api/openapi.json',
  ],
  ...['GET /api/tickets', 'GET /api/tickets/choices', 'GET /api/tickets/drafts', 'GET /api/tickets/:id'],
  ...['GET /api/sessions', 'GET /api/sessions/facets', 'GET /api/sessions/:id', 'GET /api/sessions/:id/transcript'],
  ...['POST /api/tickets', 'POST /api/tickets/access', 'POST /api/tickets/transfer', 'POST /api/tickets/emergency'],
  ...['answer', 'decision', 'finish', 'question', 'report', 'revoke', 'withdraw'].map(
    (step) => `POST /api/tickets/:id/${step}`,
  ),
  'DELETE /api/tokens/current',
];
const OPEN = ['POST /api/logins', 'POST /api/logins/poll', 'POST /api/logins/revoke'];

async function tokenOf(site: Web, name: Name, webSessionId: string | null = null) {
  const key = ed25519();
  const deps = { ...site.house, loginAuthority: site.loginAuthority, signInDecided: site.signInDecided };
  const publicKey = `ssh-ed25519 ${key.blob.toString('base64')} laptop`;
  const { code, pollToken } = await requestLogin(deps, { publicKey, sourceAddress: FROM });
  await decideLogin(deps, site.house.people[name], { code, decision: 'approved', webSessionId });
  const answer = await awaitLogin(deps, pollToken.expose(), AbortSignal.abort());
  if (answer.state !== 'issued') throw new Error(answer.state);
  return { token: answer.token.token.expose(), fingerprint: fingerprintOf(key.blob), certificate: answer.certificate };
}

async function call(site: Web, token: string, route: string, headers: Readonly<Record<string, string>> = {}) {
  const [method = '', path = ''] = route.split(' ');
  const client = supertest(site.app);
  const url = path.replaceAll(/:\w+/g, ID);
  const asked = { GET: client.get(url), POST: client.post(url).send({}), PATCH: client.patch(url).send({}) };
  const request = method === 'DELETE' ? client.delete(url) : asked[method as keyof typeof asked];
  const answer = await request.set({ authorization: `Bearer ${token}`, ...headers });
  const { code } = (answer.body ?? {}) as { code?: string };
  return { status: answer.status, code };
}

test('opens what is listed and nothing else of all that the API has', async () => {
  await using site = await web();
  for (const route of apiRoutes(site.app).filter((one) => !OPEN.includes(one))) {
    // One for each: one of the routes gives it back.
    const { token } = await tokenOf(site, 'yamada');
    const { code } = await call(site, token, route);
    expect([route, code === 'console_only' ? 'refused' : 'open']).toEqual([
      ...[route, OPENED.includes(route) ? 'open' : 'refused'],
    ]);
  }
});

test('is nobody when it is guessed, shortened, over, or shown by the page of another site', async () => {
  await using site = await web();
  const { token } = await tokenOf(site, 'aoki');
  for (const wrong of [`sekisho_${'A'.repeat(43)}`, token.slice(0, -1), `${token}A`, 'sekisho_x']) {
    expect([wrong, (await call(site, wrong, 'GET /api/me')).status]).toEqual([wrong, 401]);
  }
  const origin = 'https://evil.example';
  expect((await call(site, token, 'POST /api/tickets', { origin })).code).toBe('origin_refused');
  // A cookie beside it counts for nothing.
  const cookie = await site.cookieOf('yamada');
  expect((await call(site, 'sekisho_x', 'GET /api/me', { cookie })).status).toBe(401);
  expect((await call(site, token, 'GET /api/persons', { cookie })).code).toBe('console_only');
  site.house.clock.advance(LIMITS.loginCertificateHours * HOUR_MS);
  expect((await call(site, token, 'GET /api/me')).code).toBe('not_authenticated');
});

test('is over with its certificate, with a lock on its person, its key or its place, and when its person leaves', async () => {
  await using site = await web();
  const { house } = site;
  const me = async (token: string) => (await call(site, token, 'GET /api/me')).code ?? 'open';
  const revoked = await tokenOf(site, 'aoki');
  const aoki = await site.as('aoki');
  expect((await aoki.remove(`/api/certificates/${String(revoked.certificate?.serial)}`)).status).toBe(204);
  expect(await me(revoked.token)).toBe('not_authenticated');

  const locked = await tokenOf(site, 'aoki');
  await placeLock(house, house.people.kimura, { kind: 'key', subject: locked.fingerprint, reason: 'lost' });
  expect(await me(locked.token)).toBe('device_locked');
  const other = await tokenOf(site, 'aoki');
  expect(await me(other.token)).toBe('open');
  await placeLock(house, house.people.kimura, { kind: 'device', subject: FROM, reason: 'lost' });
  expect(await me(other.token)).toBe('device_locked');

  const owner = await tokenOf(site, 'tanaka').catch((thrown: unknown) => String(thrown));
  expect(owner).toContain('expired'); // Asked for from the place that is locked.
});

test('is over when its person is locked or leaves, and stays over', async () => {
  await using site = await web();
  const { house } = site;
  const { token } = await tokenOf(site, 'tanaka');
  const me = async () => (await call(site, token, 'GET /api/me')).code ?? 'open';
  await lockPerson(house, house.people.kimura, { personId: house.idOf('tanaka'), reason: 'inquiry' });
  expect(await me()).toBe('person_locked');
  const kimura = await site.as('kimura');
  expect((await kimura.post(`/api/persons/${house.idOf('tanaka')}/unlock`, {})).status).toBeLessThan(300);
  expect(await me()).toBe('open');
  expect((await kimura.post(`/api/persons/${house.idOf('tanaka')}/leave`, { reason: 'left' })).status).toBeLessThan(
    300,
  );
  expect(await me()).toBe('not_authenticated');
  const back = 'UPDATE api_tokens SET revoked_at = NULL WHERE person_id = $1';
  await expect(house.database.pool.query(back, [house.idOf('tanaka')])).rejects.toThrow(/stays revoked/);
});

test('is given back once, and ends with all sign-ins of the person who approved it', async () => {
  await using site = await web();
  const given = await tokenOf(site, 'tanaka');
  expect((await call(site, given.token, 'DELETE /api/tokens/current')).status).toBe(204);
  expect((await call(site, given.token, 'DELETE /api/tokens/current')).status).toBe(401);
  const tanaka = await site.as('tanaka');
  expect((await tanaka.remove('/api/tokens/current')).code).toBe('not_found');
  const { webSessions } = (await tanaka.get('/api/web-sessions')).body as { webSessions: { id: string }[] };
  const approved = await tokenOf(site, 'tanaka', webSessions[0]?.id);
  expect((await call(site, approved.token, 'GET /api/me')).status).toBe(200);
  expect((await tanaka.post('/api/web-sessions/end-all', {})).status).toBeLessThan(300);
  expect((await call(site, approved.token, 'GET /api/me')).status).toBe(401);
});

test('never stands for a second factor: a decision that needs one is sent to the console', async () => {
  await using site = await web({ factorRules: { web: 'required', webMinutes: 15 } });
  const { token } = await tokenOf(site, 'tanaka');
  const asked = await call(site, token, 'POST /api/tickets/:id/decision');
  expect([asked.status, asked.code]).toEqual([403, 'step_up_required']);
});
