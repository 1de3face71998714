/** Jumps that break off, break the protocol or pile up: they lose their own connection and nobody else's. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { LIMITS } from '../../foundation/index.ts';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, lastSession, newest, personId } from './support/house.ts';
import { OPEN, startFilesField } from './support/files-field.ts';
import { jumpSettings } from './support/jump-settings.ts';
import { LiveSsh } from './support/live-ssh.ts';

type SshClient = InstanceType<typeof ssh2.Client>;

describeWith(['ssh', 'ssh-keygen'], 'a jump', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  const privateKey = async (login = 'chen'): Promise<Buffer> => readFile(await gateway.key(login));
  const connect = async (config: ssh2.ConnectConfig): Promise<SshClient> => {
    const client = new ssh2.Client();
    const failed = new Promise<never>((_, reject) => client.on('error', reject));
    const ready = once(client, 'ready');
    client.connect(config);
    await Promise.race([ready, failed]);
    return client;
  };
  const outer = async (): Promise<SshClient> =>
    connect({ host: '127.0.0.1', port: gateway.sshPort, username: 'bastion', privateKey: await privateKey() });
  const open = (client: SshClient, host = 'crm-db'): Promise<ssh2.ClientChannel> =>
    new Promise((resolve, reject) => {
      client.forwardOut('127.0.0.1', 1, host, 22, (error, channel) => (error ? reject(error) : resolve(channel)));
    });
  const run = (client: SshClient, command: string): Promise<string> =>
    new Promise((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        const shown: Buffer[] = [];
        channel.on('data', (bytes: Buffer) => shown.push(bytes));
        channel.stderr.resume();
        channel.once('close', () => resolve(Buffer.concat(shown).toString()));
      });
    });
  const through = async (client: SshClient): Promise<SshClient> =>
    connect({ sock: await open(client), username: 'chen', privateKey: await privateKey() });

  test.each([
    ['what is no SSH', Buffer.from('GET / HTTP/1.1\r\nHost: crm-db\r\n\r\n'.repeat(100))],
    ['noise after the banner', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), randomBytes(100_000)])],
    ['nothing, and then the end', Buffer.alloc(0)],
  ])('that says %s ends alone', async (_what, bytes) => {
    const client = await outer();
    try {
      const broken = await open(client);
      broken.on('error', () => undefined);
      broken.resume();
      broken.stderr.resume();
      broken.end(bytes);
      await once(broken, 'close');
      const inner = await through(client);
      expect(await run(inner, 'echo in')).toBe('in\n');
    } finally {
      client.destroy();
    }
  });

  test('is one of the channels of its connection, and gives its place back', async () => {
    const client = await outer();
    try {
      const open_ = await Promise.all(Array.from({ length: LIMITS.sshChannelsMax }, () => open(client)));
      for (const channel of open_) channel.on('error', () => undefined);
      await expect(open(client)).rejects.toThrow(`carries ${LIMITS.sshChannelsMax} sessions at most`);
      open_[0]?.destroy();
      const inner = await waitFor('a place', async () => {
        try {
          return await through(client);
        } catch {
          return undefined;
        }
      });
      expect(await run(inner, 'echo in')).toBe('in\n');
    } finally {
      client.destroy();
    }
  });

  test('ends with the connection it came through, and its session is sealed', async () => {
    const client = await outer();
    const inner = await through(client);
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      inner.exec('echo up; sleep 60', (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    await once(channel, 'data');
    inner.on('error', () => undefined);
    client.destroy();
    await waitFor('the session to be sealed', async () => (await lastSession(gateway, 'chen')).isSealed);
    expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'client_lost' });
  });

  test('ends within the second when the person is locked', async () => {
    const client = await outer();
    const inner = await through(client);
    inner.on('error', () => undefined);
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      inner.exec('echo up; sleep 60', (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    await once(channel, 'data');
    const closed = once(channel, 'close');
    const officer = await gateway.person('kimura');
    const id = await personId(gateway, 'chen');
    const at = performance.now();
    const { status } = await officer.post(`/api/persons/${id}/lock`, { reason: 'test of the lock' });
    try {
      expect(status).toBeLessThan(300);
      await closed;
      expect(performance.now() - at).toBeLessThan(1_000);
      await expect(open(client)).rejects.toThrow('Your access is locked');
      expect((await newest(gateway.database, 'channel.refused')).body).toMatchObject({ kind: 'jump' });
    } finally {
      await asOwner(
        gateway,
        'UPDATE locks SET lifted_at = now(), lifted_by = (SELECT p.id FROM persons p WHERE p.id <> $1 LIMIT 1) WHERE person_id = $1',
        [id],
      );
      client.destroy();
    }
  });

  test('carries a flow that its reader stops for a while, whole', async () => {
    const client = await outer();
    const inner = await through(client);
    try {
      const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
        inner.exec('seq 1 2000000', (error, opened) => (error ? reject(error) : resolve(opened)));
      });
      let bytes = 0;
      channel.on('data', (chunk: Buffer) => {
        if (bytes === 0) channel.pause();
        bytes += chunk.length;
      });
      await once(channel, 'data');
      expect(await run(inner, 'echo beside')).toBe('beside\n');
      const done = once(channel, 'close');
      channel.resume();
      await done;
      expect(bytes).toBe(14_888_896);
    } finally {
      client.destroy();
    }
  });

  test('leaves no session open when the real client is killed', async () => {
    const ssh = new LiveSsh(['-F', await jumpSettings(gateway, 'chen'), 'crm-db', 'echo up; sleep 60']);
    await ssh.sees('up');
    await ssh[Symbol.asyncDispose]();
    await waitFor('the session to be sealed', async () => (await lastSession(gateway, 'chen')).isSealed);
    expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'client_lost' });
  });
});

describeWith(['ssh', 'scp', 'ssh-keygen', 'sshd', 'root'], 'files through a jump', () => {
  test('are a session of files, whole in both directions', async () => {
    await using field = await startFilesField();
    const from = join(field.here, 'sent');
    const back = join(field.here, 'received');
    const bytes = randomBytes(300_000);
    await writeFile(from, bytes);
    const options = ['-q', '-F', await jumpSettings(field.gateway, 'chen', field.sshd.account)];
    const sent = await runToEnd(partner('scp'), [...options, from, `${OPEN}:by-jump`]);
    expect(sent).toMatchObject({ status: 0, stderr: '' });
    const received = await runToEnd(partner('scp'), [...options, `${OPEN}:by-jump`, back]);
    expect(received).toMatchObject({ status: 0, stderr: '' });
    expect((await readFile(back)).equals(bytes)).toBe(true);
    const rows = await asOwner(field.gateway, 'SELECT kind FROM sessions');
    expect(rows).toEqual([{ kind: 'files' }, { kind: 'files' }]);
  });
});
