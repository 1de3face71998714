/** What maintainers do beside a plain command, through the gateway to a real sshd, compared with no gateway between. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, sendEow } from '../../gateway/ssh/library/index.ts';
import { runToEnd, type SshResult } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { type FilesField, OPEN, startFilesField } from './support/files-field.ts';
import { asOwner, lastSession } from './support/house.ts';
import { LiveSsh } from './support/live-ssh.ts';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'ansible', 'root'], 'a maintainer’s work on a real sshd', () => {
  let field: FilesField;
  beforeAll(async () => {
    field = await startFilesField({ keepaliveSeconds: 1 });
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  const sessions = async (): Promise<Record<string, unknown>[]> =>
    asOwner(
      field.gateway,
      `SELECT s.connection_id, s.kind, s.closed_at IS NOT NULL AS closed, r.session_id IS NOT NULL AS sealed
       FROM sessions s LEFT JOIN recordings r ON r.session_id = s.id ORDER BY s.opened_at`,
    );
  const through = async (words: readonly string[], stdin?: Buffer): Promise<SshResult> =>
    runToEnd(partner('ssh'), [...(await field.settings(OPEN)), 'target', ...words], stdin);

  test('a client that is there no more loses its session, within a few questions', async () => {
    await using ssh = new LiveSsh([...(await field.settings(OPEN)), 'target', 'echo begun; sleep 100']);
    await ssh.sees('begun');
    ssh.process.kill('SIGSTOP');
    const ended = await waitFor('the end', async () => {
      const session = await lastSession(field.gateway, 'chen');
      return session.isOpen ? undefined : session;
    });
    expect(ended).toMatchObject({ reason: 'client_lost', isSealed: true });
    ssh.process.kill('SIGCONT');
  });

  test('several sessions on one connection are each admitted and each recorded', async () => {
    const before = (await sessions()).length;
    const socket = join(field.here, 'master');
    const settings = await field.settings(OPEN);
    const master = spawn(partner('ssh'), [...settings, '-M', '-N', '-S', socket, 'target'], { stdio: 'ignore' });
    const run = (command: string): Promise<SshResult> =>
      runToEnd(partner('ssh'), [...settings, '-S', socket, '-o', 'ControlMaster=no', 'target', command]);
    await waitFor('the master', async () =>
      (await runToEnd(partner('ssh'), [...settings, '-S', socket, '-O', 'check', 'target'])).status === 0
        ? true
        : undefined,
    );
    const all = await Promise.all(['echo a; exit 1', 'echo b; exit 2', 'echo c >&2; exit 3'].map(run));
    expect(all.map(({ status, stdout }) => [status, stdout.toString()])).toEqual([
      [1, 'a\n'],
      [2, 'b\n'],
      [3, ''],
    ]);
    await runToEnd(partner('ssh'), [...settings, '-S', socket, '-O', 'exit', 'target']);
    master.kill();
    const made = (await sessions()).slice(before);
    expect(made).toHaveLength(3);
    expect(new Set(made.map((row) => row['connection_id'])).size).toBe(1);
    expect(made.every((row) => row['closed'] === true && row['sealed'] === true)).toBe(true);
  });

  test.each([
    ['UTF-8', '顧客管理🔑'],
    ['Shift_JIS', '\x8c\xda\x8b\x71\x8a\xc7\x97\x9d\x5c'],
    ['EUC-JP', '\xb8\xdc\xb5\xd2\xb4\xc9\xcd\xfd'],
    ['every byte', Array.from({ length: 256 }, (_, at) => String.fromCharCode(at)).join('')],
  ])('%s passes byte for byte, in both directions', async (name, text) => {
    const bytes = Buffer.from(text, name === 'UTF-8' ? 'utf8' : 'latin1');
    const { stdout } = await through(['cat'], bytes);
    expect(stdout.equals(bytes)).toBe(true);
  });

  test('a program that reads no more ends a client that would write for ever, as it does without us', async () => {
    const line = (settings: readonly string[], host: string): string =>
      `yes | ${partner('ssh')} ${settings.join(' ')} ${host} 'head -c 4; exec 0<&-; sleep 0.3; echo over'`;
    const shown = await runToEnd('bash', ['-c', line(await field.settings(OPEN), 'target')]);
    const wanted = await runToEnd('bash', ['-c', line(field.sshd.direct(), '127.0.0.1')]);
    expect(shown.stdout.toString()).toBe('y\ny\nover\n');
    expect([shown.stdout.toString(), shown.status, shown.stderr]).toEqual([
      wanted.stdout.toString(),
      wanted.status,
      wanted.stderr,
    ]);
  });

  test('a client that says it reads no more stops the program, and hears how it ended', async () => {
    // ssh says it only to a server that calls itself OpenSSH; other clients say it to everybody.
    const client = new Client();
    const privateKey = await readFile(await field.gateway.key('chen'));
    const ended = new Promise<string>((resolve, reject) => {
      client.once('error', reject);
      client.once('ready', () =>
        // It waits until it was heard: what sshd has not read of a program's errors when the program ends is lost.
        client.exec('yes; echo "yes ended with $?" >&2; read -r _', (error, channel) => {
          if (error !== undefined) reject(error);
          let said = '';
          channel.stderr.on('data', (bytes: Buffer) => {
            said += bytes.toString();
            if (said.endsWith('\n')) channel.end();
          });
          channel.once('data', () => sendEow(channel));
          channel.on('data', () => undefined);
          channel.once('close', () => resolve(said));
        }),
      );
    });
    client.connect({ host: '127.0.0.1', port: field.gateway.sshPort, username: OPEN, privateKey });
    expect(await ended).toBe('yes ended with 141\n');
    client.end();
  });

  test.each([['True'], ['False']])(
    'Ansible runs on many at once, pipelining %s',
    async (pipelining) => {
      const [, file = ''] = await field.settings(OPEN);
      const names = Array.from({ length: 3 }, (_, at) => `h${at}`);
      const inventory = join(field.here, `hosts-${pipelining}`);
      const lines = names.map((name) => `${name} ansible_host=target ansible_python_interpreter=/usr/bin/python3`);
      await writeFile(inventory, `${lines.join('\n')}\n`);
      const env = [
        `ANSIBLE_PIPELINING=${pipelining}`,
        `ANSIBLE_LOCAL_TEMP=${field.here}/ansible`,
        `ANSIBLE_SSH_CONTROL_PATH_DIR=${field.here}/cp`,
        `HOME=${field.here}`,
        `ANSIBLE_SSH_ARGS=-F ${file} -o ControlMaster=no`,
        'ANSIBLE_NOCOLOR=1',
      ];
      const copy = `content=接続確認 dest={{ansible_env.HOME}}/{{inventory_hostname}}-${pipelining} mode=0600`;
      const run = (module: readonly string[]): Promise<SshResult> =>
        runToEnd('env', [...env, partner('ansible'), '-i', inventory, '-f', '3', 'all', ...module]);
      const setup = await run(['-m', 'shell', '-a', 'echo {{inventory_hostname}}; cat /dev/null']);
      expect(setup.stderr).toBe('');
      expect(setup.stdout.toString().match(/CHANGED \| rc=0/g)).toHaveLength(names.length);
      const copied = await run(['-m', 'copy', '-a', copy.replace('{{ansible_env.HOME}}', field.home)]);
      expect(copied.stdout.toString()).not.toContain('FAILED');
      expect((await field.onTarget(`cat h*-${pipelining}`)).stdout.toString()).toBe('接続確認'.repeat(names.length));
    },
    120_000,
  );
});
