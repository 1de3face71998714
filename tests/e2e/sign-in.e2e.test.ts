/** Who somebody is: by key, or by the browser of whoever approves. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, events, newest, personId, wordsShown } from './support/house.ts';
import { enrolledKey, newKey, withKeys } from './support/keys.ts';
import { LiveSsh } from './support/live-ssh.ts';

const GATEWAY = 255;

describeWith(['ssh', 'ssh-keygen'], 'a person', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  const refusal = (reason: string) =>
    waitFor(`the event ${reason}`, async () => {
      const refused = await events(gateway.database, 'ssh.sign_in_refused');
      return refused.find(({ body }) => body['reason'] === reason)?.body;
    });

  describe('at sign-in', () => {
    test('with a revoked key is not known, and leaves a trace', async () => {
      const key = await enrolledKey(gateway, 'chen', 'revoked');
      const args = [...withKeys(await gateway.sshArguments('chen'), [key.path]), '127.0.0.1', 'echo in'];
      expect((await runToEnd(partner('ssh'), args)).stdout.toString()).toBe('in\n');
      expect(await key.revoke()).toBe(204);
      const result = await runToEnd(partner('ssh'), args);
      expect(result.status).toBe(GATEWAY);
      expect(result.stdout).toHaveLength(0);
      expect(result.stderr).toMatch(/^crm-db@127\.0\.0\.1: Permission denied \(publickey,keyboard-interactive\)\.\s*$/);
      expect(await refusal('revoked_key')).toMatchObject({
        loginName: 'crm-db',
        fingerprint: key.fingerprint,
        holder: await personId(gateway, 'chen'),
      });
    });

    test('with an expired key is not known', async () => {
      const key = await enrolledKey(gateway, 'chen', 'expired');
      await asOwner(gateway, 'UPDATE ssh_keys SET expires_at = now() WHERE fingerprint = $1', [key.fingerprint]);
      const args = [...withKeys(await gateway.sshArguments('chen'), [key.path]), '127.0.0.1', 'echo in'];
      const result = await runToEnd(partner('ssh'), args);
      expect({ status: result.status, stdout: result.stdout.toString() }).toEqual({ status: GATEWAY, stdout: '' });
      expect(await refusal('expired_key')).toMatchObject({ loginName: 'crm-db', fingerprint: key.fingerprint });
    });

    test('with more than twenty keys is disconnected, and leaves a trace', async () => {
      const names = Array.from({ length: LIMITS.sshAuthTriesMax + 1 }, (_, at) => `many-${at}`);
      const keys = await Promise.all(names.map((name) => newKey(gateway, name)));
      const args = [...withKeys(await gateway.sshArguments('chen'), keys), '127.0.0.1', 'echo in'];
      const result = await runToEnd(partner('ssh'), args);
      expect(result.status).toBe(GATEWAY);
      expect(result.stdout).toHaveLength(0);
      expect(result.stderr).toContain('sekisho: Too many keys were tried.');
      expect(result.stderr).toContain('[too_many_tries]');
      expect(await refusal('too_many_tries')).toMatchObject({ loginName: 'crm-db' });
    });
  });

  describe('without a known key', () => {
    const browserSsh = async (): Promise<{ ssh: LiveSsh; code: string }> => {
      const args = (await gateway.sshArguments('aoki')).flatMap((arg) =>
        arg === 'BatchMode=yes' ? ['BatchMode=no'] : arg,
      );
      const ssh = new LiveSsh([
        ...['-o', 'LogLevel=INFO', '-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1'],
        ...[...args, '127.0.0.1', 'id -un; echo done'],
      ]);
      const [, code = ''] = await ssh.sees(/\/ssh\/([A-Z0-9]{4}-[A-Z0-9]{4})/);
      return { ssh, code };
    };
    const decide = async (login: string, code: string, decision: string): Promise<number> =>
      (
        await (
          await gateway.person(login)
        ).post(`/api/ssh-sign-ins/${code}/decision`, {
          decision,
          ...(decision === 'approved' ? { words: await wordsShown(gateway, code) } : {}),
        })
      ).status;

    test('is who approves in the browser, whoever began: the session is theirs', async () => {
      const { ssh, code } = await browserSsh();
      await using _ssh = ssh;
      expect((await (await gateway.person('chen')).get(`/api/ssh-sign-ins/${code}`)).json['signIn']).toMatchObject({
        loginName: 'crm-db',
        sourceAddress: '127.0.0.1',
        state: 'pending',
      });
      expect(await decide('chen', code, 'approved')).toBe(204);
      const result = await ssh.ended;
      expect(result.stdout.toString()).toContain('done');
      const chen = await personId(gateway, 'chen');
      expect(await newest(gateway.database, 'ssh.signed_in')).toMatchObject({
        actor: chen,
        body: { method: 'browser', fingerprint: null },
      });
      expect(await newest(gateway.database, 'session.opened')).toMatchObject({
        actor: chen,
        body: { account: 'chen' },
      });
      expect(await decide('aoki', code, 'approved')).not.toBe(204);
    });

    test('and denied in the browser hears so', async () => {
      const { ssh, code } = await browserSsh();
      await using _ssh = ssh;
      expect(await decide('chen', code, 'denied')).toBe(204);
      const result = await ssh.ended;
      expect(result.status).toBe(GATEWAY);
      expect(result.stdout.toString()).toBe('');
      expect(result.stderr).toContain('sekisho: Nobody approved this sign-in, so the answer is no. [not_approved]');
      expect((await newest(gateway.database, 'ssh.sign_in_refused')).body).toMatchObject({ reason: 'not_approved' });
    });

    test('is not let in by somebody who is no maintainer', async () => {
      const { ssh, code } = await browserSsh();
      await using _ssh = ssh;
      expect(await decide('suzuki', code, 'approved')).toBe(403);
      expect(await decide('chen', code, 'denied')).toBe(204);
      expect((await ssh.ended).stdout.toString()).toBe('');
    });

    test('is not let in by somebody who is locked', async () => {
      const { ssh, code } = await browserSsh();
      await using _ssh = ssh;
      const kimura = await gateway.person('kimura');
      await gateway.person('chen');
      const lock = `/api/persons/${await personId(gateway, 'chen')}`;
      expect((await kimura.post(`${lock}/lock`, { reason: '確認' })).status).toBe(204);
      try {
        expect(await decide('chen', code, 'approved')).toBeGreaterThanOrEqual(401);
        expect((await (await gateway.person('aoki')).get(`/api/ssh-sign-ins/${code}`)).json['signIn']).toMatchObject({
          state: 'pending',
        });
      } finally {
        expect((await kimura.post(`${lock}/unlock`, {})).status).toBe(204);
      }
      expect(await decide('aoki', code, 'denied')).toBe(204);
      expect((await ssh.ended).stdout.toString()).toBe('');
    });

    test('and gone before the answer cannot be approved any more', async () => {
      const { ssh, code } = await browserSsh();
      await ssh[Symbol.asyncDispose]();
      const person = await gateway.person('chen');
      await waitFor('the code to die', async () => {
        const { json } = await person.get(`/api/ssh-sign-ins/${code}`);
        return (json['signIn'] as { state: string }).state === 'expired';
      });
      expect(await decide('chen', code, 'approved')).toBe(409);
    });
  });
});
