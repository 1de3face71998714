/** `sekisho login` from its question to its certificate, and everything a certificate is not believed for. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanup, LIMITS } from '../../foundation/index.ts';
import {
  awaitLogin,
  decideLogin,
  findLogin,
  findPersonByCertificate,
  fingerprintOf,
  isCertificateUnrevoked,
  listCertificates,
  loadCertificateAuthority,
  lockPerson,
  type LoginDeps,
  requestLogin,
  revocationText,
  revokeHeldCertificate,
  revokeLoginCertificate,
  unlockPerson,
} from '../../identity/index.ts';
import type { Principal } from '../../policy/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { ed25519, type TestKey } from './keys.ts';
import { codeOf, type House, house } from './people.ts';

const HOUR_MS = 3_600_000;
const FROM = { sourceAddress: '192.0.2.7' };
const never = new AbortController().signal;

describe('sekisho login', () => {
  const cleanup = new Cleanup();
  let home: House;
  let deps: LoginDeps & { signInDecided: EventTarget };
  let foreign: LoginDeps['loginAuthority'];
  let aoki: Principal;
  let chen: Principal;
  let tanaka: Principal;
  let kimura: Principal;

  beforeAll(async () => {
    home = cleanup.use(await house());
    const { path } = cleanup.use(await tempDirectory());
    const { database, clock } = home;
    const loginAuthority = await loadCertificateAuthority(join(path, 'login_ca_ed25519.pem'));
    foreign = await loadCertificateAuthority(join(path, 'user_ca_ed25519.pem'));
    deps = { database, clock, loginAuthority, signInDecided: new EventTarget() };
    aoki = await home.signIn('aoki', 'maintainer');
    chen = await home.signIn('chen', 'maintainer');
    tanaka = await home.signIn('tanaka', 'owner');
    kimura = await home.signIn('kimura', 'security_officer');
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const lineOf = ({ blob }: TestKey): string => `ssh-ed25519 ${blob.toString('base64')} laptop`;
  const ask = (key: TestKey = ed25519()) => requestLogin(deps, { publicKey: lineOf(key), ...FROM });
  const fetch = (token: string) => awaitLogin(deps, token, AbortSignal.abort());
  const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');
  const loggedIn = async (who: Principal, key: TestKey = ed25519()) => {
    const { code, pollToken } = await ask(key);
    await decideLogin(deps, who, { code, decision: 'approved' });
    const answer = await fetch(pollToken.expose());
    if (answer.state !== 'issued') throw new Error(answer.state);
    const { certificate } = answer;
    if (certificate === null) throw new Error('no certificate');
    return { ...answer, certificate, blob: blobOf(certificate.line) };
  };

  test('is refused for another kind of key, and for text that is none', async () => {
    for (const publicKey of ['', 'ssh-rsa AAAA', 'ssh-ed25519 AAAA', '-----BEGIN OPENSSH PRIVATE KEY-----']) {
      expect(await codeOf(requestLogin(deps, { publicKey, ...FROM }))).toBe('key_invalid');
    }
  });

  test('is refused while too many of one address wait', async () => {
    const asked = async (): Promise<string> =>
      codeOf(requestLogin(deps, { publicKey: lineOf(ed25519()), sourceAddress: '198.51.100.1' }));
    for (let n = 0; n < LIMITS.loginsWaitingPerSourceMax; n += 1) expect(await asked()).toBe('accepted');
    expect(await asked()).toBe('too_many_requests');
    expect(await codeOf(ask())).toBe('accepted');
    home.clock.advance(LIMITS.loginRequestSeconds * 1_000);
    expect(await asked()).toBe('accepted');
  });

  test('gives nothing to a token that nobody was given', async () => {
    expect(await fetch('A'.repeat(43))).toEqual({ state: 'unknown' });
    expect(await fetch("' OR 1=1 --")).toEqual({ state: 'unknown' });
  });

  test('gives nothing when it was denied, or was not decided in time', async () => {
    const denied = await ask();
    await decideLogin(deps, tanaka, { code: denied.code, decision: 'denied' });
    expect(await fetch(denied.pollToken.expose())).toEqual({ state: 'denied' });
    expect(await codeOf(decideLogin(deps, aoki, { code: denied.code, decision: 'approved' }))).toBe(
      'transition_forbidden',
    );

    const slow = await ask();
    expect(await fetch(slow.pollToken.expose())).toEqual({ state: 'pending' });

    home.clock.advance(LIMITS.loginRequestSeconds * 1_000);
    expect((await findLogin(deps, slow.code))?.state).toBe('expired');
    expect(await codeOf(decideLogin(deps, aoki, { code: slow.code, decision: 'approved' }))).toBe(
      'transition_forbidden',
    );
    expect(await fetch(slow.pollToken.expose())).toEqual({ state: 'expired' });
  });

  test('gives who works on no target a token for the API and no certificate', async () => {
    const { code, pollToken } = await ask();
    await decideLogin(deps, tanaka, { code, decision: 'approved' });
    expect(await fetch(pollToken.expose())).toMatchObject({ state: 'issued', certificate: null });
    expect(await listCertificates(deps.database, tanaka.person.id, home.clock.now())).toEqual([]);
  });

  test('gives nothing for an approval of somebody locked since, nor for one that is fetched too late', async () => {
    const locked = await ask();
    await decideLogin(deps, chen, { code: locked.code, decision: 'approved' });
    await lockPerson(deps, kimura, { personId: chen.person.id, reason: 'inquiry' });
    expect(await fetch(locked.pollToken.expose())).toEqual({ state: 'expired' });
    expect(await codeOf(decideLogin(deps, chen, { code: (await ask()).code, decision: 'approved' }))).toBe(
      'person_locked',
    );
    await unlockPerson(deps, kimura, chen.person.id);
    expect(await fetch(locked.pollToken.expose())).toEqual({ state: 'expired' });

    const late = await ask();
    await decideLogin(deps, aoki, { code: late.code, decision: 'approved' });
    home.clock.advance(LIMITS.loginRequestSeconds * 1_000);
    expect(await fetch(late.pollToken.expose())).toEqual({ state: 'expired' });
  });

  test('gives one certificate for one approval, however often and however at once it is fetched', async () => {
    const { code, pollToken } = await ask();
    await decideLogin(deps, aoki, { code, decision: 'approved' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => fetch(pollToken.expose())));
    expect(answers.map(({ state }) => state).sort()).toEqual(['expired', 'expired', 'expired', 'issued']);
    expect(await fetch(pollToken.expose())).toEqual({ state: 'expired' });
  });

  test('answers the one who waits as soon as it is decided', async () => {
    const { code, pollToken } = await ask();
    const waiting = awaitLogin(deps, pollToken.expose(), never);
    await decideLogin(deps, aoki, { code: code.toLowerCase(), decision: 'approved' });
    const { rows } = await home.owner.pool.query<{ id: string }>('SELECT id FROM logins WHERE code = $1', [code]);
    deps.signInDecided.dispatchEvent(new Event(rows[0]!.id));
    expect((await waiting).state).toBe('issued');
  });

  test('ends with a certificate that is its person for ten hours, and leaves its events', async () => {
    const key = ed25519();
    const { blob, person, certificate } = await loggedIn(aoki, key);
    expect(person.id).toBe(aoki.person.id);
    const fingerprint = fingerprintOf(key.blob);
    expect(await findPersonByCertificate(deps, blob, FROM)).toMatchObject({ person: { id: person.id }, fingerprint });
    expect(await listCertificates(deps.database, person.id, home.clock.now())).toContainEqual(
      expect.objectContaining({ serial: String(certificate.serial), fingerprint, sourceAddress: '192.0.2.7' }),
    );
    const issued = (await home.events('login.certificate_issued')).at(-1);
    expect(issued).toMatchObject({ actor: person.id, body: { fingerprint, serial: String(certificate.serial) } });
    expect((await home.events('login.decided')).at(-1)).toMatchObject({
      actor: person.id,
      body: { decision: 'approved' },
    });
    expect((await home.events('login.requested')).at(-1)).toMatchObject({ actor: null, body: { fingerprint } });
    home.clock.advance(LIMITS.loginCertificateHours * HOUR_MS - 1_000);
    expect(await findPersonByCertificate(deps, blob, FROM)).toBeDefined();
    home.clock.advance(1_000);
    expect(await findPersonByCertificate(deps, blob, FROM)).toBeUndefined();
    expect(await isCertificateUnrevoked(deps, blob, person.id)).toBe(true);
    expect(await listCertificates(deps.database, person.id, home.clock.now())).toEqual([]);
  });

  test('a certificate finds a locked person, for whom the decision says no with its reason', async () => {
    const { blob } = await loggedIn(chen);
    await lockPerson(deps, kimura, { personId: chen.person.id, reason: 'inquiry' });
    expect((await findPersonByCertificate(deps, blob, FROM))?.person.id).toBe(chen.person.id);
    await unlockPerson(deps, kimura, chen.person.id);
  });

  test('a certificate is nobody when it is changed, foreign, for a host, of an unknown serial or for several', async () => {
    const key = ed25519();
    const { blob, certificate, person } = await loggedIn(aoki, key);
    const now = home.clock.now();
    const made = (change: object, authority = deps.loginAuthority): Promise<Buffer> =>
      authority.issueUserCertificate({
        ...{ publicKey: key.raw, principal: person.id, keyId: 'x', serial: certificate.serial, extensions: [] },
        ...{ validAfter: new Date(now.getTime() - 1_000), validBefore: new Date(now.getTime() + 60_000) },
        ...change,
      });
    const found = async (shown: Buffer | Promise<Buffer>): Promise<boolean> =>
      (await findPersonByCertificate(deps, await shown, FROM)) !== undefined;
    expect(await found(made({}))).toBe(true);
    expect(await found(made({}, foreign))).toBe(false);
    expect(await found(made({ serial: certificate.serial + 2n }))).toBe(false);
    expect(await found(made({ serial: 2n ** 64n - 1n }))).toBe(false);
    expect(await found(made({ principal: chen.person.id }))).toBe(false);
    expect(await found(made({ principal: 'aoki' }))).toBe(false);
    expect(await found(made({ publicKey: ed25519().raw }))).toBe(false);
    expect(await found(made({ validAfter: new Date(now.getTime() + 1_000) }))).toBe(false);
    expect(await found(made({ sourceAddresses: ['198.51.100.0/24'] }))).toBe(false);
    expect(await found(made({ sourceAddresses: ['192.0.2.0/24'] }))).toBe(true);
    expect(await found(key.blob)).toBe(false);
    const bent = Buffer.from(blob);
    bent[blob.length - 1]! ^= 1;
    expect(await found(bent)).toBe(false);
    expect(await found(blob.subarray(0, -1))).toBe(false);
  });

  test('the database gives a certificate to nobody else, and does not take its revocation back', async () => {
    const { certificate } = await loggedIn(aoki);
    const serial = certificate.serial.toString();
    const run = (text: string, ...values: string[]): Promise<unknown> => home.database.pool.query(text, values);
    const given = run('UPDATE login_certificates SET person_id = $1 WHERE serial = $2', chen.person.id, serial);
    await expect(given).rejects.toThrow(/permission denied/);
    await expect(run("UPDATE logins SET public_key = ''")).rejects.toThrow(/permission denied/);
    await expect(run('UPDATE sessions SET person_id = $1', chen.person.id)).rejects.toThrow(/permission denied/);
    await revokeLoginCertificate(deps, aoki, serial);
    const back = run('UPDATE login_certificates SET revoked_at = NULL WHERE serial = $1', serial);
    await expect(back).rejects.toThrow(/stays revoked/);
  });

  test('a certificate is revoked by its person alone, once, and is nobody from then on', async () => {
    const { blob, certificate } = await loggedIn(aoki);
    const serial = String(certificate.serial);
    expect(await codeOf(revokeLoginCertificate(deps, chen, serial))).toBe('not_found');
    for (const odd of ['', '0', '-1', '1e3', '9'.repeat(19), '9'.repeat(40)]) {
      expect(await codeOf(revokeLoginCertificate(deps, aoki, odd))).toBe('not_found');
    }
    await revokeLoginCertificate(deps, aoki, serial);
    expect(await findPersonByCertificate(deps, blob, FROM)).toBeUndefined();
    expect(await isCertificateUnrevoked(deps, blob, aoki.person.id)).toBe(false);
    expect(await codeOf(revokeLoginCertificate(deps, aoki, serial))).toBe('not_found');
    expect((await home.events('login.certificate_revoked')).at(-1)).toMatchObject({
      actor: aoki.person.id,
      body: { serial },
    });
  });

  test('a certificate is revoked without a browser by its key alone', async () => {
    const key = ed25519();
    const { blob, certificate } = await loggedIn(aoki, key);
    const other = await loggedIn(aoki);
    const text = revocationText(certificate.serial);
    const tries = [
      ed25519().sign(text),
      key.sign(revocationText(other.certificate.serial)),
      key.sign(Buffer.from('sekisho-revoke-login-v1')),
      Buffer.alloc(0),
    ];
    for (const signature of tries)
      expect(await codeOf(revokeHeldCertificate(deps, { blob, signature }))).toBe('not_found');
    expect(await codeOf(revokeHeldCertificate(deps, { blob: key.blob, signature: key.sign(text) }))).toBe('not_found');
    await revokeHeldCertificate(deps, { blob, signature: key.sign(text) });
    expect(await findPersonByCertificate(deps, blob, FROM)).toBeUndefined();
    expect(await findPersonByCertificate(deps, other.blob, FROM)).toBeDefined();
    expect(await codeOf(revokeHeldCertificate(deps, { blob, signature: key.sign(text) }))).toBe('not_found');
  });
});
