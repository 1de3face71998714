/** Several identity providers, and what one of them says of the end of its sessions. */
import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { z } from 'zod';
import { Cleanup, newUuid, Secret } from '../../foundation/index.ts';
import { openWebSession } from '../../identity/index.ts';
import type { ConnectionId } from '../../policy/index.ts';
import { createOidcClient } from '../../web/api/index.ts';
import { ProviderClaims, toAssurance, toClaims } from '../../web/api/provider-claims.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type Web, web } from './world.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const PUBLIC_URL = new URL('http://127.0.0.1:8080/');

interface Provider {
  readonly issuer: string;
  readonly site: Web;
  /** The provider's clock and ours. */
  readonly clock: ManualClock;
  key: { readonly kid: string; readonly privateKey: KeyObject; readonly jwk: object };
  reachable: boolean;
  bytes: number;
  readonly token: (change?: object, header?: object) => string;
  readonly logOut: (token: string) => Promise<[number, unknown]>;
}

function makeKey(kid: string): Provider['key'] {
  // Encoded as it is made: a key just made must not be exported as a JWK.
  const made = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { format: 'der', type: 'pkcs1' },
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
  });
  const jwk = { kty: 'RSA', use: 'sig', alg: 'RS256', kid, ...rsaNumbers(made.publicKey) };
  return { kid, privateKey: createPrivateKey(made.privateKey), jwk };
}

/** RSAPublicKey (RFC 8017 A.1.1): two INTEGERs, here of known lengths. */
function rsaNumbers(der: Buffer): { n: string; e: string } {
  const modulus = der.subarray(der.length - 5 - 256, der.length - 5);
  return { n: modulus.toString('base64url'), e: der.subarray(-3).toString('base64url') };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function provider(): Promise<Provider & AsyncDisposable> {
  const cleanup = new Cleanup();
  const state = { key: makeKey('one'), reachable: true, bytes: 0 };
  const server = createServer((request, response) => {
    if (!state.reachable) {
      response.destroy();
      return;
    }
    const own = `http://127.0.0.1:${port}`;
    const about = {
      ...{
        issuer: own,
        authorization_endpoint: `${own}/auth`,
        token_endpoint: `${own}/token`,
        jwks_uri: `${own}/jwks`,
      },
      padding: 'x'.repeat(state.bytes),
    };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: [state.key.jwk] } : about));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.defer(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const issuer = `http://127.0.0.1:${port}`;
  const clock = new ManualClock();
  const client = (name: string) =>
    createOidcClient({
      ...{
        name,
        title: name,
        issuer: new URL(issuer),
        clientId: 'sekisho',
        clientSecret: new Secret(`secret of ${name}`),
      },
      ...{ publicUrl: PUBLIC_URL, roleOfGroup: {}, allowInsecure: true, clock },
    });
  const site = cleanup.use(await web({ providers: [client('default'), client('partners')] }));
  const token = (change: object = {}, header: object = {}): string => {
    const now = Math.floor(clock.now().getTime() / 1_000);
    const claims = {
      iss: issuer,
      aud: 'sekisho',
      iat: now,
      jti: newUuid(new Date()),
      events: { [EVENT]: {} },
      sid: 's1',
      ...change,
    };
    const text = `${part({ alg: 'RS256', typ: 'logout+jwt', kid: state.key.kid, ...header })}.${part(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), state.key.privateKey).toString('base64url')}`;
  };
  return Object.assign(state, {
    ...{ issuer, site, clock, token },
    logOut: async (logoutToken: string): Promise<[number, unknown]> => {
      const answer = await supertest(site.app)
        .post('/auth/backchannel-logout')
        .type('form')
        .send({ logout_token: logoutToken });
      return [
        answer.status,
        z
          .looseObject({ error: z.object({ code: z.string() }).optional() })
          .catch({})
          .parse(answer.body).error?.code,
      ];
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  });
}

async function signedIn(at: Provider, name: 'aoki' | 'chen', providerSession: string): Promise<string> {
  const { person } = at.site.house.people[name];
  const own = { person, issuer: at.issuer, idToken: null, sourceAddress: '127.0.0.1', providerSession };
  return `sekisho=${(await openWebSession(at.site.house, own)).token.expose()}`;
}

const isIn = async (at: Provider, cookie: string): Promise<boolean> =>
  (await supertest(at.site.app).get('/api/me').set('cookie', cookie)).status === 200;

describe('a logout token', () => {
  test.each<[string, object, object?]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: ['somebody-else'] }],
    ['of the future', { iat: 4_000_000_000 }],
    ['that is old', { iat: 1_000 }],
    ['that has ended', { exp: 1_000 }],
    ['without the event', { events: {} }],
    ['with a nonce, as an ID token has', { nonce: 'n' }],
    ['that names neither session nor person', { sid: undefined }],
    ['without a name of its own', { jti: undefined }],
    ['of a key nobody knows', {}, { kid: 'unknown' }],
    ['that asks for no signature', {}, { alg: 'none' }],
    ['that asks for a shared secret', {}, { alg: 'HS256' }],
    ['with a critical header nobody understands', {}, { crit: ['x'] }],
  ])('%s is refused, and ends nothing', async (_what, change, header = {}) => {
    await using at = await provider();
    const cookie = await signedIn(at, 'aoki', 's1');
    expect(await at.logOut(at.token(change, header))).toEqual([400, 'request_invalid']);
    expect(await isIn(at, cookie)).toBe(true);
  });

  test('with a changed word, signed by the public key as a secret, or of another form is refused', async () => {
    await using at = await provider();
    const [head = '', , signature = ''] = at.token().split('.');
    const forged = part({ iss: at.issuer, aud: 'sekisho', iat: 1, jti: 'x', events: { [EVENT]: {} }, sub: 'aoki' });
    expect((await at.logOut(`${head}.${forged}.${signature}`))[0]).toBe(400);
    const text = `${part({ alg: 'HS256', kid: 'one' })}.${forged}`;
    const hmac = createHmac('sha256', JSON.stringify(at.key.jwk)).update(text).digest('base64url');
    expect((await at.logOut(`${text}.${hmac}`))[0]).toBe(400);
    for (const bad of ['', 'a.b', 'a.b.c.d', '....']) expect([bad, (await at.logOut(bad))[0]]).toEqual([bad, 400]);
  });

  test('is refused a second time', async () => {
    await using at = await provider();
    const token = at.token();
    expect((await at.logOut(token))[0]).toBe(200);
    const cookie = await signedIn(at, 'aoki', 's1');
    expect(await at.logOut(token)).toEqual([400, 'request_invalid']);
    expect(await isIn(at, cookie)).toBe(true);
  });

  test('of a session ends what that session signed in, and what it let in over SSH; not another one', async () => {
    await using at = await provider();
    const [first, second] = [await signedIn(at, 'aoki', 's1'), await signedIn(at, 'aoki', 's2')];
    const { pool } = at.site.house.database;
    const connection = newUuid(new Date()) as ConnectionId;
    await pool.query(
      `INSERT INTO connection_sign_ins (connection_id, person_id, web_session_id, issuer, provider_session, signed_in_at)
       SELECT $1, person_id, id, issuer, provider_session, now() FROM web_sessions WHERE provider_session = 's1'`,
      [connection],
    );
    expect((await at.logOut(at.token()))[0]).toBe(200);
    expect([await isIn(at, first), await isIn(at, second)]).toEqual([false, true]);
    const { rows } = await pool.query<{ ended: boolean }>(
      'SELECT ended_at IS NOT NULL AS ended FROM connection_sign_ins',
    );
    expect(rows).toEqual([{ ended: true }]);
  });

  test('signed with the provider’s next key is taken, and one with the key before is not any more', async () => {
    await using at = await provider();
    expect((await at.logOut(at.token()))[0]).toBe(200);
    const old = at.token();
    at.key = makeKey('two');
    at.clock.advance(11_000);
    expect((await at.logOut(at.token()))[0]).toBe(200);
    at.clock.advance(11_000);
    expect((await at.logOut(old))[0]).toBe(400);
  });

  test('of a provider that cannot be asked for its keys is told to come again', async () => {
    await using at = await provider();
    at.reachable = false;
    expect(await at.logOut(at.token())).toEqual([503, 'provider_unreachable']);
  });
});

describe('several providers', () => {
  test('are offered by name, and the answer of one is not taken for another’s', async () => {
    await using at = await provider();
    const agent = supertest(at.site.app);
    expect((await agent.get('/auth/providers')).body).toEqual({
      providers: [
        { name: 'default', title: 'default' },
        { name: 'partners', title: 'partners' },
      ],
    });
    expect((await agent.get('/auth/sign-in?provider=nobody')).status).toBe(404);
    const begun = await agent.get('/auth/sign-in?provider=partners&fresh=1');
    const to = new URL(String(begun.headers['location']));
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      ...{ prompt: 'login', max_age: '0', code_challenge_method: 'S256' },
      redirect_uri: new URL('/auth/callback/partners', PUBLIC_URL).href,
    });
    const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? '';
    const crossed = await agent
      .get('/auth/callback?code=x&state=y')
      .set('cookie', cookie)
      .set('accept', 'application/json');
    expect(crossed.body).toMatchObject({ error: { code: 'sign_in_failed' } });
  });

  test('an outage refuses new sign-ins by that name, and leaves who is in', async () => {
    await using at = await provider();
    const cookie = await signedIn(at, 'aoki', 's1');
    at.reachable = false;
    const refused = await supertest(at.site.app).get('/auth/sign-in').set('accept', 'application/json');
    expect([refused.status, refused.body]).toMatchObject([503, { error: { code: 'provider_unreachable' } }]);
    expect(await isIn(at, cookie)).toBe(true);
    at.reachable = true;
    at.bytes = 2 * 1024 * 1024;
    expect((await supertest(at.site.app).get('/auth/sign-in').set('accept', 'application/json')).status).toBe(503);
    at.bytes = 0;
    expect((await supertest(at.site.app).get('/auth/sign-in')).status).toBe(303);
  });
});

describe('claims', () => {
  const tables = { assuranceOfAcr: { 'urn:mfa': 'multi' }, assuranceOfAmr: { hwk: 'multi', pwd: 'single' } } as const;

  test.each([
    ['no claim', {}, 'single', null],
    ['an unknown class', { acr: 'urn:other', auth_time: 100 }, 'single', null],
    ['a word of every object', { acr: 'toString', amr: ['__proto__'] }, 'single', null],
    ['a known class', { acr: 'urn:mfa', auth_time: 100 }, 'multi', new Date(100_000)],
    ['a known method among others', { amr: ['pwd', 'hwk'], auth_time: 100 }, 'multi', new Date(100_000)],
    ['a known class without its time', { acr: 'urn:mfa' }, 'multi', null],
  ] as const)('with %s say how sure the provider was', (_what, claims, assurance, factorAt) => {
    expect(toAssurance(tables, ProviderClaims.parse({ sub: 'a', ...claims }))).toEqual({ assurance, factorAt });
  });

  test('that are oversized are no claims', () => {
    expect(ProviderClaims.safeParse({ sub: 'x'.repeat(256) }).success).toBe(false);
    expect(ProviderClaims.safeParse({ sub: 'x', name: 'x'.repeat(3_000) }).success).toBe(false);
    expect(ProviderClaims.safeParse({ sub: 'x', groups: Array(2_001).fill('g') }).success).toBe(false);
  });

  test('give the roles of named groups alone', () => {
    const claims = ProviderClaims.parse({ sub: 'a', groups: ['owners', 'constructor', 'others', 'owners'] });
    expect(toClaims('https://a.example', { owners: 'owner' }, claims).roles).toEqual(['owner']);
  });
});
