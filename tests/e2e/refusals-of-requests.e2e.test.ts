/** Requests that are refused or only answered: commands nobody can judge, and the global requests of a connection. */
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { sendPayload } from '../../bench/hostile/wire.ts';
import { sshString, uint32 } from '../../foundation/index.ts';
import { nextPayload } from '../gateway/library/support/packets.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { events, expectOneLine, newest } from './support/house.ts';

const [CHANNEL_OPEN, CHANNEL_OPEN_FAILURE] = [90, 92];
const ADMINISTRATIVELY_PROHIBITED = 1;

describeWith(['ssh', 'ssh-keygen'], 'requests of a signed-in client', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  /** A client that says what OpenSSH would never say. */
  const withClient = async (use: (client: InstanceType<typeof ssh2.Client>) => Promise<void>): Promise<void> => {
    const client = new ssh2.Client();
    client.on('error', () => undefined);
    const ready = once(client, 'ready');
    const privateKey = await readFile(await gateway.key('chen'));
    client.connect({ host: '127.0.0.1', port: gateway.sshPort, username: 'crm-db', privateKey, strictVendor: false });
    await ready;
    try {
      await use(client);
    } finally {
      client.destroy();
    }
  };

  describe('mosh', () => {
    test.each(['mosh-server new -c 256 -s -l LANG=C.UTF-8', '/usr/bin/mosh-server new -s'])(
      'is refused with its reason and an event: %s',
      async (command) => {
        const result = await gateway.ssh('chen', command);
        expect(result.status).toBe(255);
        expect(result.stdout).toHaveLength(0);
        expectOneLine(result.stderr, 'channel_refused');
        expect(result.stderr).toContain('UDP cannot be recorded');
        expect((await newest(gateway.database, 'channel.refused')).body).toMatchObject({
          kind: 'mosh',
          detail: command,
        });
      },
    );
  });

  test('a command with a NUL is refused, and its event can be read', async () => {
    await withClient(async (client) => {
      const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
        client.exec('echo a\0b', (error, opened) => (error ? reject(error) : resolve(opened)));
      });
      const said: Buffer[] = [];
      channel.stderr.on('data', (bytes: Buffer) => said.push(bytes));
      channel.resume();
      await once(channel, 'close');
      expect(Buffer.concat(said).toString()).toContain('NUL');
    });
    expect((await newest(gateway.database, 'channel.refused')).body).toMatchObject({
      kind: 'nul',
      detail: 'echo a\\u{0}b',
    });
  });

  test('a forwarding whose names would break a terminal or a database leaves its event all the same', async () => {
    await withClient(async (client) => {
      const error = await new Promise<Error | undefined>((resolve) => {
        client.forwardOut('127.0.0.1', 1, 'a\0\x1b[2J\u202Eb'.padEnd(5_000, 'x'), 80, (failed) => resolve(failed));
      });
      expect(error?.message).toContain('Port forwarding');
    });
    const { body } = await newest(gateway.database, 'channel.refused');
    expect(body['kind']).toBe('direct-tcpip');
    expect(String(body['detail'])).toMatch(/^a\\u\{0\}\\u\{1b\}\[2J\\u\{202e\}bx+$/);
    expect(String(body['detail']).length).toBeLessThan(1_100);
  });

  test.each([
    ['a sequence', 'crm\x1b[2Jdb'],
    ['reordered text', 'crm\u202Edb'],
    ['300 letters', 'x'.repeat(300)],
  ])('nobody signs in under a name of %s', async (_what, username) => {
    const client = new ssh2.Client();
    const privateKey = await readFile(await gateway.key('chen'));
    const failed = once(client, 'error');
    client.connect({ host: '127.0.0.1', port: gateway.sshPort, username, privateKey });
    const [error] = (await failed) as [Error];
    expect(error.message).toContain('authentication methods failed');
    client.destroy();
  });

  test('no session opens after the client promised no more', async () => {
    await withClient(async (client) => {
      await new Promise<void>((resolve, reject) => {
        client.openssh_noMoreSessions((error) => (error ? reject(error) : resolve()));
      });
      const error = await new Promise<Error | undefined>((resolve) => {
        client.exec('echo in', (failed) => resolve(failed));
      });
      expect(error?.message).toMatch(/open failure/i);
    });
  });

  test.each([
    ['a tunnel, as ssh -w asks for it', 'tun@openssh.com', 'Tunnels (-w)', { kind: 'tunnel' }],
    ['a screen, as only servers do', 'x11', 'Channels of this kind', { kind: 'channel', detail: 'x11' }],
    [
      'a kind nobody knows',
      'free\x1b[2Jroad@example.com',
      'of this kind',
      { detail: 'free\\u{1b}[2Jroad@example.com' },
    ],
  ])('a channel of another kind is refused with its reason and an event: %s', async (_what, type, reason, body) => {
    await withClient(async (client) => {
      const refused = nextPayload(client, CHANNEL_OPEN_FAILURE);
      // Layer 3 and any unit (PROTOCOL §2.3); of another kind the first two are an address and a port.
      const particulars = Buffer.concat([type === 'x11' ? sshString('127.0.0.1') : uint32(1), uint32(0x7fffffff)]);
      const numbers = [uint32(7), uint32(2_097_152), uint32(32_768)];
      sendPayload(client, Buffer.concat([Buffer.from([CHANNEL_OPEN]), sshString(type), ...numbers, particulars]));
      const answer = await refused;
      expect([answer.readUInt32BE(1), answer.readUInt32BE(5)]).toEqual([7, ADMINISTRATIVELY_PROHIBITED]);
      expect(answer.toString('utf8')).toContain(reason);
      expect(answer.toString('utf8')).toContain('[channel_refused]');
    });
    expect((await newest(gateway.database, 'channel.refused')).body).toMatchObject(body);
  });

  test('a channel whose kind is longer than its packet ends nothing but itself', async () => {
    await withClient(async (client) => {
      const answered = Promise.race([nextPayload(client, CHANNEL_OPEN_FAILURE), once(client, 'close')]);
      const numbers = [uint32(7), uint32(2_097_152), uint32(32_768)];
      sendPayload(client, Buffer.concat([Buffer.from([CHANNEL_OPEN]), uint32(0x7fffffff), ...numbers]));
      await answered;
    });
    expect((await gateway.ssh('chen', 'echo here')).stdout.toString()).toBe('here\n');
  });

  test('a request for a port on the bastion is refused with an event, and the session goes on', async () => {
    const result = await gateway.ssh('chen', 'echo in', { extra: ['-R', '0:localhost:1'] });
    expect(result.status).toBe(0);
    expect(result.stdout.toString()).toBe('in\n');
    const kinds = (await events(gateway.database, 'channel.refused')).map(({ body }) => body['kind']);
    expect(kinds).toContain('tcpip-forward');
  });

  test('keepalives are answered: a client that counts on them stays', async () => {
    const extra = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'];
    const result = await gateway.ssh('chen', 'sleep 3; echo here', { extra });
    expect(result).toEqual({ status: 0, stdout: Buffer.from('here\n'), stderr: '' });
  });
});
