/** The calls of `sekisho login`, which come without a sign-in, and the browser's part of it. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { Express } from 'express';
import { describe, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { z } from 'zod';
import { LIMITS, rawPublicKey, sshString } from '../../foundation/index.ts';
import { revocationText } from '../../identity/index.ts';
import { browser, HOST_KEY, type Web, web } from './world.ts';

const Answer = z.object({
  code: z.string(),
  url: z.string(),
  pollToken: z.string(),
  state: z.string(),
  certificate: z.string(),
  serial: z.string(),
});

function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(publicKey);
  const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(raw)]);
  return {
    line: `ssh-ed25519 ${blob.toString('base64')}`,
    sign: (text: Buffer) =>
      Buffer.concat([sshString('ssh-ed25519'), sshString(sign(null, text, privateKey))]).toString('base64'),
  };
}

/** As the command calls: no cookie, no origin. */
async function call(app: Express, path: string, body: object | string, headers: Record<string, string> = {}) {
  const response = await supertest(app).post(`/api/logins${path}`).set(headers).send(body);
  const json: unknown = response.body;
  return { status: response.status, json, fields: Answer.partial().catch({}).parse(json), headers: response.headers };
}

async function approved(site: Web, name: 'aoki' | 'chen', key = newKey()) {
  const { fields } = await call(site.app, '', { publicKey: key.line });
  const decided = await (await site.as(name)).post(`/api/logins/${fields.code ?? ''}/decision`, {
    decision: 'approved',
  });
  expect(decided.status).toBe(204);
  return { ...fields, key };
}

describe('a call of sekisho login', () => {
  test('is refused from a page of another site, with a form, with another key and with an unknown field', async () => {
    await using site = await web();
    const publicKey = newKey().line;
    const refusals = [
      await call(site.app, '', { publicKey }, { origin: 'https://evil.example' }),
      await call(site.app, '', JSON.stringify({ publicKey }), { 'content-type': 'text/plain' }),
      await call(site.app, '', { publicKey: 'ssh-rsa AAAA' }),
      await call(site.app, '', { publicKey, person: 'aoki' }),
      await call(site.app, '/poll', { pollToken: 'A'.repeat(43) }),
      await call(site.app, '/revoke', { certificate: 'AAAA', signature: 'AAAA' }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([403, 400, 400, 400, 404, 404]);
  });

  test('is counted by address, and gives no cookie and nothing to keep', async () => {
    await using site = await web();
    const first = await call(site.app, '', { publicKey: newKey().line });
    expect([first.status, first.headers['set-cookie'], first.headers['cache-control']]).toEqual([
      201,
      undefined,
      'no-store',
    ]);
    const statuses = new Set<number>();
    for (let n = 1; n <= LIMITS.loginCallsPerMinuteMax; n += 1) {
      statuses.add((await call(site.app, '/poll', { pollToken: 'x' })).status);
    }
    expect([...statuses]).toEqual([404, 429]);
    site.house.clock.advance(60_000);
    expect((await call(site.app, '/poll', { pollToken: 'x' })).status).toBe(404);
  });

  test('fetches, once, a certificate of the person who approved the code, with all that its files need', async () => {
    await using site = await web();
    const { url, code, pollToken } = await approved(site, 'aoki');
    expect(url).toBe(`http://127.0.0.1:8080/logins/${code ?? ''}`);
    const issued = await call(site.app, '/poll', { pollToken });
    expect(issued.json).toEqual({
      state: 'issued',
      certificate: expect.stringMatching(/^ssh-ed25519-cert-v01@openssh\.com [A-Za-z0-9+/=]+$/),
      serial: expect.stringMatching(/^\d+$/),
      token: expect.stringMatching(/^sekisho_[A-Za-z0-9_-]{43}$/),
      expiresAt: new Date(site.house.clock.now().getTime() + LIMITS.loginCertificateHours * 3_600_000).toISOString(),
      person: { id: site.house.idOf('aoki'), name: 'Name of aoki' },
      gateway: { host: '127.0.0.1', port: 2222, hostKey: HOST_KEY, hostCa: null },
      targets: ['billing-db', 'crm-db', 'lonely-db'].map((name) => ({
        ...{ name, loginName: name, account: 'aoki' },
        systemName: name.replace('-db', ''),
      })),
    });
    expect((await call(site.app, '/poll', { pollToken })).json).toEqual({ state: 'expired' });
  });

  test('that waits is answered the moment the decision falls', async () => {
    await using site = await web();
    const { fields } = await call(site.app, '', { publicKey: newKey().line });
    const waiting = call(site.app, '/poll', { pollToken: fields.pollToken });
    const chen = await site.as('chen');
    expect((await chen.post(`/api/logins/${fields.code ?? ''}/decision`, { decision: 'denied' })).status).toBe(204);
    const { rows } = await site.house.fresh.owner.pool.query<{ id: string }>('SELECT id FROM logins');
    site.signInDecided.dispatchEvent(new Event(rows[0]!.id));
    expect((await waiting).json).toEqual({ state: 'denied' });
  });

  test('revokes a certificate for who holds its key, and for nobody else', async () => {
    await using site = await web();
    const { pollToken, key } = await approved(site, 'aoki');
    const { fields } = await call(site.app, '/poll', { pollToken });
    const certificate = (fields.certificate ?? '').split(' ')[1] ?? '';
    const text = revocationText(BigInt(fields.serial ?? 0));
    expect((await call(site.app, '/revoke', { certificate, signature: newKey().sign(text) })).status).toBe(404);
    expect((await call(site.app, '/revoke', { certificate, signature: key.sign(text) })).status).toBe(204);
    expect((await call(site.app, '/revoke', { certificate, signature: key.sign(text) })).status).toBe(404);
    expect((await (await site.as('aoki')).get('/api/certificates')).at('certificates')).toEqual([]);
  });
});

describe('where a call comes from', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' };
  const shown = async (site: Web): Promise<unknown> => {
    const { fields } = await call(site.app, '', { publicKey: newKey().line }, forwarded);
    return (await (await site.as('aoki')).get(`/api/logins/${fields.code ?? ''}`)).at('login', 'sourceAddress');
  };

  test('is the address that connects, whatever the caller claims', async () => {
    await using site = await web();
    expect(await shown(site)).toBe('127.0.0.1');
    await using elsewhere = await web({ trustedProxies: ['192.0.2.0/24'] });
    expect(await shown(elsewhere)).toBe('127.0.0.1');
  });

  test('is what a trusted proxy saw, not what was claimed to the proxy', async () => {
    await using site = await web({ trustedProxies: ['127.0.0.0/8', '::1/128'] });
    expect(await shown(site)).toBe('198.51.100.7');
  });
});

describe('the browser’s part', () => {
  test('cannot be found by guessing, and is decided by who is signed in, once', async () => {
    await using site = await web();
    const key = newKey();
    const { fields } = await call(site.app, '', { publicKey: key.line });
    const [aoki, tanaka] = [await site.as('aoki'), await site.as('tanaka')];
    const path = `/api/logins/${fields.code ?? ''}`;
    expect((await browser(site.app, '').get(path)).status).toBe(401);
    expect((await aoki.get(path)).at('login')).toMatchObject({
      ...{ code: fields.code, state: 'pending', sourceAddress: '127.0.0.1' },
      fingerprint: expect.stringMatching(/^SHA256:/),
    });
    const cookie = await site.cookieOf('aoki');
    const foreign = await browser(site.app, cookie, 'https://evil.example').post(`${path}/decision`, {
      decision: 'approved',
    });
    expect([foreign.status, foreign.code]).toEqual([403, 'origin_refused']);
    expect((await aoki.post(`${path}/decision`, { decision: 'yes' })).status).toBe(400);
    expect((await aoki.post(`${path}/decision`, { decision: 'approved' })).status).toBe(204);
    expect((await aoki.post(`${path}/decision`, { decision: 'denied' })).status).toBe(409);
    expect((await tanaka.post(`${path}/decision`, { decision: 'approved' })).status).toBe(409);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await aoki.get('/api/logins/ZZZZ-2222')).status);
    expect(statuses).toEqual([...Array<number>(10).fill(404), 429, 429]);
  });

  test('lists one’s own certificates and revokes them, nobody else’s', async () => {
    await using site = await web();
    const { pollToken } = await approved(site, 'aoki');
    await call(site.app, '/poll', { pollToken });
    const [aoki, chen] = [await site.as('aoki'), await site.as('chen')];
    const listed = await aoki.get('/api/certificates');
    const serial = String(listed.at('certificates', 0, 'serial'));
    expect((await chen.get('/api/certificates')).at('certificates')).toEqual([]);
    expect((await chen.remove(`/api/certificates/${serial}`)).status).toBe(404);
    expect((await aoki.remove('/api/certificates/0')).status).toBe(400);
    expect((await aoki.remove(`/api/certificates/${serial}`)).status).toBe(204);
    expect((await aoki.get('/api/certificates')).at('certificates')).toEqual([]);
  });
});
