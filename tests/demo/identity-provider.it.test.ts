import { createHash, randomBytes } from 'node:crypto';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import * as client from 'openid-client';
import { createDemoIdentityProvider, DEMO_PEOPLE, signInByHttp } from '../../demo/index.ts';
import { Secret } from '../../foundation/index.ts';

const CLIENT = 'sekisho';
const SECRET = 'a secret of this test only, long enough';
let server: Server;
let publicUrl: string;

/** A console in small: it starts the sign-in and turns the callback into a cookie that names the person. */
beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = createDemoIdentityProvider({
    issuer: `${publicUrl}/oidc`,
    clientId: CLIENT,
    clientSecret: new Secret(SECRET),
    redirectUris: [`${publicUrl}/auth/callback`],
    postLogoutRedirectUris: [`${publicUrl}/`],
  });
  const waiting = new Map<string, string>();
  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', publicUrl);
    if (url.pathname.startsWith('/oidc')) {
      provider(request, response);
      return;
    }
    if (url.pathname === '/auth/sign-in') {
      void begin().then(({ to, state, verifier }) => {
        waiting.set(state, verifier);
        response.writeHead(302, { location: to.href, 'set-cookie': `state=${state}; HttpOnly; Path=/auth` }).end();
      });
      return;
    }
    const verifier = waiting.get(url.searchParams.get('state') ?? '') ?? '';
    finish(url, verifier).then(
      (tokens) => {
        const cookies = [`state=; Max-Age=0; Path=/auth`, `person=${tokens.claims()?.sub ?? ''}; HttpOnly; Path=/`];
        response.writeHead(303, { location: '/', 'set-cookie': cookies }).end();
      },
      () => response.writeHead(401).end(),
    );
  });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

let config: client.Configuration;
beforeEach(async () => {
  config = await client.discovery(new URL(`${publicUrl}/oidc`), CLIENT, SECRET, undefined, {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the issuer under test is plain http on loopback
    execute: [client.allowInsecureRequests],
  });
});

async function begin(): Promise<{ to: URL; state: string; verifier: string }> {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const to = client.buildAuthorizationUrl(config, {
    redirect_uri: `${publicUrl}/auth/callback`,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
  return { to, state, verifier };
}

function finish(url: URL, verifier: string) {
  const state = url.searchParams.get('state') ?? '';
  return client.authorizationCodeGrant(config, url, { pkceCodeVerifier: verifier, expectedState: state });
}

const authorize = (change: (parameters: URLSearchParams) => void): Promise<Response> => {
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url');
  const parameters = new URLSearchParams({
    client_id: CLIENT,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${publicUrl}/auth/callback`,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  change(parameters);
  return fetch(`${publicUrl}/oidc/auth?${parameters.toString()}`, { redirect: 'manual' });
};

/** Cookies and address of a sign-in that stands before the page with the people. */
async function openPage(language = 'en'): Promise<{ page: Response; address: URL; cookie: string }> {
  const start = await authorize((parameters) => parameters.set('ui_locales', language));
  const cookie = start.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const address = new URL(start.headers.get('location') ?? '', publicUrl);
  return { page: await fetch(address, { headers: { cookie } }), address, cookie };
}

describe('what the identity provider refuses', () => {
  const options = (issuer: string, callback = 'http://127.0.0.1:1/auth/callback') => ({
    issuer,
    clientId: CLIENT,
    clientSecret: new Secret(SECRET),
    redirectUris: [callback],
    postLogoutRedirectUris: [],
  });

  test.each([
    'https://127.0.0.1/oidc',
    'http://bastion.example.com/oidc',
    'http://0.0.0.0:8080/oidc',
    'http://127.0.0.1.example.com/oidc',
    'http://user@127.0.0.1/oidc',
    'nonsense',
  ])('the issuer %s, which is not plain http on this machine', (issuer) => {
    expect(() => createDemoIdentityProvider(options(issuer))).toThrow(
      expect.objectContaining({ code: 'start_refused' }),
    );
  });

  test('a redirect address on another machine', () => {
    expect(() =>
      createDemoIdentityProvider(options('http://127.0.0.1:1/oidc', 'http://example.com/auth/callback')),
    ).toThrow(expect.objectContaining({ code: 'start_refused' }));
  });

  test('a redirect address that is not the registered one, without redirecting to it', async () => {
    const response = await authorize((parameters) => parameters.set('redirect_uri', `${publicUrl}/elsewhere`));
    expect({ status: response.status, location: response.headers.get('location') }).toEqual({
      status: 400,
      location: null,
    });
    expect(await response.text()).toContain('invalid_redirect_uri');
  });

  test('a request without PKCE', async () => {
    const response = await authorize((parameters) => {
      parameters.delete('code_challenge');
      parameters.delete('code_challenge_method');
    });
    expect(response.headers.get('location')).toContain('error=invalid_request');
  });

  test('a request under another host name, as DNS rebinding makes it', async () => {
    const address = `${publicUrl}/oidc/.well-known/openid-configuration`.replace('127.0.0.1', 'localhost');
    expect((await fetch(address)).status).toBe(421);
  });

  test.each(['//', '/..//', '/interaction/%', '/interaction/', '/auth/%E0%A4%A', '/?%'])(
    'the address %s, without falling over',
    async (path) => {
      const status = await new Promise<number>((resolve, reject) => {
        const { host } = new URL(publicUrl);
        const [hostname = '', port] = host.split(':');
        const request = get({ hostname, port, path: `/oidc${path}`, agent: false, headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.on('error', reject);
      });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    },
  );

  test('a page that another site posts to', async () => {
    const { address, cookie } = await openPage();
    const headers = { cookie, origin: 'http://example.com' };
    const body = new URLSearchParams({ login: 'tanaka' });
    expect((await fetch(address, { method: 'POST', body, headers, redirect: 'manual' })).status).toBe(403);
  });

  test('a form posted without the cookie of the page', async () => {
    const { address } = await openPage();
    const response = await fetch(address, { method: 'POST', body: new URLSearchParams({ login: 'tanaka' }) });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('invalid_request');
  });

  test('somebody who does not work here', async () => {
    const { address, cookie } = await openPage();
    const body = new URLSearchParams({ login: 'root' });
    const response = await fetch(address, { method: 'POST', body, headers: { cookie }, redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Nobody of that name works here');
  });

  test('a form larger than any of ours', async () => {
    const { address, cookie } = await openPage();
    const body = new URLSearchParams({ login: 'x'.repeat(5_000) });
    expect((await fetch(address, { method: 'POST', body, headers: { cookie } })).status).toBe(413);
  });

  test('a second use of a code', async () => {
    const { to, verifier } = await begin();
    const callback = await walk(to, 'aoki');
    await finish(callback, verifier);
    await expect(finish(callback, verifier)).rejects.toThrow();
  });

  test('a code redeemed with another verifier', async () => {
    const { to } = await begin();
    await expect(finish(await walk(to, 'aoki'), client.randomPKCECodeVerifier())).rejects.toThrow();
  });
});

test('works below a mount path of Express, which hides that path from it', async () => {
  const app = express();
  const mounted = createServer((request, response) => void app(request, response));
  await new Promise<void>((resolve) => mounted.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(mounted.address() as AddressInfo).port}/oidc`;
  const options = { clientId: CLIENT, clientSecret: new Secret(SECRET), redirectUris: [], postLogoutRedirectUris: [] };
  app.use('/oidc', createDemoIdentityProvider({ ...options, issuer, redirectUris: [issuer] }));
  const found: unknown = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  expect(found).toMatchObject({
    issuer,
    token_endpoint: `${issuer}/token`,
    end_session_endpoint: `${issuer}/session/end`,
  });
  expect((await fetch(`${issuer}/style.css`)).status).toBe(200);
  mounted.closeAllConnections();
  await new Promise((resolve) => mounted.close(resolve));
});

describe('the page with the people', () => {
  test('lists the seven people with their roles, in English and in Japanese', async () => {
    const english = await (await openPage('en')).page.text();
    const japanese = await (await openPage('ja')).page.text();
    for (const { subject, name } of DEMO_PEOPLE) {
      for (const html of [english, japanese]) {
        expect(html).toContain(`name="login" value="${subject}"`);
        expect(html).toContain(`<strong>${name}</strong>`);
      }
    }
    expect(english).toContain('<html lang="en">');
    expect(english).toContain('Security officer');
    expect(japanese).toContain('<html lang="ja">');
    expect(japanese).toContain('情報セキュリティ推進');
  });

  test('has no script and no inline style, and says so in its policy', async () => {
    const { page } = await openPage();
    const html = await page.text();
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|javascript:/i);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  test('brings its style sheet along', async () => {
    const { page } = await openPage();
    const path = /<link rel="stylesheet" href="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    const style = await fetch(new URL(path, publicUrl));
    expect({ status: style.status, type: style.headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/css; charset=utf-8',
    });
  });

  test('can be left without signing in', async () => {
    const { address, cookie } = await openPage();
    const body = new URLSearchParams({ cancel: 'yes' });
    const response = await fetch(address, { method: 'POST', body, headers: { cookie }, redirect: 'manual' });
    const resume = new URL(response.headers.get('location') ?? '', publicUrl);
    const end = await fetch(resume, { headers: { cookie }, redirect: 'manual' });
    expect(end.headers.get('location')).toMatch(/\/auth\/callback\?.*error=access_denied/);
  });

  test('never shows what a request put into an error as markup', async () => {
    const response = await authorize((parameters) => parameters.set('client_id', '<img src=x>'));
    expect(await response.text()).not.toContain('<img');
  });
});

describe('a sign-in', () => {
  test.each(DEMO_PEOPLE)('of $subject tells who they are and which role they have', async (person) => {
    const { to, verifier } = await begin();
    const tokens = await finish(await walk(to, person.subject), verifier);
    const expected = {
      sub: person.subject,
      name: person.name,
      email: person.email,
      locale: person.locale,
      groups: person.roles,
      employer: person.employer,
    };
    expect(tokens.claims()).toMatchObject(expected);
    expect(await client.fetchUserInfo(config, tokens.access_token, person.subject)).toMatchObject(expected);
  });

  test('by a script gives the console cookies and none of the provider', async () => {
    expect(await signInByHttp({ publicUrl, login: 'suzuki', fetch })).toBe('person=suzuki');
  });

  test('by a script of somebody unknown fails', async () => {
    await expect(signInByHttp({ publicUrl, login: 'nobody', fetch })).rejects.toMatchObject({ code: 'sign_in_failed' });
  });

  test('ends with a sign-out that asks first and comes back', async () => {
    const { to, verifier } = await begin();
    const jar = new Map<string, string>();
    const tokens = await finish(await walk(to, 'aoki', jar), verifier);
    const address = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${publicUrl}/`,
    });
    const asked = await visit(address, jar);
    const html = await asked.text();
    expect(html).not.toMatch(/<script|<style|\sstyle=/i);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const confirm = new URL('/oidc/session/end/confirm', publicUrl);
    const done = await visit(confirm, jar, new URLSearchParams({ xsrf, logout: 'yes' }));
    expect(done.headers.get('location')).toBe(`${publicUrl}/`);
    const again = await visit((await begin()).to, jar);
    expect(again.headers.get('location')).toContain('/oidc/interaction/');
  });
});

async function visit(address: URL, jar: Map<string, string>, body?: URLSearchParams): Promise<Response> {
  const response = await fetch(address, {
    method: body === undefined ? 'GET' : 'POST',
    redirect: 'manual',
    headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    ...(body === undefined ? {} : { body }),
  });
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}

/** From the authorization request through the form to the callback's address. */
async function walk(to: URL, login: string, jar = new Map<string, string>()): Promise<URL> {
  const page = new URL((await visit(to, jar)).headers.get('location') ?? '', to);
  const posted = await visit(page, jar, new URLSearchParams({ login }));
  const resumed = await visit(new URL(posted.headers.get('location') ?? '', to), jar);
  return new URL(resumed.headers.get('location') ?? '', to);
}
