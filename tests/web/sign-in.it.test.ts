/** Sign-in with a real OpenID provider over real HTTP, by a browser that follows each step by hand. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createDemoIdentityProvider, signInByHttp } from '../../demo/index.ts';
import { Cleanup, LIMITS, many, Secret, sql, systemClock } from '../../foundation/index.ts';
import { lockPerson, provisionPerson } from '../../identity/index.ts';
import { ROLES } from '../../policy/index.ts';
import { createOidcClient } from '../../web/api/index.ts';
import { createSeal } from '../../web/api/seal.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type Web, web } from './world.ts';

const SECRET = new Secret('the secret of the client, known to both');
const ROLE_OF_GROUP = Object.fromEntries(ROLES.map((role) => [role, role]));

interface Site extends AsyncDisposable {
  readonly web: Web;
  readonly url: URL;
  /** The clock by which pending sign-ins age. */
  readonly clock: ManualClock;
  /** While false, the provider does not answer. */
  provider: boolean;
}

/** The console and the provider on one origin, as in the demonstration. */
async function site(roleOfGroup: Parameters<typeof createOidcClient>[0]['roleOfGroup'] = ROLE_OF_GROUP): Promise<Site> {
  const cleanup = new Cleanup();
  let answer: RequestListener = (_request, response) => response.destroy();
  const server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.defer(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const url = new URL(`http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}/`);
  const issuer = new URL('/oidc', url);
  const credentials = { clientId: 'sekisho', clientSecret: SECRET };
  const identityProvider = createDemoIdentityProvider({
    ...credentials,
    issuer: issuer.href,
    redirectUris: [new URL('/auth/callback', url).href],
    postLogoutRedirectUris: [url.href],
  });
  const clock = new ManualClock(systemClock.now());
  const named = { name: 'default', title: 'Demo', ...credentials };
  const oidc = createOidcClient({ ...named, issuer, publicUrl: url, roleOfGroup, allowInsecure: true, clock });
  const opened = cleanup.use(await web({ publicUrl: url, clock: systemClock, providers: [oidc] }));
  const made: Site = {
    ...{ web: opened, url, clock, provider: true },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
  answer = (request, response) => {
    if (request.url?.startsWith('/oidc/') !== true) void opened.app(request, response);
    else if (made.provider) identityProvider(request, response);
    else response.destroy();
  };
  return made;
}

const get = (address: URL | string, headers: Record<string, string> = {}) =>
  fetch(address, { redirect: 'manual', headers });

/** Name=value of a cookie that an answer sets. */
const cookieOf = (response: Response, name: string): string | undefined =>
  response.headers
    .getSetCookie()
    .find((line) => line.startsWith(`${name}=`))
    ?.split(';')[0];

const begin = (at: Site, path = '/') => get(new URL(`/auth/sign-in?return=${encodeURIComponent(path)}`, at.url));

/** Goes through the provider and stops before the callback. */
async function beforeCallback(at: Site, login: string, form = `login=${login}`, path = '/') {
  const begun = await begin(at, path);
  const pending = cookieOf(begun, 'sekisho-sign-in') ?? '';
  const jar = new Map<string, string>();
  let next = new URL(begun.headers.get('location') ?? '', at.url);
  for (let step = 0; step < 8 && next.pathname !== '/auth/callback'; step++) {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const posts = next.pathname.startsWith('/oidc/interaction/');
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie, ...(posts ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
      ...(posts ? { method: 'POST', body: form } : {}),
    });
    await response.arrayBuffer();
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      jar.set(name, value);
    }
    next = new URL(response.headers.get('location') ?? '/lost', next);
  }
  expect(next.pathname).toBe('/auth/callback');
  return { pending, callback: next };
}

const sessionsOf = (at: Site) =>
  many(at.web.house.database, sql(z.strictObject({ n: z.number() }))`SELECT 1 AS n FROM web_sessions`);

async function refused(at: Site, callback: URL, cookie: string): Promise<[number, string]> {
  const response = await get(callback, { cookie, accept: 'application/json' });
  expect(cookieOf(response, 'sekisho')).toBeUndefined();
  expect(await sessionsOf(at)).toEqual([]);
  const { error } = z.object({ error: z.object({ code: z.string() }) }).parse(await response.json());
  return [response.status, error.code];
}

describe('the way back after a sign-in', () => {
  test('is never another site', async () => {
    await using at = await site();
    for (const path of ['https://evil.example/', '//evil.example', '/\\evil.example', '/\t/evil.example', 'evil', '']) {
      const response = await begin(at, path);
      expect([path, response.status, response.headers.get('location')]).toEqual([path, 400, null]);
    }
    const twice = await get(new URL('/auth/sign-in?return=/a&return=/b', at.url));
    expect(twice.status).toBe(400);
  });

  test('is the page that asked', async () => {
    await using at = await site();
    const { pending, callback } = await beforeCallback(at, 'aoki', 'login=aoki', '/tickets/new?act=1');
    const response = await get(callback, { cookie: pending });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/tickets/new?act=1']);
  });
});

describe('a callback', () => {
  test('that nobody began here is refused, as JSON or, to a browser, on the console’s page', async () => {
    await using at = await site();
    const { callback } = await beforeCallback(at, 'aoki');
    expect(await refused(at, callback, '')).toEqual([401, 'sign_in_failed']);
    const page = await get(callback, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect([page.status, page.headers.get('location')]).toEqual([303, '/?error=sign_in_failed']);
  });

  test('of somebody else’s sign-in is refused in my browser', async () => {
    await using at = await site();
    const attacker = await beforeCallback(at, 'chen');
    const victim = await beforeCallback(at, 'aoki');
    expect(await refused(at, attacker.callback, victim.pending)).toEqual([401, 'sign_in_failed']);
  });

  test('with a changed, foreign or old cookie is refused', async () => {
    await using at = await site();
    const { pending, callback } = await beforeCallback(at, 'aoki');
    const [name, value = ''] = pending.split('=');
    const changed = `${name}=${value.slice(0, 40)}${value[40] === 'A' ? 'B' : 'A'}${value.slice(41)}`;
    const foreign = createSeal(new Secret('another secret'), 'sekisho pending sign-in v1 default').close('{}');
    for (const cookie of [changed, `${name}=${foreign}`, `${name}=`, `${name}=%00`, `${name}=${'A'.repeat(5_000)}`]) {
      expect(await refused(at, callback, cookie)).toEqual([401, 'sign_in_failed']);
    }
    at.clock.advance(601_000);
    expect(await refused(at, callback, pending)).toEqual([401, 'sign_in_failed']);
  });

  test.each(['nonce', 'verifier', 'state'] as const)(
    'whose %s is not the one that was sent is refused',
    async (field) => {
      await using at = await site();
      const { pending, callback } = await beforeCallback(at, 'aoki');
      const seal = createSeal(SECRET, 'sekisho pending sign-in v1 default');
      const [name, value = ''] = pending.split('=');
      const kept = z.record(z.string(), z.unknown()).parse(JSON.parse(seal.open(value) ?? ''));
      const other = { ...kept, [field]: 'x'.repeat(43) };
      expect(await refused(at, callback, `${name}=${seal.close(JSON.stringify(other))}`)).toEqual([
        401,
        'sign_in_failed',
      ]);
    },
  );

  test('cancelled at the provider signs nobody in', async () => {
    await using at = await site();
    const { pending, callback } = await beforeCallback(at, 'aoki', 'cancel=yes');
    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(await refused(at, callback, pending)).toEqual([401, 'sign_in_failed']);
  });

  test('works once', async () => {
    await using at = await site();
    const { pending, callback } = await beforeCallback(at, 'aoki');
    const first = await get(callback, { cookie: pending });
    expect(first.status).toBe(303);
    expect(cookieOf(first, 'sekisho-sign-in')).toBe('sekisho-sign-in=');
    const again = await get(callback, { cookie: pending, accept: 'application/json' });
    expect(again.status).toBe(401);
    expect(await sessionsOf(at)).toHaveLength(1);
  });

  test('of a locked person is refused', async () => {
    await using at = await site();
    const { house } = at.web;
    const { id: personId } = await provisionPerson(house, {
      ...{ issuer: new URL('/oidc', at.url).href, subject: 'aoki', name: '青木 真', email: null, employer: '' },
      ...{ locale: 'ja', roles: ['maintainer'] },
    });
    await lockPerson(house, house.people.kimura, { personId, reason: '調査のため' });
    const { pending, callback } = await beforeCallback(at, 'aoki');
    expect(await refused(at, callback, pending)).toEqual([403, 'person_locked']);
  });
});

describe('a sign-in', () => {
  test('gives a session of one’s own with the provider’s name and the roles of its groups', async () => {
    await using at = await site();
    const { pending, callback } = await beforeCallback(at, 'tanaka');
    const response = await get(callback, { cookie: pending });
    const line = response.headers.getSetCookie().find((set) => set.startsWith('sekisho=')) ?? '';
    expect(line).toMatch(/^sekisho=[\w-]{43}; /);
    for (const attribute of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Expires=']) expect(line).toContain(attribute);
    expect(line).not.toMatch(/Domain|Secure/);
    const me = await get(new URL('/api/me', at.url), { cookie: line.split(';')[0] ?? '' });
    const { person } = z.object({ person: z.looseObject({}) }).parse(await me.json());
    expect(person).toMatchObject({ name: '田中 花子', roles: ['owner'], locale: 'ja', email: 'tanaka@example.com' });
    const events = await at.web.house.events('person.signed_in');
    expect(events.map(({ body }) => body['sourceAddress'])).toEqual(['127.0.0.1']);
  });

  test('gives no role for a group that is not named, and takes a role away that is not given any more', async () => {
    await using at = await site({ auditor: 'auditor' });
    const { house } = at.web;
    const issuer = new URL('/oidc', at.url).href;
    const known = { issuer, subject: 'tanaka', name: '田中 花子', email: null, employer: '', locale: 'ja' } as const;
    await provisionPerson(house, { ...known, roles: ['owner'] });
    const cookie = await signInByHttp({ publicUrl: at.url.href, login: 'tanaka', fetch });
    const me = await get(new URL('/api/me', at.url), { cookie });
    expect(z.object({ person: z.looseObject({}) }).parse(await me.json()).person).toMatchObject({ roles: [] });
  });

  test('works again when the provider answers again', async () => {
    await using at = await site();
    at.provider = false;
    const down = await get(new URL('/auth/sign-in', at.url), { accept: 'application/json' });
    expect([down.status, await down.json()]).toMatchObject([503, { error: { code: 'provider_unreachable' } }]);
    at.provider = true;
    const cookie = await signInByHttp({ publicUrl: at.url.href, login: 'aoki', fetch });
    expect((await get(new URL('/api/me', at.url), { cookie })).status).toBe(200);
  });

  test('is not begun more often than the limit from one address', async () => {
    await using at = await site();
    const statuses: number[] = [];
    for (let n = 0; n <= LIMITS.webSignInsPerMinuteMax; n++) statuses.push((await begin(at)).status);
    expect(statuses).toEqual([...Array<number>(LIMITS.webSignInsPerMinuteMax).fill(303), 429]);
  });
});

describe('a sign-out', () => {
  const signOut = (at: Site, cookie: string) =>
    fetch(new URL('/auth/sign-out', at.url), { method: 'POST', headers: { cookie, origin: at.url.origin } });

  test('ends the session here and leads on to the provider', async () => {
    await using at = await site();
    const cookie = await signInByHttp({ publicUrl: at.url.href, login: 'aoki', fetch });
    const response = await signOut(at, cookie);
    const { url } = z.object({ url: z.url() }).parse(await response.json());
    const out = new URL(url);
    expect(out.pathname).toBe('/oidc/session/end');
    expect(out.searchParams.get('post_logout_redirect_uri')).toBe(at.url.href);
    expect(out.searchParams.get('id_token_hint')).toMatch(/^ey/);
    expect((await get(out)).status).toBeLessThan(400);
    expect((await get(new URL('/api/me', at.url), { cookie })).status).toBe(401);
    expect(await at.web.house.events('person.signed_out')).toHaveLength(1);
  });

  test('of nobody goes home', async () => {
    await using at = await site();
    const response = await signOut(at, '');
    expect(await response.json()).toEqual({ url: at.url.href });
  });
});
