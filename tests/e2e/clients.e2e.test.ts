/** Clients that are not OpenSSH, through a gateway in a process of its own to the newest sshd. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { seeded } from '../../bench/measure/random.ts';
import { must, type Ran } from '../../bench/world/run.ts';
import { World } from '../../bench/world/world.ts';
import { Cleanup } from '../../foundation/index.ts';
import { waitFor } from '../support/wait-for.ts';
import { Clients, describeWithClients } from './support/clients.ts';

const USER = 'bench-recorded';
const AT = `${USER}@127.0.0.1`;

describeWithClients('a client that is not OpenSSH', () => {
  const cleanup = new Cleanup();
  const content = seeded(7).bytes(300_000);
  let world: World;
  let clients: Clients;
  let local: (name: string) => string;
  let remote: (name: string) => string;
  jest.setTimeout(120_000);

  beforeAll(async () => {
    world = cleanup.use(await World.start());
    clients = await Clients.prepare(world);
    local = (name) => join(world.directory, 'clients', name);
    remote = (name) => join(world.account.home, name);
    await writeFile(local('sent.bin'), content);
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const runs: Readonly<Record<string, (command: string, user: string) => Promise<Ran>>> = {
    plink: (command, user) => clients.putty('plink', [`${user}@127.0.0.1`, command]),
    dbclient: (command, user) => clients.dbclient([`${user}@127.0.0.1`, command]),
    paramiko: (command, user) => clients.paramiko(user, ['exec', command]),
    libssh: (command, user) => clients.libssh(user, command),
  };

  describe.each(Object.keys(runs))('%s', (name) => {
    const execute = (command: string, user = USER): Promise<Ran> => {
      const one = runs[name];
      if (one === undefined) throw new Error(name);
      return one(command, user);
    };

    test('runs a command as the person’s account, with its streams apart and its status', async () => {
      const { status, stdout, stderr } = await execute('id -un; echo 顧客; echo wrong >&2; exit 7');
      expect({ status, stdout: stdout.toString() }).toEqual({ status: 7, stdout: `${world.account.name}\n顧客\n` });
      expect(stderr).toContain('wrong');
    });

    test('brings every byte of a long output', async () => {
      const { stdout } = await execute('seq 1 200000');
      const wanted = Buffer.from(Array.from({ length: 200_000 }, (_one, at) => `${at + 1}\n`).join(''));
      expect({ bytes: stdout.length, same: stdout.equals(wanted) }).toEqual({ bytes: wanted.length, same: true });
    });

    test('is told the reason of a refusal', async () => {
      const { status, stderr, stdout } = await execute('mysqldump crm customers', 'bench-guarded');
      expect(status).not.toBe(0);
      expect(`${stderr}${stdout.toString()}`).toMatch(/sekisho: .+\[\w+\]/);
    });
  });

  test.each([
    ['by sftp', ['-sftp']],
    ['by the older protocol', ['-scp']],
  ])('pscp carries a file both ways %s', async (_how, mode) => {
    const kept = remote(`pscp${mode[0] ?? ''}.bin`);
    const put = await clients.putty('pscp', [...mode, local('sent.bin'), `${AT}:${kept}`]);
    expect(put).toMatchObject({ status: 0 });
    expect((await readFile(kept)).equals(content)).toBe(true);
    const back = local(`back${mode[0] ?? ''}.bin`);
    expect(await clients.putty('pscp', [...mode, `${AT}:${kept}`, back])).toMatchObject({ status: 0 });
    expect((await readFile(back)).equals(content)).toBe(true);
  });

  test('psftp lists, puts and gets', async () => {
    const lines = [`put ${local('sent.bin')} ${remote('psftp.bin')}`, `ls ${remote('')}`, 'quit', ''];
    await writeFile(local('batch'), lines.join('\n'));
    const { status, stdout } = await clients.putty('psftp', ['-b', local('batch'), AT]);
    expect(status).toBe(0);
    expect(stdout.toString()).toContain('psftp.bin');
    expect((await readFile(remote('psftp.bin'))).equals(content)).toBe(true);
  });

  test('paramiko carries a file both ways', async () => {
    const kept = remote('paramiko.bin');
    expect(await clients.paramiko(USER, ['put', local('sent.bin'), kept])).toMatchObject({ status: 0 });
    expect(await clients.paramiko(USER, ['get', kept, local('paramiko.bin')])).toMatchObject({ status: 0 });
    expect((await readFile(local('paramiko.bin'))).equals(content)).toBe(true);
  });

  test('sshfs is a drive of the person’s files while it is mounted', async () => {
    const mount = local('drive');
    await mkdir(mount);
    const running = clients.sshfs([`gateway:${world.account.home}`, mount]);
    const ended = { isSo: false };
    void running.then(() => {
      ended.isSo = true;
    });
    const isMounted = async (): Promise<boolean> => (await readFile('/proc/mounts', 'utf8')).includes(mount);
    await waitFor('the mount', async () => ended.isSo || (await isMounted()));
    if (ended.isSo) throw new Error((await running).stderr);
    try {
      await writeFile(join(mount, 'drive.bin'), content);
      expect((await readFile(remote('drive.bin'))).equals(content)).toBe(true);
    } finally {
      await must('fusermount3', ['-u', mount]);
      await running;
    }
  });
});
