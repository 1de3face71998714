/** Second factors at the console: an authenticator app, and what needs one; passkeys as far as no authenticator is needed. */
import { describe, expect, test } from '@jest/globals';
import { Secret as OtpSecret } from 'otpauth';
import { LIMITS } from '../../foundation/index.ts';
import { openWebSession } from '../../identity/index.ts';
import { ISSUER } from '../approvals/world.ts';
import { app, withApp } from './factor-app.ts';
import { type Browser, browser, type Web, web } from './world.ts';

const REQUIRED = { factorRules: { web: 'required', webMinutes: 15 } } as const;
const MINUTE = 60_000;

const lock = (site: Web, by: Browser) => by.post(`/api/persons/${site.house.idOf('aoki')}/lock`, { reason: '確認' });

describe('an act that needs a second factor', () => {
  test('is refused without one, by whatever spelling of its path, and done after one', async () => {
    await using site = await web(REQUIRED);
    const kimura = await site.as('kimura');
    const id = site.house.idOf('aoki');
    for (const path of [`/api/persons/${id}/lock`, `/api/PERSONS/${id}/LOCK`, `/api/persons/${id}/lock/`]) {
      const answer = await kimura.post(path, { reason: '確認' });
      expect([path, answer.status, answer.code]).toEqual([path, 403, 'step_up_required']);
    }
    await withApp(site, kimura);
    expect((await lock(site, kimura)).status).toBe(204);
  });

  test('is refused again when the factor was shown too long ago, and done after another code', async () => {
    await using site = await web(REQUIRED);
    const kimura = await site.as('kimura');
    const code = await withApp(site, kimura);
    site.house.clock.advance(15 * MINUTE);
    expect((await lock(site, kimura)).code).toBe('step_up_required');
    expect((await kimura.post('/api/factors/step-up/totp', { code: code() })).status).toBe(204);
    expect((await lock(site, kimura)).status).toBe(204);
  });

  test('is refused to another sign-in of the same person: a factor is of one sign-in', async () => {
    await using site = await web(REQUIRED);
    await withApp(site, await site.as('kimura'));
    expect((await lock(site, await site.as('kimura'))).code).toBe('step_up_required');
  });

  test('is done where the provider asked for more than one factor a moment ago', async () => {
    await using site = await web(REQUIRED);
    const { person } = site.house.people.kimura;
    const factorAt = new Date(site.house.clock.now().getTime() - 14 * MINUTE);
    const own = { person, issuer: ISSUER, idToken: null, sourceAddress: '127.0.0.1' };
    const { token } = await openWebSession(site.house, { ...own, assurance: 'multi', factorAt });
    const kimura = browser(site.app, `sekisho=${token.expose()}`);
    expect((await lock(site, kimura)).status).toBe(204);
    site.house.clock.advance(2 * MINUTE);
    expect((await kimura.post(`/api/persons/${site.house.idOf('aoki')}/unlock`)).code).toBe('step_up_required');
  });

  test.each([
    '/tickets/0190a0de-0000-7000-8000-000000000000/decision',
    '/sessions/0190a0de-0000-7000-8000-000000000000/end',
  ])('%s is one of them', async (path) => {
    await using site = await web(REQUIRED);
    expect((await (await site.as('tanaka')).post(`/api${path}`, {})).code).toBe('step_up_required');
  });

  test('is not asked for where a terminal is denied', async () => {
    await using site = await web(REQUIRED);
    const aoki = await site.as('aoki');
    const path = '/api/ssh-sign-ins/ABCD-2345/decision';
    expect((await aoki.post(path, { decision: 'denied' })).code).toBe('not_found');
    expect((await aoki.post(path, { decision: 'approved' })).code).toBe('step_up_required');
  });
});

describe('a code of an authenticator app', () => {
  test('is refused when it was used, is older than the last one used, or of no step near now', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    const code = await withApp(site, aoki);
    const shown = async (text: string) => (await aoki.post('/api/factors/step-up/totp', { code: text })).code;
    const first = code();
    expect(await shown(first)).toBe('factor_refused');
    expect(await shown(code(-1))).toBe('factor_refused');
    expect(await shown(code(2))).toBe('factor_refused');
    expect(await shown(code(-2))).toBe('factor_refused');
    expect(await shown(code(1))).toBeUndefined();
    expect(await shown(first)).toBe('factor_refused');
    const reasons = (await site.house.events('factor.refused')).map(({ body }) => (body as { reason: string }).reason);
    expect(reasons).toEqual(['used', 'used', 'wrong', 'wrong', 'used']);
  });

  test('shown twice at once counts once', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    const code = (await withApp(site, aoki))(1);
    const answers = await Promise.all([1, 2, 3].map(() => aoki.post('/api/factors/step-up/totp', { code })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 403, 403]);
  });

  test('is not looked at for a while after wrong ones, and then again', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    const code = await withApp(site, aoki);
    site.house.clock.advance(5 * MINUTE);
    for (let n = 0; n < LIMITS.totpFreeFailures; n++) {
      expect((await aoki.post('/api/factors/step-up/totp', { code: '000000' })).code).toBe('factor_refused');
    }
    expect((await aoki.post('/api/factors/step-up/totp', { code: code() })).code).toBe('too_many_requests');
    site.house.clock.advance(LIMITS.totpDelaySeconds * 1_000);
    expect((await aoki.post('/api/factors/step-up/totp', { code: code() })).status).toBe(204);
  });

  test('is of its person alone, and its secret unreadable in the database', async () => {
    await using site = await web();
    const [aoki, chen] = [await site.as('aoki'), await site.as('chen')];
    const begun = await aoki.post('/api/factors/totp');
    const code = app(begun.at('secret'), site);
    await aoki.post('/api/factors/totp/confirm', { code: code() });
    expect((await chen.post('/api/factors/step-up/totp', { code: code(1) })).code).toBe('factor_missing');
    const { rows } = await site.house.database.pool.query<{ sealed_secret: Buffer }>(
      'SELECT sealed_secret FROM totp_secrets',
    );
    const secret = Buffer.from(OtpSecret.fromBase32(String(begun.at('secret'))).bytes);
    expect(rows[0]?.sealed_secret.includes(secret)).toBe(false);
    const moved = site.house.database.pool.query('UPDATE totp_secrets SET person_id = $1', [site.house.idOf('chen')]);
    await expect(moved).rejects.toThrow(/permission denied/);
    const back = site.house.database.pool.query('UPDATE totp_secrets SET last_step = 0');
    await expect(back).rejects.toThrow(/never goes back/);
  });
});

describe('changing factors', () => {
  test('is refused without showing one, and the first only soon after the sign-in', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    site.house.clock.advance(LIMITS.firstFactorMinutes * MINUTE);
    expect((await aoki.post('/api/factors/totp')).code).toBe('step_up_required');
    const again = await site.as('aoki');
    const code = await withApp(site, again);
    site.house.clock.advance(16 * MINUTE);
    for (const act of [again.remove('/api/factors/totp'), again.post('/api/factors/passkeys/options')]) {
      expect((await act).code).toBe('step_up_required');
    }
    await again.post('/api/factors/step-up/totp', { code: code() });
    expect((await again.remove('/api/factors/totp')).status).toBe(204);
    expect((await again.get('/api/factors')).at('totp')).toBeNull();
  });

  test('keeps the last factor where one is required', async () => {
    await using site = await web(REQUIRED);
    const aoki = await site.as('aoki');
    await withApp(site, aoki);
    expect((await aoki.remove('/api/factors/totp')).code).toBe('factor_required');
    expect((await aoki.get('/api/factors')).at('totp')).not.toBeNull();
  });

  test('takes no passkey that answers another challenge, and no proof of one that is not there', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    const options = (await aoki.post('/api/factors/passkeys/options')).at('options') as { rp: unknown };
    expect(options).toMatchObject({
      rp: { id: '127.0.0.1' },
      authenticatorSelection: { userVerification: 'required' },
    });
    const clientDataJSON = Buffer.from(
      JSON.stringify({ type: 'webauthn.create', challenge: 'AAAA', origin: 'http://127.0.0.1:8080' }),
    ).toString('base64url');
    const forged = {
      ...{ id: 'AAAA', rawId: 'AAAA', type: 'public-key', clientExtensionResults: {} },
      response: { clientDataJSON, attestationObject: 'AAAA' },
    };
    expect((await aoki.post('/api/factors/passkeys', { label: 'x', response: forged })).code).toBe('factor_refused');
    expect((await aoki.post('/api/factors/step-up/options')).code).toBe('factor_missing');
  });
});

describe('one’s own sign-ins', () => {
  test('are listed and ended one by one or all, and nobody else’s', async () => {
    await using site = await web();
    const [here, there, chen] = [await site.as('aoki'), await site.as('aoki'), await site.as('chen')];
    const listed = (await here.get('/api/web-sessions')).at('webSessions') as { id: string; current: boolean }[];
    expect(listed.map(({ current }) => current).toSorted()).toEqual([false, true]);
    const other = listed.find(({ current }) => !current);
    expect((await chen.post(`/api/web-sessions/${other?.id}/end`)).code).toBe('not_found');
    expect((await here.post(`/api/web-sessions/${other?.id}/end`)).status).toBe(204);
    expect((await there.get('/api/me')).code).toBe('not_authenticated');
    expect((await here.post('/api/web-sessions/end-all')).status).toBe(204);
    expect((await here.get('/api/me')).code).toBe('not_authenticated');
    expect((await chen.get('/api/me')).status).toBe(200);
  });
});
