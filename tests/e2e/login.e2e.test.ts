/** `sekisho login` with the real command, a browser's decision, and the real ssh that reads what was written. */
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { type Command, startCommand } from './support/command.ts';
import { events, lastSession, newest, personId } from './support/house.ts';
import { LiveSsh } from './support/live-ssh.ts';

describeWith(['ssh', 'ssh-keygen'], 'sekisho login', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const url = (): string => gateway.running.publicUrl.href;
  const decide = async (login: string, command: Command, decision: string): Promise<number> => {
    const [, code = ''] = await command.sees(/\/logins\/([A-Z0-9]{4}-[A-Z0-9]{4})/);
    return (await (await gateway.person(login)).post(`/api/logins/${code}/decision`, { decision })).status;
  };
  const loggedIn = async (home: string, login: string, ...args: string[]) => {
    await using command = startCommand(home, ['login', url(), ...args]);
    expect(await decide(login, command, 'approved')).toBe(204);
    return await command.ended;
  };
  const configOf = (home: string): string => join(home, '.ssh', 'sekisho', 'config');
  const ssh = (home: string, ...words: string[]) =>
    runToEnd(partner('ssh'), ['-F', configOf(home), '-o', 'BatchMode=yes', ...words]);

  describe('is refused', () => {
    test('and writes nothing when the browser says no', async () => {
      await using home = await tempDirectory();
      await using command = startCommand(home.path, ['login', url()]);
      expect(await decide('aoki', command, 'denied')).toBe(204);
      const { status, stderr } = await command.ended;
      expect([status, stderr]).toEqual([1, expect.stringContaining('[login_not_approved]')]);
      expect(await readdir(join(home.path, '.ssh', 'sekisho'))).toEqual(
        expect.not.arrayContaining(['id_ed25519-cert.pub', 'config', 'known_hosts']),
      );
    });

    test('before anything is asked, in a directory that others may reach, and over plain http to elsewhere', async () => {
      await using home = await tempDirectory();
      const directory = join(home.path, '.ssh', 'sekisho');
      await mkdir(directory, { recursive: true });
      await chmod(directory, 0o755);
      const asked = (await events(gateway.database, 'login.requested')).length;
      await using loose = startCommand(home.path, ['login', url()]);
      expect(await loose.ended).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('[login_directory_refused]'),
      });
      await using plain = startCommand(home.path, [
        'login',
        'http://sekisho.example.com',
        '--directory',
        join(home.path, 'd'),
      ]);
      expect(await plain.ended).toMatchObject({ status: 1, stderr: expect.stringContaining('[request_invalid]') });
      expect(await events(gateway.database, 'login.requested')).toHaveLength(asked);
    });
  });

  test('gives an owner, who works on no target, a token and nothing for ssh, and takes it back', async () => {
    await using home = await tempDirectory();
    expect(await loggedIn(home.path, 'tanaka')).toMatchObject({ status: 0, stderr: '' });
    const directory = join(home.path, '.ssh', 'sekisho');
    expect((await readdir(directory)).sort()).toEqual(['gateway', 'id_ed25519', 'id_ed25519.pub', 'token']);
    const authorization = `Bearer ${(await readFile(join(directory, 'token'), 'utf8')).trim()}`;
    const me = async () => (await fetch(new URL('/api/me', url()), { headers: { authorization } })).status;
    expect(await me()).toBe(200);
    await using logout = startCommand(home.path, ['logout']);
    expect(await logout.ended).toMatchObject({ status: 0, stderr: '' });
    expect(await me()).toBe(401);
  });

  test('lets plain ssh in as the person who approved, with the files it wrote and nothing else', async () => {
    await using home = await tempDirectory();
    const { status, stdout, stderr } = await loggedIn(home.path, 'aoki', '--write');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Include sekisho/config');
    expect(stdout).toMatch(/ブラウザーで .* を開いてサインインし/);
    expect(await readFile(join(home.path, '.ssh', 'config'), 'utf8')).toBe('Include sekisho/config\n');
    const directory = join(home.path, '.ssh', 'sekisho');
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    for (const file of await readdir(directory)) {
      expect([file, (await stat(join(directory, file))).mode & 0o777]).toEqual([file, 0o600]);
    }
    const shown = await runToEnd(partner('ssh-keygen'), ['-L', '-f', join(directory, 'id_ed25519-cert.pub')]);
    expect(shown.stdout.toString()).toContain(await personId(gateway, 'aoki'));

    const direct = await ssh(home.path, 'crm-db.sekisho', 'echo in; exit 3');
    expect([direct.status, direct.stdout.toString(), direct.stderr]).toEqual([3, 'in\n', '']);
    expect(await newest(gateway.database, 'ssh.signed_in')).toMatchObject({
      actor: await personId(gateway, 'aoki'),
      body: { method: 'certificate' },
    });
    const jumped = await ssh(home.path, 'crm-db.jump.sekisho', 'echo jumped');
    expect([jumped.status, jumped.stdout.toString(), jumped.stderr]).toEqual([0, 'jumped\n', '']);

    // Once more: the same key, a new certificate, and no second line.
    const before = await readFile(join(directory, 'id_ed25519.pub'), 'utf8');
    expect(await loggedIn(home.path, 'aoki', '--write')).toMatchObject({ status: 0 });
    expect(await readFile(join(directory, 'id_ed25519.pub'), 'utf8')).toBe(before);
    expect(await readFile(join(home.path, '.ssh', 'config'), 'utf8')).toBe('Include sekisho/config\n');
  });

  test('is over with sekisho logout: live sessions end within a second, the files are gone, the certificate is nobody', async () => {
    await using home = await tempDirectory();
    await using away = await tempDirectory();
    await loggedIn(home.path, 'chen');
    await using live = new LiveSsh(['-F', configOf(home.path), 'crm-db.sekisho', 'echo ready; cat']);
    await live.sees('ready');
    const directory = join(home.path, '.ssh', 'sekisho');
    const stolen = join(away.path, 'stolen');
    expect((await runToEnd('cp', ['-r', directory, stolen])).status).toBe(0);
    await using logout = startCommand(home.path, ['logout']);
    expect(await logout.ended).toMatchObject({ status: 0, stderr: '' });
    const result = await live.ended;
    expect([result.status, result.stderr]).toEqual([255, expect.stringContaining('[session_revoked]')]);
    expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'revoked' });
    expect(await readdir(directory)).toEqual([]);
    const thief = await runToEnd(partner('ssh'), [
      ...['-F', 'none', '-p', String(gateway.sshPort), '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
      ...['-o', `UserKnownHostsFile=${stolen}/known_hosts`, '-i', `${stolen}/id_ed25519`, 'crm-db@127.0.0.1', 'true'],
    ]);
    expect([thief.status, thief.stderr]).toEqual([255, expect.stringContaining('Permission denied')]);
    expect((await newest(gateway.database, 'login.certificate_revoked')).actor).toBe(await personId(gateway, 'chen'));
    await using again = startCommand(home.path, ['logout']);
    expect(await again.ended).toMatchObject({ status: 0, stdout: expect.stringContaining('Nobody is signed in here') });
  });

  test('says when the gateway did not confirm the logout, and deletes the files all the same', async () => {
    await using home = await tempDirectory();
    await loggedIn(home.path, 'aoki');
    const person = await gateway.person('aoki');
    const { json } = await person.get('/api/certificates');
    for (const { serial } of json['certificates'] as { serial: string }[]) {
      const headers = { cookie: person.cookie, origin: gateway.running.publicUrl.origin };
      const init = { method: 'DELETE', headers };
      expect((await fetch(new URL(`/api/certificates/${serial}`, gateway.running.publicUrl), init)).status).toBe(204);
    }
    await using logout = startCommand(home.path, ['logout']);
    expect(await logout.ended).toMatchObject({ status: 1, stdout: expect.stringContaining('not_found') });
    expect(await readdir(join(home.path, '.ssh', 'sekisho'))).toEqual([]);
    expect((await ssh(home.path, 'crm-db.sekisho', 'true')).status).toBe(255);
  });
});
