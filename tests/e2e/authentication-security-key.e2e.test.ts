/** Security keys with the real client, by OpenSSH's own authenticator without hardware: it counts, and stands still. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runToEnd, type SshResult, TestGateway } from '../support/gateway.ts';
import { describeWithSecurityKeys } from '../support/openssh-newest.ts';
import { waitFor } from '../support/wait-for.ts';
import { events, newest, personId } from './support/house.ts';
import { withKeys } from './support/keys.ts';

const GATEWAY = 255;
const COUNTER = 0x12345678;

describeWithSecurityKeys('a security key', ({ ssh, sshKeygen }, provider) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  /** A new key of the authenticator; `line` is what its person pastes. */
  const newSecurityKey = async (kind: 'ed25519-sk' | 'ecdsa-sk', name: string, ...options: string[]) => {
    const path = join(gateway.directory, name);
    const args = ['-q', '-t', kind, '-N', '', '-C', name, '-f', path, '-w', provider, ...options];
    const made = await runToEnd(sshKeygen, args);
    if (made.status !== 0) throw new Error(made.stderr);
    return { path, line: (await readFile(`${path}.pub`, 'utf8')).trim() };
  };
  const enrol = async (publicKey: string): Promise<string> => {
    const { json } = await (await gateway.person('chen')).post('/api/ssh-keys', { publicKey, label: 'key' });
    return (json['key'] as { fingerprint: string }).fingerprint;
  };
  const runSsh = async (path: string): Promise<SshResult> => {
    const args = withKeys(await gateway.sshArguments('chen'), [path]);
    return runToEnd(ssh, ['-o', `SecurityKeyProvider=${provider}`, ...args, '127.0.0.1', 'echo in']);
  };
  const refusal = (reason: string) =>
    waitFor(`the event ${reason}`, async () =>
      (await events(gateway.database, 'ssh.sign_in_refused')).find(({ body }) => body['reason'] === reason),
    );

  test('that did not verify its person is refused where it has to', async () => {
    const { path, line } = await newSecurityKey('ed25519-sk', 'unverified');
    const fingerprint = await enrol(`verify-required ${line}`);
    expect(await runSsh(path)).toMatchObject({ status: GATEWAY, stdout: Buffer.alloc(0) });
    expect((await refusal('user_not_verified')).body).toMatchObject({ fingerprint });
  });

  test.each(['ed25519-sk', 'ecdsa-sk'] as const)(
    '(%s) is in once; a counter that stands still is a copy',
    async (kind) => {
      const { path, line } = await newSecurityKey(kind, `counting-${kind}`);
      const fingerprint = await enrol(line);
      expect((await runSsh(path)).stdout.toString()).toBe('in\n');
      expect(await newest(gateway.database, 'ssh.signed_in')).toMatchObject({
        actor: await personId(gateway, 'chen'),
        body: { method: 'ssh_key', fingerprint, securityKey: { flags: 1, counter: COUNTER } },
      });
      expect(await runSsh(path)).toMatchObject({ status: GATEWAY, stdout: Buffer.alloc(0) });
      await waitFor('the event of this key', async () =>
        (await events(gateway.database, 'ssh.sign_in_refused')).find(
          ({ body }) => body['reason'] === 'counter_went_back' && body['fingerprint'] === fingerprint,
        ),
      );
    },
  );

  test('that verified its person is in, and the event says so', async () => {
    const { path, line } = await newSecurityKey('ed25519-sk', 'verified', '-O', 'verify-required');
    await enrol(`verify-required ${line}`);
    expect((await runSsh(path)).stdout.toString()).toBe('in\n');
    const { body } = await newest(gateway.database, 'ssh.signed_in');
    expect(body['securityKey']).toEqual({ flags: 5, counter: COUNTER });
  });

  test('is in alone when it verified its person and counts as two factors; one that was only touched is not', async () => {
    const signIn = { secondFactor: 'browser', secondFactorMinutes: 0, userVerification: false, banner: '' } as const;
    await using two = await TestGateway.start({ ssh: { signIn: { ...signIn, securityKeyIsTwoFactors: true } } });
    const chen = await two.person('chen');
    const tried = async (name: string, ...options: string[]) => {
      const { path, line } = await newSecurityKey('ed25519-sk', name, ...options);
      await chen.post('/api/ssh-keys', { publicKey: line, label: name });
      const args = withKeys(await two.sshArguments('chen'), [path]);
      return runToEnd(ssh, ['-o', `SecurityKeyProvider=${provider}`, ...args, '127.0.0.1', 'echo in']);
    };
    expect((await tried('two-touched')).stdout.toString()).toBe('');
    expect((await tried('two-verified', '-O', 'verify-required')).stdout.toString()).toBe('in\n');
    const { body } = await newest(two.database, 'ssh.signed_in');
    expect(body).toMatchObject({ method: 'security_key', securityKey: { flags: 5 } });
  });
});
