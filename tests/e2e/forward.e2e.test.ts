/** What an editor that runs half of itself on the target needs: its bootstrap, and a way to its own server there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { generateKeyPairSync } from 'node:crypto';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanup, type Clock, systemClock } from '../../foundation/index.ts';
import { type InventoryInput, loadCertificateAuthority } from '../../identity/index.ts';
import type { GrantAction } from '../../policy/index.ts';
import { verifierLine } from '../../recorder/log/note.ts';
import { freePort } from '../support/free-port.ts';
import { type SshResult, TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { events, lastSession, newest } from './support/house.ts';
import { startSsh } from './support/live-ssh.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

const DEVELOP = 'field-dev';
const PLAIN = 'field-raw';
const GUARDED = 'field-guarded';

/** The time of day, and as much later as a test says. */
class LaterClock implements Clock {
  laterMs = 0;
  readonly now = (): Date => new Date(systemClock.now().getTime() + this.laterMs);
  readonly micros = (): bigint => systemClock.micros() + BigInt(this.laterMs) * 1_000n;
}

/** Says back what it is told, as the given account, on a loopback port. */
async function startServer(account: string, cleanup: Cleanup): Promise<number> {
  const program = `require('node:net')
    .createServer((peer) => peer.on('data', (bytes) => peer.write(bytes.toString().toUpperCase())))
    .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  const words = ['--reuid', account, '--clear-groups', process.execPath, '-e', program];
  const server: ChildProcess = spawn('setpriv', words, { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' });
  cleanup.defer(async () => {
    server.kill('SIGTERM');
    await once(server, 'exit');
  });
  const [line] = (await once(server.stdout ?? server, 'data')) as [Buffer];
  return Number(line.toString());
}

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'an editor on a target', () => {
  const cleanup = new Cleanup();
  let sshd: Sshd;
  let gateway: TestGateway;
  let own = 0;
  let foreign = 0;
  const clock = new LaterClock();

  beforeAll(async () => {
    sshd = cleanup.use(await startSshd());
    const { path } = cleanup.use(await tempDirectory());
    const inventory = join(path, 'inventory.json');
    const http = await freePort();
    const publicUrl = `http://127.0.0.1:${http}`;
    await writeFile(inventory, JSON.stringify(inventoryOf(sshd, `${publicUrl}/oidc`)));
    gateway = cleanup.use(
      await TestGateway.start({
        ...{ inventory, clock, config: { http: { host: '127.0.0.1', port: http, publicUrl } } },
        // Of nobody: it never answers.
        log: {
          witnesses: [
            {
              key: verifierLine('witness.example/w', generateKeyPairSync('ed25519').publicKey, 'witness'),
              url: `http://127.0.0.1:${await freePort()}`,
            },
          ],
        },
      }),
    );
    const authority = await loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));
    await sshd.trust(authority.publicKeyLine);
    own = await startServer(sshd.account, cleanup);
    const other = createServer((socket) => socket.end('somebody else\n'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    cleanup.defer(async () => {
      other.close();
      await once(other, 'close');
    });
    foreign = (other.address() as AddressInfo).port;
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const reach = (loginName: string, destination: string, stdin = 'hello\n'): Promise<SshResult> =>
    gateway.ssh('chen', [], { loginName, stdin, extra: ['-o', 'LogLevel=INFO', '-W', destination] });

  describe('is refused a way', () => {
    test.each([
      ['without the permission to develop', PLAIN, () => `localhost:${own}`, 'needs the permission "develop"'],
      ['past the gate of a guarded target', GUARDED, () => `localhost:${own}`, 'needs the permission "develop"'],
      ['to the server of somebody else', DEVELOP, () => `localhost:${foreign}`, 'Nothing of yours listens on port'],
      ['to a port that nobody listens on', DEVELOP, () => 'localhost:1', 'Nothing of yours listens on port 1 of'],
      ['to another host', DEVELOP, () => `192.0.2.1:${own}`, 'Port forwarding (-L, -D, -W) is not open here'],
      ['where the login name is no target', 'bastion', () => `localhost:${own}`, 'is not open here'],
    ])('%s', async (_why, loginName, destination, words) => {
      const result = await reach(loginName, destination());
      expect(result.status).toBe(255);
      expect(result.stdout).toHaveLength(0);
      expect(result.stderr).toContain(words);
      expect(result.stderr).toContain('[channel_refused]');
      expect((await newest(gateway.database, 'channel.refused')).body).toMatchObject({ detail: destination() });
    });

    test('to a socket', async () => {
      await using ssh = await startSsh(gateway, 'chen', ['echo up; sleep 60'], {
        loginName: DEVELOP,
        extra: ['-L', `${await freePort()}:/run/user/1000/vscode.sock`],
      });
      await ssh.sees('up');
      const port = Number(/(\d+):\/run/.exec(ssh.process.spawnargs.join(' '))?.[1]);
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'close');
      await ssh.sees('Port forwarding (-L, -D, -W) is not open here');
      const [refused] = await events(gateway.database, 'channel.refused');
      expect(refused?.body).toMatchObject({ kind: 'direct-streamlocal', detail: '/run/user/1000/vscode.sock' });
    });
  });

  test.each(['localhost', '127.0.0.1'])('reaches its own server by %s, as a recorded session', async (host) => {
    const result = await reach(DEVELOP, `${host}:${own}`);
    expect(result).toEqual({ status: 0, stdout: Buffer.from('HELLO\n'), stderr: '' });
    const session = await waitFor('the session to be sealed', async () => {
      const last = await lastSession(gateway, 'chen');
      return last.isSealed ? last : undefined;
    });
    expect(session).toMatchObject({ command: `forward localhost:${own}`, reason: 'closed' });
    const closed = await newest(gateway.database, 'session.closed');
    expect(closed.body).toMatchObject({ bytesIn: 6, bytesOut: 6 });
  });

  test('has a command and several ways to its server on one connection', async () => {
    const local = await freePort();
    await using ssh = await startSsh(gateway, 'chen', ['bash'], {
      loginName: DEVELOP,
      extra: ['-T', '-L', `${local}:localhost:${own}`],
    });
    ssh.type('echo bootstrap-$((40 + 2))\n');
    await ssh.sees('bootstrap-42');
    const said = await Promise.all(
      ['one', 'two', 'three'].map(async (word) => {
        const socket = connect(local, '127.0.0.1');
        socket.write(word);
        const [answer] = (await once(socket, 'data')) as [Buffer];
        socket.end();
        await once(socket, 'close');
        return answer.toString();
      }),
    );
    expect(said).toEqual(['ONE', 'TWO', 'THREE']);
    ssh.type('exit 4\n');
    expect((await ssh.ended).status).toBe(4);
  });

  test('on a guarded target has each line of its bootstrap judged, and is told why one does not run', async () => {
    const stdin = 'echo ran\nmysqldump crm customers\n';
    const result = await gateway.ssh('chen', 'bash', { loginName: GUARDED, stdin, extra: ['-T'] });
    expect(result.stdout.toString()).toBe('ran\n');
    expect(result.status).toBe(126);
    expect(result.stderr).toMatch(/\[ticket_required\]/);
    expect(result.stderr).toContain('/tickets/new?act=');
  });

  // The last one: no clock goes back.
  test('while outside witnesses have been away for too long', async () => {
    clock.laterMs = 2 * 3_600_000;
    const { stdout, stderr } = await reach(DEVELOP, `localhost:${own}`);
    expect(stdout.toString()).toBe('');
    expect(stderr).toContain('too few outside witnesses');
  });
});

function inventoryOf(sshd: Sshd, issuer: string): InventoryInput {
  const target = (name: string, mode: 'recorded' | 'guarded-line') => ({
    ...{ name, mode, system: 'field' },
    ...{ host: '127.0.0.1', port: sshd.port, hostKey: sshd.hostKey },
  });
  const actions: GrantAction[] = ['shell', 'exec'];
  const names = [PLAIN, GUARDED, DEVELOP];
  return {
    issuer,
    people: [],
    systems: [
      {
        name: 'field',
        titleEn: 'Field',
        titleJa: '現場',
        owners: ['tanaka'],
        assets: [{ kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: 10 }],
      },
    ],
    targets: [target(PLAIN, 'recorded'), target(GUARDED, 'guarded-line'), target(DEVELOP, 'recorded')],
    accounts: names.map((name) => ({ target: name, person: 'chen', account: sshd.account })),
    grants: names.map((name) => ({
      ...{ target: name, person: 'chen', actions: name === PLAIN ? actions : [...actions, 'develop' as const] },
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    })),
  };
}
