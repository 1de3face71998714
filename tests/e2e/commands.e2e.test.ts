/** The commands of a signed-in person, with the real command, a real gateway and what really was refused. */
import { join } from 'node:path';
import { rename, symlink } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { startCommand } from './support/command.ts';
import { newest, personId } from './support/house.ts';

describeWith(['ssh', 'ssh-keygen'], 'the commands of who signed in with sekisho login', () => {
  const cleanup = new Cleanup();
  let gateway: TestGateway;
  const homes = new Map<string, string>();
  beforeAll(async () => {
    gateway = cleanup.use(await TestGateway.start());
    for (const login of ['chen', 'tanaka']) {
      const { path } = cleanup.use(await tempDirectory());
      homes.set(login, path);
      await using command = startCommand(path, ['login', gateway.running.publicUrl.href]);
      const [, code = ''] = await command.sees(/\/logins\/([A-Z0-9]{4}-[A-Z0-9]{4})/);
      const person = await gateway.person(login);
      expect((await person.post(`/api/logins/${code}/decision`, { decision: 'approved' })).status).toBe(204);
      expect((await command.ended).status).toBe(0);
    }
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const run = async (login: string, ...args: string[]) => {
    await using command = startCommand(homes.get(login) ?? '', args);
    return await command.ended;
  };
  const json = async (login: string, ...args: string[]): Promise<Record<string, unknown>> => {
    const { status, stdout, stderr } = await run(login, ...args, '--json');
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  test('are refused without a sign-in, with words or options that are not theirs, and by another person', async () => {
    await using nobody = await tempDirectory();
    homes.set('nobody', nobody.path);
    expect(await run('nobody', 'tickets')).toMatchObject({
      ...{ status: 1, stdout: '', stderr: expect.stringContaining('[not_authenticated]') },
    });
    expect((await run('chen', 'tickets', '--reason', 'why')).status).toBe(2);
    expect((await run('chen', 'request', 'transfer', 'crm-db')).status).toBe(2);
    expect(await run('chen', 'tickets', '99999')).toMatchObject({
      ...{ status: 1, stderr: expect.stringContaining('[not_found]') },
    });
  });

  test('ask for a refused export by its link, approve exactly what was read, and read what was done', async () => {
    expect((await json('chen', 'targets'))['targets']).toContainEqual(expect.objectContaining({ loginName: 'crm-db' }));
    const refused = await gateway.ssh('chen', 'mysqldump crm customers');
    const [link = ''] = /http\S+\/tickets\/new\?act=[0-9a-f-]{36}/.exec(refused.stderr) ?? [];
    const words = ['--purpose', '照会\u202e対応', '--client', '株式会社サンプル', '--destination', 'workstation'];
    const asked = await run('chen', 'request', 'export', link, ...words);
    // Text that reorders what stands around it is refused or shown; it never reaches a terminal as it is.
    expect(asked.stdout).not.toContain('\u202e');
    const plain = words.map((word) => word.replace('\u202e', ''));
    const { ticket } = await json('chen', 'request', 'export', link, ...plain);
    const { number, actDigest } = ticket as { number: number; actDigest: string };

    expect(await run('chen', 'approve', String(number), '--reason', 'mine', '--digest', actDigest)).toMatchObject({
      ...{ status: 1, stderr: expect.stringContaining('[own_request]') },
    });
    const unsaid = await run('tanaka', 'approve', String(number), '--reason', '確認済み');
    expect(unsaid).toMatchObject({ status: 2, stdout: '' });
    expect(unsaid.stderr).toContain('mysqldump crm customers');
    const [, digest = ''] = /--digest ([0-9a-f]{16})/.exec(unsaid.stderr) ?? [];
    const other = await run('tanaka', 'approve', String(number), '--reason', 'x', '--digest', 'f'.repeat(16));
    expect(other).toMatchObject({ status: 1, stderr: expect.stringContaining('[ticket_conflict]') });
    const inbox = (await json('tanaka', 'tickets', '--box', 'inbox'))['tickets'];
    expect(inbox).toContainEqual(expect.objectContaining({ number, state: 'requested' }));

    const approved = await json('tanaka', 'approve', String(number), '--reason', '確認済み', '--digest', digest);
    expect(approved['ticket']).toMatchObject({ number, state: 'approved' });
    expect(await newest(gateway.database, 'ticket.approved')).toMatchObject({
      actor: await personId(gateway, 'tanaka'),
    });
    expect((await gateway.ssh('chen', 'mysqldump crm customers')).status).toBe(0);
    expect((await json('chen', 'tickets', String(number)))['ticket']).toMatchObject({ state: 'used' });
    const { sessions } = (await json('tanaka', 'sessions', '--all')) as { sessions: { id: string; command: string }[] };
    expect(sessions[0]?.command).toBe('mysqldump crm customers');
    const replayed = await run('tanaka', 'replay', sessions[0]?.id ?? '');
    expect([replayed.status, replayed.stderr]).toEqual([0, '']);
    expect(replayed.stdout).toContain('mysqldump crm customers');
    expect(await newest(gateway.database, 'recording.viewed')).toMatchObject({
      actor: await personId(gateway, 'tanaka'),
    });
  });

  test('ask for work and begin an emergency by the names of targets; what is asked twice or nowhere is refused', async () => {
    expect(await run('chen', 'request', 'access', 'nowhere', '--purpose', 'p', '--plan', 'q')).toMatchObject({
      ...{ status: 1, stderr: expect.stringContaining('[not_found]') },
    });
    const work = await json('chen', 'request', 'access', 'crm-db', '--purpose', '定期保守', '--plan', '1. 確認');
    expect(work['ticket']).toMatchObject({ kind: 'access', state: 'requested', purpose: '定期保守' });
    const { number } = work['ticket'] as { number: number };
    const digest = (work['ticket'] as { actDigest: string }).actDigest;
    const rejected = await run('tanaka', 'reject', String(number), '--reason', '計画が不十分', '--digest', digest);
    expect(rejected).toMatchObject({ status: 0, stderr: '' });
    expect((await json('chen', 'tickets', String(number)))['ticket']).toMatchObject({ state: 'rejected' });
    const glass = await json('chen', 'request', 'emergency', 'crm-db', '--reason', '応答なし', '--hours', '1');
    expect(glass['ticket']).toMatchObject({ kind: 'emergency', state: 'in_use' });
  });

  test('are refused within the second in which their person is locked, and say so', async () => {
    const kimura = await gateway.person('kimura');
    const chen = await personId(gateway, 'chen');
    expect((await kimura.post(`/api/persons/${chen}/lock`, { reason: '確認' })).status).toBeLessThan(300);
    expect(await run('chen', 'tickets')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('[person_locked]'),
    });
    expect((await kimura.post(`/api/persons/${chen}/unlock`, {})).status).toBeLessThan(300);
    expect((await run('chen', 'tickets')).status).toBe(0);
  });

  test('read no token that others could have written', async () => {
    const directory = join(homes.get('tanaka') ?? '', '.ssh', 'sekisho');
    await rename(join(directory, 'token'), join(directory, 'moved'));
    await symlink(join(directory, 'moved'), join(directory, 'token'));
    expect(await run('tanaka', 'tickets')).toMatchObject({
      ...{ status: 1, stderr: expect.stringContaining('[login_directory_refused]') },
    });
  });
});
