/** The real ssh client, the gateway, and a real sshd: what goes through is what would go without the gateway. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { type InventoryInput, loadCertificateAuthority } from '../../identity/index.ts';
import { freePort } from '../support/free-port.ts';
import { runToEnd, type SshResult, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';
import { lastSession, newest } from './support/house.ts';
import { LiveSsh } from './support/live-ssh.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

const RECORDED = 'field-raw';
const GUARDED = 'field-guarded';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a session on a real sshd', () => {
  const cleanup = new Cleanup();
  let sshd: Sshd;
  let gateway: TestGateway;

  beforeAll(async () => {
    sshd = cleanup.use(await startSshd());
    const { path } = cleanup.use(await tempDirectory());
    const inventory = join(path, 'inventory.json');
    const http = await freePort();
    const publicUrl = `http://127.0.0.1:${http}`;
    await writeFile(inventory, JSON.stringify(inventoryOf(sshd, `${publicUrl}/oidc`)));
    const address = { host: '127.0.0.1', port: http, publicUrl };
    gateway = cleanup.use(await TestGateway.start({ inventory, config: { http: address } }));
    const authority = await loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));
    await sshd.trust(authority.publicKeyLine);
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const through = async (loginName = RECORDED): Promise<string[]> => [
    ...(await gateway.sshArguments('chen', loginName)),
    '127.0.0.1',
  ];
  const direct = (): string[] => [...sshd.direct(), '127.0.0.1'];
  const both = async (
    command: string,
    options: { extra?: readonly string[]; stdin?: Buffer; env?: readonly string[] } = {},
  ): Promise<[SshResult, SshResult]> => {
    const { extra = [], stdin, env = [] } = options;
    const run = (args: readonly string[]): Promise<SshResult> =>
      runToEnd('env', [...env, partner('ssh'), ...extra, ...args, command], stdin);
    return [await run(await through()), await run(direct())];
  };

  describe('that is recorded only', () => {
    test.each([
      ['an exit status', 'exit 42'],
      ['a program ended by a signal', 'kill -TERM $$'],
      ['a program ended by a signal of another name', 'kill -USR1 $$'],
      ['a program that dumps core', 'ulimit -c 0; kill -ABRT $$'],
      ['standard error apart from standard output', 'echo out; echo err >&2; echo out2'],
      ['bytes that are no text', "printf '\\377\\000\\001\\n'"],
      ['a program that is not there', 'no-such-program-here'],
      ['the account of the person', 'id -un; pwd'],
    ])('brings %s as it is', async (_what, command) => {
      const [shown, wanted] = await both(command);
      expect(shown.status).toBe(wanted.status);
      expect(shown.stdout.equals(wanted.stdout)).toBe(true);
      expect(shown.stderr).toBe(wanted.stderr);
    });

    test('closes in order after a program ended by a signal, without a status', async () => {
      await both('kill -KILL $$');
      expect(await lastSession(gateway, 'chen')).toMatchObject({ status: null, isSealed: true, reason: 'closed' });
    });

    test('carries LANG and LC_*, and nothing else', async () => {
      const env = ['LANG=ja_JP.UTF-8', 'LC_TIME=C', 'LD_PRELOAD_X=/x', 'BASH_ENV=/tmp/x'];
      const extra = ['-o', 'SendEnv=LANG LC_* LD_* BASH_ENV'];
      const [shown, wanted] = await both('printenv LANG LC_TIME; printenv LD_PRELOAD_X BASH_ENV', { extra, env });
      expect(shown.stdout.toString()).toBe('ja_JP.UTF-8\nC\n');
      expect(shown.stdout.equals(wanted.stdout)).toBe(true);
    });

    test('tells the end of the input, and goes on showing output after it', async () => {
      const [shown] = await both('cat; sleep 0.2; echo behind', { stdin: Buffer.from('first\n') });
      expect(shown.stdout.toString()).toBe('first\nbehind\n');
    });

    test('carries megabytes in both directions at once, byte for byte', async () => {
      const bytes = Buffer.alloc(6 * 1024 * 1024, 'kanji 漢字 and bytes \xff\x00 ');
      const [shown] = await both('tee /dev/stderr', { stdin: bytes });
      expect(shown.stdout.equals(bytes)).toBe(true);
      expect(shown.stderr).toBe(bytes.toString('utf8'));
    });

    test('ends when the client is killed while output flows', async () => {
      await using ssh = new LiveSsh([...(await through()), 'yes']);
      await ssh.sees('y\ny\n');
      ssh.process.kill('SIGKILL');
      const { isSealed, reason } = await waitFor('the end', async () => {
        const session = await lastSession(gateway, 'chen');
        return session.isOpen ? undefined : session;
      });
      expect({ isSealed, reason }).toEqual({ isSealed: true, reason: 'client_lost' });
    });

    test('gives the terminal every mode the client’s own has', async () => {
      // Set before ssh reads them, so that they differ from what any server would choose by itself.
      const local = 'stty erase ^H intr ^X susp undef -ixon iutf8 -echoctl istrip; exec "$@"';
      const modes = async (args: readonly string[]): Promise<string> => {
        const words = ['-c', local, 'bash', partner('ssh'), '-tt', ...args, 'stty -a'];
        await using terminal = new Terminal('bash', words, { columns: 93, rows: 27 });
        await terminal.exited;
        return terminal.output;
      };
      const wanted = await modes(direct());
      expect(wanted).toContain('intr = ^X');
      expect(wanted).toContain('rows 27; columns 93');
      expect(await modes(await through())).toBe(wanted);
    });

    test('is an interactive shell: resized, in Japanese, interrupted, and left with its status', async () => {
      const args = ['-tt', ...(await through())];
      await using terminal = new Terminal(partner('ssh'), args, { columns: 100, rows: 30 });
      await terminal.sees('this session is recorded');
      await terminal.sees('$ ');
      terminal.type("PS1='ready> '; bind 'set enable-bracketed-paste off'\r");
      await terminal.sees('ready> ');
      await terminal.sees('ready> ');
      terminal.type('tty >/dev/null && stty size\r');
      await terminal.sees('\n30 100');
      terminal.resize(77, 22);
      terminal.type('sleep 0.1; stty size\r');
      await terminal.sees('\n22 77');
      terminal.type('echo 顧客管理\r');
      await terminal.sees('\n顧客管理');
      terminal.type('echo started; sleep 60\r');
      await terminal.sees('\nstarted');
      terminal.type('\x03');
      await terminal.sees('ready> ');
      terminal.type('echo status $?\r');
      await terminal.sees('\nstatus 130');
      terminal.type('(exit 9)\r\x04');
      expect(await terminal.exited).toBe(9);
      expect(await lastSession(gateway, 'chen')).toMatchObject({ status: 9, isSealed: true });
    });

    test('shows a running program the new size of the window', async () => {
      const command = `trap 'stty size; exit 5' WINCH; echo ready; while :; do sleep 0.05; done`;
      const args = ['-tt', ...(await through()), command];
      await using terminal = new Terminal(partner('ssh'), args, { columns: 100, rows: 30 });
      await terminal.sees('ready');
      terminal.resize(61, 19);
      await terminal.sees('19 61');
      expect(await terminal.exited).toBe(5);
    });
  });

  describe('that is guarded line by line', () => {
    const open = async (): Promise<Terminal> => {
      const args = ['-tt', ...(await through(GUARDED))];
      const terminal = new Terminal(partner('ssh'), args, { columns: 100, rows: 30 });
      await terminal.sees('~$ ');
      return terminal;
    };

    test('refuses an export before it runs, as a line and as a command', async () => {
      await using terminal = await open();
      terminal.type('mysqldump crm customers\r');
      await terminal.sees('[ticket_required]');
      await terminal.sees('~$ ');
      expect((await newest(gateway.database, 'act.refused')).body['text']).toBe('mysqldump crm customers');
      const { status, stderr } = await gateway.ssh('chen', 'mysqldump crm customers', { loginName: GUARDED });
      expect(status).toBe(126);
      expect(stderr).toContain('[ticket_required]');
    });

    test('works as a shell does: directory, variables, status, Japanese, ^C, size', async () => {
      await using terminal = await open();
      terminal.type('id -un; cd /usr/share; X="a b"; export Y=2\r');
      await terminal.sees(sshd.account);
      await terminal.sees(':/usr/share$ ');
      terminal.type('echo "[$X]$(printenv Y) 漢字"; stty size; false\r');
      await terminal.sees('\n[a b]2 漢字');
      await terminal.sees('30 100');
      await terminal.sees('$ ');
      terminal.resize(70, 20);
      terminal.type('echo "last $?"; stty size\r');
      await terminal.sees('\nlast 1');
      await terminal.sees('20 70');
      await terminal.sees('$ ');
      terminal.type('echo started; sleep 60\r');
      await terminal.sees('\nstarted');
      terminal.type('\x03');
      await terminal.sees('$ ');
      terminal.type('exit 6\r');
      expect(await terminal.exited).toBe(6);
    });

    test('brings a program’s own input to it', async () => {
      await using terminal = await open();
      terminal.type('read -r name; echo "hello $name"\r');
      await terminal.sees('hello $name"');
      terminal.type('world\r');
      await terminal.sees('\nhello world');
      await terminal.sees('~$ ');
    });
  });
});

function inventoryOf(sshd: Sshd, issuer: string): InventoryInput {
  const target = (name: string, mode: 'recorded' | 'guarded-line') => ({
    ...{ name, mode, system: 'field' },
    ...{ host: '127.0.0.1', port: sshd.port, hostKey: sshd.hostKey },
  });
  const names = [RECORDED, GUARDED];
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
    targets: [target(RECORDED, 'recorded'), target(GUARDED, 'guarded-line')],
    accounts: names.map((name) => ({ target: name, person: 'chen', account: sshd.account })),
    grants: names.map((name) => ({
      ...{ target: name, person: 'chen', actions: ['shell' as const, 'exec' as const] },
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    })),
  };
}
