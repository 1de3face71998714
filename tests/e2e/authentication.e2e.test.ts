/** The chain of a sign-in with the real client: keys, certificates, the approval beside a key, waits after failures. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import ssh2, { type ParsedKey } from 'ssh2';
import { LIMITS } from '../../foundation/index.ts';
import { generateSshKey } from '../../identity/index.ts';
import { runToEnd, type SshResult, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { events, newest, personId, wordsShown } from './support/house.ts';
import { enrolledKey, newKey, withKeys } from './support/keys.ts';
import { LiveSsh } from './support/live-ssh.ts';

const GATEWAY = 255;
const SIGN_IN = { secondFactor: 'none', secondFactorMinutes: 0, userVerification: false, banner: '' } as const;

const banner = 'Recorded.\n記録されます。';

const refusal = (gateway: TestGateway, reason: string) =>
  waitFor(`the event ${reason}`, async () =>
    (await events(gateway.database, 'ssh.sign_in_refused')).find(({ body }) => body['reason'] === reason),
  );

async function runSsh(gateway: TestGateway, keyPath: string, extra: readonly string[] = []): Promise<SshResult> {
  const args = withKeys(await gateway.sshArguments('aoki'), [keyPath]);
  return runToEnd(partner('ssh'), [...extra, ...args, '127.0.0.1', 'echo in']);
}

const decide = async (gateway: TestGateway, login: string, code: string, decision: string): Promise<number> =>
  (
    await (
      await gateway.person(login)
    ).post(`/api/ssh-sign-ins/${code}/decision`, {
      decision,
      ...(decision === 'approved' ? { words: await wordsShown(gateway, code) } : {}),
    })
  ).status;

/** A certificate of `sekisho login` beside a new key, approved by this person. */
async function certifiedKey(gateway: TestGateway, login: string, name: string) {
  const path = await newKey(gateway, name);
  const publicKey = (await readFile(`${path}.pub`, 'utf8')).trim();
  const { publicUrl } = gateway.running;
  const post = async (to: string, body: unknown): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(new URL(to, publicUrl), { method: 'POST', body: JSON.stringify(body), headers });
    return (await response.json()) as Record<string, unknown>;
  };
  const { code, pollToken } = await post('/api/logins', { publicKey });
  const person = await gateway.person(login);
  expect((await person.post(`/api/logins/${String(code)}/decision`, { decision: 'approved' })).status).toBe(204);
  const answer = await post('/api/logins/poll', { pollToken });
  const line = JSON.stringify(answer).match(/ssh-ed25519-cert-v01@openssh\.com [A-Za-z0-9+/=]+/)?.[0] ?? '';
  await writeFile(`${path}-cert.pub`, `${line} ${name}\n`);
  return { path, person };
}

/** Shows somebody's public key and signs with another one: what who has copied it can do. Ends refused. */
async function pretend(gateway: TestGateway, keyPath: string, times: number): Promise<void> {
  const [shown, own] = [await readFile(keyPath, 'utf8'), generateSshKey('').privateKey].map((text) =>
    ssh2.utils.parseKey(text),
  );
  if (shown === undefined || own === undefined || shown instanceof Error || own instanceof Error) throw new Error();
  const key = Object.create(shown, { sign: { value: (data: Buffer) => own.sign(data) } }) as ParsedKey;
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    client.once('close', () => resolve());
    client.connect({
      ...{ host: '127.0.0.1', port: gateway.sshPort, username: 'crm-db', hostVerifier: () => true },
      authHandler: Array.from({ length: times }, () => ({
        ...{ type: 'publickey' as const, username: 'crm-db', key: key as unknown as Buffer },
      })),
    });
  });
}

describeWith(['ssh', 'ssh-keygen'], 'a sign-in', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ ssh: { signIn: { ...SIGN_IN, banner } } });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  test('by a key that is nobody’s is refused, and leaves which key it was', async () => {
    const path = await newKey(gateway, 'nobody');
    expect(await runSsh(gateway, path)).toMatchObject({ status: GATEWAY, stdout: Buffer.alloc(0) });
    const shown = (await runToEnd(partner('ssh-keygen'), ['-lf', path])).stdout.toString().split(' ')[1];
    expect((await refusal(gateway, 'unknown_key')).body).toMatchObject({ fingerprint: shown, holder: null });
  });

  test('by a certificate of another authority is refused', async () => {
    const authority = await newKey(gateway, 'authority');
    const path = await newKey(gateway, 'forged');
    const who = await personId(gateway, 'aoki');
    const issued = ['-q', '-s', authority, '-I', 'forged', '-n', who, '-V', '+1h', `${path}.pub`];
    expect((await runToEnd(partner('ssh-keygen'), issued)).status).toBe(0);
    expect((await runSsh(gateway, path)).status).toBe(GATEWAY);
    expect((await refusal(gateway, 'unknown_certificate')).body).toMatchObject({ loginName: 'crm-db', holder: null });
  });

  test('by a certificate of sekisho login is in, until it is revoked', async () => {
    const { path, person } = await certifiedKey(gateway, 'chen', 'certified');
    expect((await runSsh(gateway, path)).stdout.toString()).toBe('in\n');
    const chen = await personId(gateway, 'chen');
    expect(await newest(gateway.database, 'ssh.signed_in')).toMatchObject({
      actor: chen,
      body: { method: 'certificate', securityKey: null },
    });
    expect(await newest(gateway.database, 'session.opened')).toMatchObject({ actor: chen });
    const { json } = await person.get('/api/certificates');
    const [{ serial }] = json['certificates'] as [{ serial: string }];
    const headers = { cookie: person.cookie, origin: gateway.running.publicUrl.origin };
    const url = new URL(`/api/certificates/${serial}`, gateway.running.publicUrl);
    expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(204);
    expect((await runSsh(gateway, path)).status).toBe(GATEWAY);
  });

  test('begins with the banner, in two languages', async () => {
    const args = withKeys(await gateway.sshArguments('aoki'), [await gateway.key('aoki')]);
    const shown = args.map((arg) => (arg === 'LogLevel=ERROR' ? 'LogLevel=INFO' : arg));
    const result = await runToEnd('env', ['LC_ALL=C.UTF-8', partner('ssh'), ...shown, '127.0.0.1', 'true']);
    expect(result.status).toBe(0);
    for (const line of banner.split('\n')) expect(result.stderr).toContain(line);
  });

  test('with a copied public key is refused; whoever goes on waits, and its holder elsewhere does not', async () => {
    const { path, fingerprint } = await enrolledKey(gateway, 'chen', 'copied');
    const chen = await personId(gateway, 'chen');
    const delayed = async () => (await events(gateway.database, 'ssh.sign_in_delayed')).length;
    const tries = LIMITS.sshThrottleFreeFailures / 2 + 1;
    for (let connections = 0; connections < 2; connections += 1) await pretend(gateway, path, tries);
    expect((await refusal(gateway, 'bad_signature')).body).toMatchObject({ fingerprint, holder: chen });
    const before = await delayed();
    expect((await runSsh(gateway, path, ['-b', '127.0.0.2'])).stdout.toString()).toBe('in\n');
    expect(await delayed()).toBe(before);
    expect((await runSsh(gateway, path)).stdout.toString()).toBe('in\n');
    expect(await delayed()).toBe(before + 1);
    expect((await newest(gateway.database, 'ssh.sign_in_delayed')).body).toMatchObject({ sourceAddress: '127.0.0.1' });
    expect((await runSsh(gateway, path)).stdout.toString()).toBe('in\n');
    expect(await delayed()).toBe(before + 1);
  });
});

describeWith(['ssh', 'ssh-keygen'], 'a key that needs an approval beside it', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({
      ssh: { signIn: { ...SIGN_IN, secondFactor: 'browser', secondFactorMinutes: 10 } },
    });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  /** The client at the point where it shows the address to approve at. */
  const halfWay = async (keyPath: string): Promise<{ ssh: LiveSsh; code: string }> => {
    const args = withKeys(await gateway.sshArguments('chen'), [keyPath]).map((arg) =>
      arg === 'BatchMode=yes' ? 'BatchMode=no' : arg,
    );
    const quiet = ['-o', 'LogLevel=INFO', '-o', 'NumberOfPasswordPrompts=1'];
    const ssh = new LiveSsh([...quiet, ...args, '127.0.0.1', 'echo in']);
    const [, code = ''] = await ssh.sees(/\/ssh\/([A-Z0-9]{4}-[A-Z0-9]{4})/);
    return { ssh, code };
  };

  test('is not enough alone, and the client hears what is missing', async () => {
    const { path } = await enrolledKey(gateway, 'chen', 'alone');
    const result = await runSsh(gateway, path);
    expect(result).toMatchObject({ status: GATEWAY, stdout: Buffer.alloc(0) });
    expect(result.stderr).toContain('Permission denied (keyboard-interactive)');
  });

  test('is not let in by another person, whose try leaves an event, nor after a denial', async () => {
    const { path } = await enrolledKey(gateway, 'chen', 'stolen');
    const { ssh, code } = await halfWay(path);
    await using _ssh = ssh;
    expect(await decide(gateway, 'aoki', code, 'approved')).toBe(403);
    const [chen, aoki] = [await personId(gateway, 'chen'), await personId(gateway, 'aoki')];
    expect(await newest(gateway.database, 'ssh.sign_in_decision_refused')).toMatchObject({
      actor: aoki,
      body: { holder: chen, decision: 'approved' },
    });
    expect(await decide(gateway, 'chen', code, 'denied')).toBe(204);
    const result = await ssh.ended;
    expect(result).toMatchObject({ status: GATEWAY, stdout: Buffer.alloc(0) });
    expect(result.stderr).toContain('[not_approved]');
    expect((await refusal(gateway, 'second_factor_not_approved')).body).toMatchObject({ holder: chen });
    expect(await events(gateway.database, 'ssh.signed_in')).toEqual([]);
  });

  test('lets its holder in; the approval is remembered for that address alone, until a denial', async () => {
    const { path, fingerprint } = await enrolledKey(gateway, 'chen', 'own');
    const { ssh, code } = await halfWay(path);
    await using _ssh = ssh;
    expect(await decide(gateway, 'chen', code, 'approved')).toBe(204);
    expect((await ssh.ended).stdout.toString()).toBe('in\n');
    const first = await newest(gateway.database, 'ssh.signed_in');
    expect(first).toMatchObject({
      actor: await personId(gateway, 'chen'),
      body: { method: 'ssh_key_and_browser', fingerprint },
    });
    expect((await runSsh(gateway, path)).stdout.toString()).toBe('in\n');
    expect((await newest(gateway.database, 'ssh.signed_in')).body['signIn']).toBe(first.body['signIn']);
    expect((await runSsh(gateway, path, ['-b', '127.0.0.2'])).status).toBe(GATEWAY);
    const elsewhere = await enrolledKey(gateway, 'chen', 'other');
    expect((await runSsh(gateway, elsewhere.path)).status).toBe(GATEWAY);
    await gateway.db.owner.pool.query(
      `INSERT INTO ssh_sign_ins (id, code, state, login_name, source_address, created_at, expires_at, person_id,
         decided_at, for_person_id, key_fingerprint)
       SELECT gen_random_uuid(), 'AAAA-BBBB', 'denied', login_name, source_address, created_at, expires_at, person_id,
         now(), for_person_id, key_fingerprint FROM ssh_sign_ins WHERE id = $1`,
      [first.body['signIn']],
    );
    expect((await runSsh(gateway, path)).status).toBe(GATEWAY);
  });

  test('is not what a certificate of sekisho login is: that was approved in the browser already', async () => {
    const { path } = await certifiedKey(gateway, 'chen', 'approved');
    expect((await runSsh(gateway, path)).stdout.toString()).toBe('in\n');
  });
});
