/** A lock of every kind ends what goes on with it within a second, with the real ssh, and opens nothing new. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { asOwner, expectOneLine, lastSession, newest, personId } from './support/house.ts';
import { enrolledKey, withKeys } from './support/keys.ts';
import { LiveSsh } from './support/live-ssh.ts';

const STAY = 'echo up; sleep 60';
const GATEWAY = 255;

describeWith(['ssh', 'ssh-keygen'], 'a lock', () => {
  let gateway: TestGateway;
  let key: Awaited<ReturnType<typeof enrolledKey>>;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    key = await enrolledKey(gateway, 'chen', 'lockable');
    await gateway.key('aoki');
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const args = async (login: string): Promise<string[]> => {
    const own = await gateway.sshArguments(login);
    return login === 'chen' ? withKeys(own, [key.path]) : own;
  };
  const live = async (login: string): Promise<LiveSsh> => {
    const ssh = new LiveSsh([...(await args(login)), '127.0.0.1', STAY]);
    await ssh.sees('up');
    return ssh;
  };
  const lock = async (kind: string, subject: string): Promise<() => Promise<void>> => {
    const kimura = await gateway.person('kimura');
    expect((await kimura.post('/api/locks', { kind, subject, reason: '調査' })).status).toBe(204);
    const { json } = await kimura.get('/api/locks');
    const [{ id }] = json['locks'] as [{ id: string }];
    return async () => {
      expect((await kimura.post(`/api/locks/${id}/lift`, {})).status).toBe(204);
    };
  };

  test.each([
    ['key', (): string => key.fingerprint, false, null],
    ['target', (): string => 'crm-db', true, 'access_target_locked'],
    ['system', (): string => 'crm', true, 'access_system_locked'],
    ['company', (): string => 'the company of Chen', false, 'access_company_locked'],
    ['device', (): string => '127.0.0.0/30', true, null],
  ] as const)('of a %s', async (kind, subject, endsOther, code) => {
    if (kind === 'company') {
      await asOwner(gateway, "UPDATE persons SET employer = 'The Company of Chen' WHERE id = $1", [
        await personId(gateway, 'chen'),
      ]);
    }
    const system = await asOwner(
      gateway,
      "SELECT s.name FROM targets t JOIN systems s ON s.id = t.system_id WHERE t.name = 'crm-db'",
    );
    await gateway.person('kimura');
    await using ssh = await live('chen');
    await using other = await live('aoki');
    const before = performance.now();
    if (kind === 'device') {
      // The console of this test comes from there as well: placed and lifted as the schema's owner would.
      await asOwner(
        gateway,
        "INSERT INTO locks (id, kind, subject, reason, locked_at) VALUES (gen_random_uuid(), 'device', $1, 'test', now())",
        [subject()],
      );
    }
    const lift =
      kind === 'device' ? undefined : await lock(kind, kind === 'system' ? String(system[0]?.['name']) : subject());
    try {
      const result = await ssh.ended;
      expect(result.status).toBe(GATEWAY);
      expectOneLine(result.stderr, 'session_locked');
      if (endsOther) expect((await other.ended).status).toBe(GATEWAY);
      expect(performance.now() - before).toBeLessThan(1_000);
      if (!endsOther) expect(other.process.exitCode).toBeNull();
      expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'locked', isSealed: true });
      await using again = new LiveSsh([...(await args('chen')), '127.0.0.1', 'echo in']);
      const refused = await again.ended;
      expect([refused.status, refused.stdout.toString()]).toEqual([GATEWAY, '']);
      if (code === null) expect(refused.stderr).toContain('Permission denied');
      else expectOneLine(refused.stderr, code);
      if (code !== null) {
        expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({
          reason: code.slice('access_'.length),
        });
      }
    } finally {
      await lift?.();
      await asOwner(gateway, 'UPDATE locks SET lifted_at = now() WHERE lifted_at IS NULL');
    }
    await using back = new LiveSsh([...(await args('chen')), '127.0.0.1', 'echo in']);
    expect((await back.ended).stdout.toString()).toContain('in');
  });
});
