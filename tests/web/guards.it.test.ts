import { describe, expect, test } from '@jest/globals';
import { createLog, Database, newUuid, Secret } from '../../foundation/index.ts';
import { lockPerson } from '../../identity/index.ts';
import { browser, PAGE, web } from './world.ts';

const ID = newUuid(new Date());
const READS = [
  '/api/me',
  '/api/targets',
  '/api/ssh-keys',
  '/api/ssh-sign-ins/ABCD-2345',
  '/api/logins/ABCD-2345',
  '/api/certificates',
  `/api/refused-acts/${ID}`,
  '/api/tickets',
  `/api/tickets/${ID}`,
  '/api/tickets/drafts',
  '/api/tickets/choices',
  '/api/substitutes',
  '/api/sessions',
  `/api/sessions/${ID}`,
  `/api/sessions/${ID}/recording.cast`,
  '/api/notifications',
  '/api/terminals',
  '/api/audit-events',
  '/api/health/recorder',
  '/api/persons',
  '/api/programs',
  '/api/gate',
  '/api/nothing-of-the-kind',
];
const WRITES = [
  '/api/judge',
  `/api/programs/${ID}/decision`,
  '/api/ssh-keys',
  '/api/tickets',
  `/api/tickets/${ID}/decision`,
  `/api/tickets/${ID}/withdraw`,
  `/api/tickets/${ID}/revoke`,
  '/api/tickets/access',
  '/api/tickets/transfer',
  '/api/tickets/emergency',
  '/api/tickets/drafts',
  '/api/substitutes',
  ...['question', 'answer', 'finish', 'report', 'review'].map((step) => `/api/tickets/${ID}/${step}`),
  `/api/sessions/${ID}/verify`,
  `/api/sessions/${ID}/end`,
  `/api/sessions/${ID}/pause`,
  `/api/sessions/${ID}/resume`,
  `/api/sessions/${ID}/message`,
  '/api/ssh-sign-ins/ABCD-2345/decision',
  '/api/logins/ABCD-2345/decision',
  `/api/notifications/${ID}/read`,
  '/api/terminals',
  `/api/terminals/${ID}/openers`,
  `/api/persons/${ID}/lock`,
  `/api/persons/${ID}/unlock`,
];

describe('a request without a sign-in', () => {
  test('is refused on every route, and nothing is said about which exist', async () => {
    await using site = await web();
    for (const path of READS) {
      const { status, code } = await browser(site.app, '').get(path);
      expect([path, status, code]).toEqual([path, 401, 'not_authenticated']);
    }
    const anonymous = browser(site.app, 'sekisho=guessed');
    for (const path of WRITES) {
      const { status, code } = await anonymous.post(path);
      expect([path, status, code]).toEqual([path, 401, 'not_authenticated']);
    }
  });

  test('is refused when the token has ended, was signed out, or stands in two cookies', async () => {
    await using site = await web();
    const cookie = await site.cookieOf('aoki');
    const twice = await browser(site.app, `${cookie}; sekisho=other`).get('/api/me');
    expect(twice.status).toBe(401);
    expect((await browser(site.app, cookie).get('/api/me')).status).toBe(200);
    expect((await browser(site.app, cookie).post('/auth/sign-out')).status).toBe(200);
    expect((await browser(site.app, cookie).get('/api/me')).status).toBe(401);
    const second = await site.as('aoki');
    site.house.clock.advance(11 * 3_600_000);
    expect((await second.get('/api/me')).status).toBe(401);
  });
});

describe('a request of a locked person', () => {
  test('is refused from the moment of the lock', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    expect((await aoki.get('/api/me')).status).toBe(200);
    const { house } = site;
    await lockPerson(house, house.people.kimura, { personId: house.idOf('aoki'), reason: 'inquiry' });
    const { status, code } = await aoki.get('/api/me');
    expect([status, code]).toEqual([403, 'person_locked']);
  });
});

describe('a change from another site', () => {
  test.each([['https://evil.example'], ['null'], ['http://127.0.0.1:8081'], ['https://127.0.0.1:8080'], [undefined]])(
    'with origin %s is refused before anything is read',
    async (origin) => {
      await using site = await web();
      const cookie = await site.cookieOf('aoki');
      const foreign = browser(site.app, cookie, origin ?? null);
      for (const path of [...WRITES, '/auth/sign-out']) {
        const { status, code } = await foreign.post(path);
        expect([path, status, code]).toEqual([path, 403, 'origin_refused']);
      }
      expect((await browser(site.app, cookie).get('/api/me')).status).toBe(200);
    },
  );
});

describe('a body', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json'])(
    'of type %s is refused',
    async (type) => {
      await using site = await web();
      const { status, code, text } = await (await site.as('aoki')).raw('/api/me', '{"locale":"ja"}', type);
      expect([status, code]).toEqual([400, 'request_invalid']);
      expect(text).toContain('content-type');
    },
  );

  test('larger than the limit is refused', async () => {
    await using site = await web();
    const { status, code } = await (await site.as('aoki')).post('/api/tickets', { purpose: 'x'.repeat(300_000) });
    expect([status, code]).toEqual([413, 'request_too_large']);
  });

  test('that is no JSON, or JSON but no object, is refused without repeating it', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    for (const text of ['{"locale":', '"ja"', '[1]', 'null', '{"__proto__":{"locale":"ja"}}']) {
      const { status, code } = await aoki.raw('/api/me', text, 'application/json');
      expect([text, status, code]).toEqual([text, 400, 'request_invalid']);
    }
  });

  test('with an unknown or malformed field is refused by the name of the field, never with its value', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    const unknown = await aoki.patch('/api/me', { locale: 'ja', roles: ['auditor'] });
    expect([unknown.status, unknown.code]).toEqual([400, 'request_invalid']);
    expect(unknown.at('error', 'message')).toContain('roles');
    const wrong = await aoki.patch('/api/me', { locale: 'secret-value' });
    expect(wrong.status).toBe(400);
    expect(wrong.at('error', 'message')).toContain('locale');
    expect(wrong.at('error', 'message')).not.toContain('secret-value');
    expect((await aoki.get('/api/me')).at('person', 'roles')).toEqual(['maintainer']);
  });
});

describe('a query or path', () => {
  test.each([
    '/api/tickets?box=theirs',
    '/api/tickets?box=mine&box=all',
    '/api/tickets?limit=1',
    '/api/sessions?after=yesterday',
    '/api/sessions?after=9999999999999999.x',
    '/api/sessions?from=yesterday',
    '/api/sessions?verdict=GOOD',
    '/api/tickets/1',
    "/api/sessions/'%20OR%201=1",
    '/api/sessions/%E0%A4%A',
    '/api/audit-events?type=constructor',
    '/api/audit-events?before=-1',
  ])('%s is refused', async (path) => {
    await using site = await web();
    const { status, code } = await (await site.as('suzuki')).get(path);
    expect([status, code]).toEqual([400, 'request_invalid']);
  });

  test('under /api that is no route is not found, as JSON', async () => {
    await using site = await web();
    const { status, code } = await (await site.as('suzuki')).get('/api/vault');
    expect([status, code]).toEqual([404, 'not_found']);
  });
});

describe('a fault of ours', () => {
  test('shows a reference and nothing else', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    await site.house.fresh.owner.pool.query('ALTER TABLE protected_assets RENAME TO elsewhere');
    const { status, at, text } = await aoki.get('/api/targets');
    expect(status).toBe(500);
    expect(at('error')).toEqual({ code: 'internal', message: expect.any(String), reference: expect.any(String) });
    expect(text).not.toContain('protected_assets');
  });
});

describe('every answer', () => {
  test('is kept by nobody and runs no foreign script', async () => {
    await using site = await web();
    const { headers } = await (await site.as('aoki')).get('/api/me');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['x-content-type-options']).toBe('nosniff');
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  test('asks for https where the gateway is reached by https', async () => {
    await using site = await web({ publicUrl: new URL('https://sekisho.example.com/') });
    const { headers } = await browser(site.app, '').get('/healthz');
    expect(headers['content-security-policy']).toContain('upgrade-insecure-requests');
    expect(headers['strict-transport-security']).toContain('max-age=');
    const plain = await browser(site.app, await site.cookieOf('aoki')).get('/api/me');
    expect(plain.status).toBe(401);
    const hosted = await browser(site.app, `__Host-${await site.cookieOf('aoki')}`).get('/api/me');
    expect(hosted.status).toBe(200);
  });
});

describe('the console', () => {
  test('is the page for every path of its own, and never for a file that is missing', async () => {
    await using site = await web();
    for (const path of ['/', '/tickets/new?act=1', `/sessions/${ID}`, '/ssh/ABCD-2345']) {
      const { status, text, headers } = await browser(site.app, '').get(path);
      expect([path, status, text, headers['cache-control']]).toEqual([path, 200, PAGE, 'no-cache']);
    }
    const script = await browser(site.app, '').get('/assets/app-0a1b2c.js');
    expect([script.status, script.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    for (const path of ['/assets/gone.js', '/assets/..%2findex.html', '/assets/%2e%2e/index.html']) {
      const { status, text } = await browser(site.app, '').get(path);
      expect([path, status, text === PAGE]).toEqual([path, 404, false]);
    }
  });
});

describe('without the database', () => {
  test('nobody is signed in and nothing is healthy', async () => {
    await using gone = new Database({
      url: new Secret('postgres://nobody@127.0.0.1:9/none'),
      poolSize: 1,
      log: createLog('silent'),
    });
    await using site = await web({ database: gone });
    const health = await browser(site.app, '').get('/healthz');
    expect([health.status, health.code]).toEqual([503, 'database_unavailable']);
    const { status, code } = await (await site.as('aoki')).get('/api/me');
    expect([status, code]).toEqual([503, 'database_unavailable']);
  });

  test('with it, health says ok and how many workers serve', async () => {
    await using site = await web();
    const { status, body } = await browser(site.app, '').get('/healthz');
    expect([status, body]).toEqual([200, { status: 'ok', workers: { wanted: 2, serving: 1 } }]);
  });
});
