/** What a sign-in asks of the database: each question is a way there and back, and CPU, for every connection. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import ssh2, { type IdentityCallback, type ParsedKey } from 'ssh2';
import { Cleanup, createLog, newUuid } from '../../foundation/index.ts';
import { Authentication, type SignedIn, type SignInRules, Throttle } from '../../gateway/ssh/authentication/index.ts';
import {
  enrolSshKey,
  generateSshKey,
  loadCertificateAuthority,
  requestSignIn,
  loadFactorSeal,
  revokeSshKey,
} from '../../identity/index.ts';
import type { ConnectionId, Principal } from '../../policy/index.ts';
import { decideShown, type House, house } from '../identity/people.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const RULES: SignInRules = { secondFactor: 'none', secondFactorMinutes: 0, userVerification: false, banner: '' };
const REMEMBERING: SignInRules = { ...RULES, secondFactor: 'browser', secondFactorMinutes: 10 };

let cleanup: Cleanup;
let h: House;
let aoki: Principal;

beforeEach(async () => {
  cleanup = new Cleanup();
  h = cleanup.use(await house());
  aoki = await h.signIn('aoki', 'maintainer');
});
afterEach(async () => {
  await cleanup[Symbol.asyncDispose]();
});

interface Outcome {
  readonly signedIn: SignedIn | undefined;
  /** Statements from the first request to the end of the sign-in. */
  readonly questions: number;
}

/** An agent with one key, which may be kept waiting before it signs. */
class OneKey extends ssh2.BaseAgent {
  readonly #key: ParsedKey;
  readonly #beforeSigning: () => Promise<void>;

  constructor(key: ParsedKey, beforeSigning: () => Promise<void>) {
    super();
    this.#key = key;
    this.#beforeSigning = beforeSigning;
  }

  override getIdentities(done: IdentityCallback): void {
    done(undefined, [this.#key]);
  }

  override sign(_key: unknown, data: Buffer, ...rest: unknown[]): void {
    const done = rest.at(-1) as (error: Error | undefined, signature?: Buffer) => void;
    void this.#beforeSigning().then(() => done(undefined, this.#key.sign(data)));
  }
}

/** A real handshake and sign-in of the library's client against the chain under test. */
async function signIn(
  key: ParsedKey,
  {
    rules = RULES,
    beforeSigning = () => Promise.resolve(),
  }: { rules?: SignInRules; beforeSigning?: () => Promise<void> } = {},
): Promise<Outcome> {
  const { path } = cleanup.use(await tempDirectory());
  const deps = {
    ...{ database: h.database, clock: h.clock, log: createLog('silent'), signIn: rules },
    ...{ loginAuthority: await loadCertificateAuthority(join(path, 'login_ca')), throttle: new Throttle(h.clock) },
    ...{ publicUrl: new URL('http://127.0.0.1'), signInDecided: new EventTarget() },
    factorSeal: await loadFactorSeal(join(path, 'factor_key')),
  };
  const closed = new AbortController();
  const authentication = new Authentication(deps, {
    ...{ connectionId: newUuid(h.clock.now()) as ConnectionId, sourceAddress: '127.0.0.1' },
    ...{ signal: closed.signal, extendGrace: () => undefined },
  });
  const server = new ssh2.Server({ hostKeys: [generateSshKey('').privateKey] }, (connection) => {
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => void authentication.answer(context, () => connection.end()));
    connection.on('ready', () => connection.end());
  });
  const acceptor = createServer((socket) => server.injectSocket(socket)).listen(0, '127.0.0.1');
  cleanup.defer(() => acceptor.close());
  await once(acceptor, 'listening');
  const address = acceptor.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    client.once('close', () => resolve());
  });
  const questions = jest.spyOn(h.database.pool, 'query');
  questions.mockClear();
  client.connect({
    ...{ host: '127.0.0.1', port, username: 'crm-db', hostVerifier: () => true },
    authHandler: ['agent'],
    agent: new OneKey(key, beforeSigning),
  });
  await ended;
  const count = questions.mock.calls.length;
  await authentication.ended();
  return { signedIn: authentication.signedIn, questions: count };
}

function parsed(privateKey: string): ParsedKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key;
}

async function enrol(): Promise<{ key: ParsedKey; fingerprint: string }> {
  const { privateKey, publicKeyLine } = generateSshKey('test');
  const { fingerprint } = await enrolSshKey(h, aoki, { publicKey: publicKeyLine, label: '' });
  return { key: parsed(privateKey), fingerprint };
}

async function approve(fingerprint: string): Promise<void> {
  const asked = { loginName: 'crm-db', sourceAddress: '127.0.0.1', seconds: 180 };
  const { code } = await requestSignIn(h, { ...asked, factor: { holder: aoki.person.id, fingerprint } });
  await decideShown(h, aoki, { code, decision: 'approved' });
}

/** Shows one key and signs with another: what somebody does who has copied a public key. */
function pretending(shown: ParsedKey): ParsedKey {
  const own = parsed(generateSshKey('').privateKey);
  return Object.create(shown, { sign: { value: (data: Buffer) => own.sign(data) } }) as ParsedKey;
}

describe('a sign-in is refused', () => {
  test('with the same one question whether a key is unknown, revoked or expired', async () => {
    const unknown = await signIn(parsed(generateSshKey('').privateKey));
    const revoked = await enrol();
    await revokeSshKey(h, aoki, revoked.fingerprint);
    const expired = await enrol();
    await h.owner.pool.query('UPDATE ssh_keys SET expires_at = enrolled_at WHERE fingerprint = $1', [
      expired.fingerprint,
    ]);
    h.clock.advance(1);
    const outcomes = [unknown, await signIn(revoked.key), await signIn(expired.key)];
    expect(outcomes).toEqual(outcomes.map(() => ({ signedIn: undefined, questions: 1 })));
    expect(await h.events('ssh.sign_in_refused')).toMatchObject([
      { actor: null, body: { reason: 'unknown_key', holder: null } },
      { actor: null, body: { reason: 'revoked_key', holder: aoki.person.id, fingerprint: revoked.fingerprint } },
      { actor: null, body: { reason: 'expired_key', holder: aoki.person.id, fingerprint: expired.fingerprint } },
    ]);
  });

  test('when the signature is not of the key that was shown', async () => {
    const { key, fingerprint } = await enrol();
    expect((await signIn(pretending(key))).signedIn).toBeUndefined();
    expect(await h.events('ssh.sign_in_refused')).toMatchObject([
      { body: { reason: 'bad_signature', fingerprint, holder: aoki.person.id } },
    ]);
  });

  test('when the key is revoked between the question about it and the signature', async () => {
    const { key, fingerprint } = await enrol();
    const beforeSigning = () => revokeSshKey(h, aoki, fingerprint);
    expect((await signIn(key, { beforeSigning })).signedIn).toBeUndefined();
    expect(await h.events('ssh.sign_in_refused')).toMatchObject([{ body: { reason: 'revoked_key', fingerprint } }]);
    expect(await h.events('ssh.signed_in')).toEqual([]);
  });

  test('by a key alone where its holder has to approve, and nothing is remembered', async () => {
    const { key, fingerprint } = await enrol();
    await approve(fingerprint);
    expect((await signIn(key, { rules: { ...REMEMBERING, secondFactorMinutes: 0 } })).signedIn).toBeUndefined();
    h.clock.advance(10 * 60_000);
    expect((await signIn(key, { rules: REMEMBERING })).signedIn).toBeUndefined();
    expect(await h.events('ssh.signed_in')).toEqual([]);
  });
});

describe('a sign-in asks the database twice, once whose the key is and once to note its use,', () => {
  test('by key', async () => {
    const { key } = await enrol();
    const { signedIn, questions } = await signIn(key);
    expect(signedIn).toMatchObject({ person: { id: aoki.person.id }, method: 'ssh_key', loginName: 'crm-db' });
    expect(questions).toBe(2);
  });

  test('by key with an approval that is remembered', async () => {
    const { key, fingerprint } = await enrol();
    await approve(fingerprint);
    const { signedIn, questions } = await signIn(key, { rules: REMEMBERING });
    expect(signedIn).toMatchObject({ person: { id: aoki.person.id }, method: 'ssh_key_and_browser' });
    expect(questions).toBe(2);
  });
});
