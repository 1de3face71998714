import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ssh2, { type ClientChannel, type ParsedKey, type PublicKeyAuthMethod } from 'ssh2';
import { type DemoTarget, startDemoTarget } from '../../demo/index.ts';
import { generateSshKey } from '../../identity/index.ts';
import { findPlace } from '../../demo/target/place.ts';
import { createLog, LIMITS } from '../../foundation/index.ts';
import { type CertificateAuthority, loadCertificateAuthority } from '../../identity/index.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { run } from './support.ts';

const isRoot = process.getuid?.() === 0;
let directory: TempDirectory;
let authority: CertificateAuthority;
let target: DemoTarget;

beforeAll(async () => {
  directory = await tempDirectory();
  authority = await loadCertificateAuthority(join(directory.path, 'ca'));
  target = await start(join(directory.path, 'target'));
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

function start(at: string): Promise<DemoTarget> {
  return startDemoTarget({ directory: at, authorityLine: authority.publicKeyLine, log: createLog('silent') });
}

/** A key and a certificate for it, in the shape ssh2 signs with. */
async function certifiedKey(): Promise<ParsedKey> {
  const parsed = ssh2.utils.parseKey(generateSshKey('test').privateKey);
  if (parsed instanceof Error) throw parsed;
  const certificate = await authority.issueUserCertificate({
    publicKey: parsed.getPublicSSH().subarray(-32),
    principal: 'aoki',
    keyId: 'test',
    serial: 1n,
    validAfter: new Date(Date.now() - 60_000),
    validBefore: new Date(Date.now() + 60_000),
    extensions: ['permit-pty'],
  });
  return Object.create(parsed, {
    type: { value: 'ssh-ed25519-cert-v01@openssh.com' },
    getPublicSSH: { value: () => certificate },
    isPrivateKey: { value: () => true },
  }) as ParsedKey;
}

async function connect(to: DemoTarget = target): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  const method: PublicKeyAuthMethod = { type: 'publickey', username: 'aoki', key: await certifiedKey() };
  client.on('error', () => undefined);
  client.connect({
    host: to.host,
    port: to.port,
    username: 'aoki',
    authHandler: [method],
  });
  await once(client, 'ready');
  return client;
}

function exec(client: ssh2.Client, command: string, options: ssh2.ExecOptions = {}): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
}

describe('signals and ends', () => {
  test.each(['TERM', 'INT', 'KILL', 'USR1'])('SIG%s ends the command and is told as its end', async (name) => {
    const client = await connect();
    const channel = await exec(client, 'echo ready; exec sleep 600');
    await once(channel, 'data');
    channel.signal(name);
    const [code, signal] = (await once(channel, 'exit')) as [number | null, string];
    expect({ code, signal }).toEqual({ code: null, signal: `SIG${name}` });
    client.end();
  });

  test('a signal reaches the whole pipeline', async () => {
    const client = await connect();
    const mark = `7${randomBytes(3).readUIntBE(0, 3)}`;
    const channel = await exec(client, `echo ready; sleep ${mark} | sleep ${mark}`);
    await once(channel, 'data');
    channel.signal('TERM');
    await once(channel, 'close');
    expect((await run('pgrep', ['-f', `^sleep ${mark}`])).code).toBe(1);
    client.end();
  });

  test('output goes on after the client has ended its input', async () => {
    const client = await connect();
    const channel = await exec(client, 'cat > /dev/null; echo after');
    channel.end('input');
    const [chunk] = (await once(channel, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('after\n');
    client.end();
  });

  test('a terminal session ends with the signal that ended its shell', async () => {
    const client = await connect();
    const channel = await exec(client, 'echo ready; exec sleep 600', { pty: true });
    await once(channel, 'data');
    channel.signal('KILL');
    expect(await once(channel, 'exit')).toContain('SIGKILL');
    client.end();
  });
});

describe('bounds', () => {
  test('a connection has a limited number of sessions, and a closed one makes room', async () => {
    const client = await connect();
    const open: ClientChannel[] = [];
    for (let at = 0; at < LIMITS.sshChannelsMax; at++) open.push(await exec(client, 'sleep 600'));
    await expect(exec(client, 'true')).rejects.toThrow('Channel open failure');
    open[0]?.close();
    await waitFor('room for one more', () =>
      exec(client, 'sleep 600').then(
        () => true,
        () => false,
      ),
    );
    client.end();
  });

  test('a connection has a limited number of tries', async () => {
    const client = new ssh2.Client();
    const keys = Array.from({ length: 20 }, () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return privateKey.export({ type: 'pkcs1', format: 'pem' });
    });
    let tried = 0;
    client.on('error', () => undefined);
    client.connect({
      host: target.host,
      port: target.port,
      username: 'aoki',
      authHandler: (_left, _partial, next) => {
        const key = keys[tried++];
        next(key === undefined ? 'none' : { type: 'publickey', username: 'aoki', key });
      },
    });
    await once(client, 'close');
    expect(tried).toBeLessThan(10);
  });
});

describe('a connection that does not sign in', () => {
  test.each([
    ['says nothing', ''],
    ['says too little', 'S'],
    ['only introduces itself', 'SSH-2.0-silent\r\n'],
  ])('is closed after the grace time when it %s', async (_what, words) => {
    const options = { directory: join(directory.path, 'grace'), authorityLine: authority.publicKeyLine };
    const own = await startDemoTarget({ ...options, log: createLog('silent'), loginGraceMs: 100 });
    const socket = createConnection(own.port, own.host);
    socket.on('error', () => undefined);
    socket.resume().write(words);
    await once(socket, 'close');
    await own[Symbol.asyncDispose]();
  });

  test('does not keep the target from stopping', async () => {
    const own = await start(join(directory.path, 'silent'));
    const socket = createConnection(own.port, own.host);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await own[Symbol.asyncDispose]();
    socket.resume();
    await closed;
  });
});

describe('start and stop', () => {
  test('stopping ends what still runs and leaves nothing listening', async () => {
    const own = await start(join(directory.path, 'second'));
    const client = await connect(own);
    const mark = `6${randomBytes(3).readUIntBE(0, 3)}`;
    const channel = await exec(client, `echo ready; sleep ${mark}`, { pty: true });
    await once(channel, 'data');
    const closed = once(client, 'close');
    await own[Symbol.asyncDispose]();
    await closed;
    expect((await run('pgrep', ['-f', `^sleep ${mark}`])).code).toBe(1);
    await expect(connect(own)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('the host key stays the same from start to start and is for its owner alone', async () => {
    const at = join(directory.path, 'third');
    const keys: string[] = [];
    for (let round = 0; round < 2; round++) {
      const own = await start(at);
      keys.push(own.hostKey);
      await own[Symbol.asyncDispose]();
    }
    expect(keys[0]).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+$/);
    expect(keys[1]).toBe(keys[0]);
    expect((await stat(join(at, 'ssh_host_ed25519_key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(at, 'ssh_host_ed25519_key'), 'utf8')).toContain('OPENSSH PRIVATE KEY');
  });

  test('a directory the accounts cannot reach is left for one they can, and that one is removed', async () => {
    const closed = join(directory.path, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const own = await start(join(closed, 'target'));
    const customers = own.customersDirectory;
    const client = await connect(own);
    const channel = await exec(client, 'mysql -N crm -e "SELECT COUNT(*) FROM customers"');
    const [count] = (await once(channel, 'data')) as [Buffer];
    expect(count.toString()).toBe('1200\n');
    await own[Symbol.asyncDispose]();
    expect(customers.startsWith(isRoot ? `${tmpdir()}/sekisho-demo-` : closed)).toBe(true);
    if (isRoot) await expect(stat(customers)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a place that somebody else prepared is refused', async () => {
    const at = join(directory.path, 'prepared');
    await mkdir(at);
    await symlink('/etc', join(at, 'root'));
    await expect(findPlace(at, false)).rejects.toMatchObject({ code: 'start_refused' });
  });

  test('an authority that is no key is refused', async () => {
    const options = { directory: join(directory.path, 'fourth'), authorityLine: 'ssh-ed25519 nonsense' };
    await expect(startDemoTarget({ ...options, log: createLog('silent') })).rejects.toMatchObject({
      code: 'key_invalid',
    });
  });
});
