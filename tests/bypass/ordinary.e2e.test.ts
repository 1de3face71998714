/** What people do all day, in every mode that has a prompt: a gate that stops it would be switched off. */
import { rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { type ShellField, startShellField } from '../e2e/support/shell-field.ts';
import { describeWith } from '../support/partners.ts';
import { runToEnd } from '../support/run-to-end.ts';
import type { Terminal } from '../support/terminal.ts';

const PASSWORD = 'kaki-no-ki-7731';

type Session = (terminal: Terminal, field: ShellField) => Promise<void>;

const SESSIONS: Readonly<Record<string, Session>> = {
  'an editor opens, saves and leaves': async (terminal) => {
    terminal.type('vim notes.txt\r');
    await terminal.sees('"notes.txt"');
    terminal.type('ohello 顧客\x1b:wq\r');
    await terminal.sees('$ ');
    terminal.type('cat notes.txt\r');
    await terminal.sees(/[\r\n]hello 顧客\r\n/);
  },
  'a pager shows and leaves': async (terminal) => {
    terminal.type('less /etc/services\r');
    await terminal.sees('ssh');
    terminal.type('q');
    await terminal.sees('$ ');
    terminal.type('echo "back $?"\r');
    await terminal.sees(/[\r\n]back 0/);
  },
  'a screen of processes draws and leaves': async (terminal) => {
    terminal.type('top -d 60\r');
    await terminal.sees('PID');
    terminal.type('q');
    await terminal.sees('$ ');
  },
  'sudo asks for a password and gets it unseen': async (terminal) => {
    terminal.type('sudo -k /usr/bin/id -u\r');
    await terminal.sees(/password for|のパスワード/);
    terminal.type(`${PASSWORD}\r`);
    await terminal.sees(/\n0\r\n/);
    expect(terminal.output).not.toContain(PASSWORD);
  },
  'a loop typed over several lines runs': async (terminal) => {
    terminal.type('for i in 1 2\rdo echo "n$i"\rdone\r');
    await terminal.sees(/[\r\n]n1\r\nn2\r\n/);
  },
  'two lines pasted in one piece run': async (terminal) => {
    terminal.type('\x1b[200~echo o""ne\recho t""wo\x1b[201~');
    await terminal.sees('t""wo');
    terminal.type('\r');
    await terminal.sees(/[\r\n]two\r\n/);
    expect(terminal.output).toMatch(/[\r\n]one\r\n/);
    terminal.type('echo st""ill\r');
    await terminal.sees(/[\r\n]still/);
  },
  'Japanese text is typed and edited': async (terminal) => {
    terminal.type('echo 顧客管理\x7f\x7f情報 ｱﾘｽ\r');
    await terminal.sees(/[\r\n]顧客情報 ｱﾘｽ\r\n/);
  },
  'the window changes': async (terminal) => {
    terminal.resize(77, 22);
    terminal.type('stty size\r');
    await terminal.sees('22 77');
  },
  '^C ends a program, and the prompt is back': async (terminal, field) => {
    terminal.type('sleep 61\r');
    await field.processes('sleep 61');
    terminal.type('\x03');
    await terminal.sees('$ ');
    terminal.type('echo still\r');
    await terminal.sees(/[\r\n]still\r\n/);
  },
  'a program reads what is typed while it runs': async (terminal) => {
    terminal.type('read -r answer; echo "[$answer]"\r');
    await terminal.sees(/answer\]"[^]*?\r\n/);
    terminal.type('yes indeed\r');
    await terminal.sees(/[\r\n]\[yes indeed\]/);
  },
  'names are completed, and a line comes back by the arrow key': async (terminal) => {
    terminal.type('ls -d /etc/host\tname\r');
    await terminal.sees(/[\r\n]\/etc\/hostname\r\n/);
    await terminal.sees('$ ');
    terminal.type('\x1b[A\r');
    await terminal.sees(/[\r\n]\/etc\/hostname\r\n/);
  },
  'directory, variables and functions stay, and the session ends with its status': async (terminal) => {
    terminal.type('cd /usr/share; x="a b"; f() { date +f%%; }\r');
    await terminal.sees('/usr/share$ ');
    terminal.type('f; echo "$x"; pwd\r');
    await terminal.sees(/[\r\n]f%\r\na b\r\n\/usr\/share/);
    terminal.type('exit 7\r');
    expect(await terminal.exited).toBe(7);
  },
};

for (const mode of ['guarded-line', 'guarded-shell', 'guarded-pty', 'recorded'] as const) {
  describeWith(['ssh', 'ssh-keygen', 'sshd', 'sudo', 'root'], `ordinary work, ${mode}`, () => {
    const cleanup = new Cleanup();
    let field: ShellField;
    beforeAll(async () => {
      field = cleanup.use(await startShellField(mode));
      // What is edited by characters needs a locale, which a server's administrator sets.
      await field.put('.bash_profile', `export PATH=${dirname(field.stub)}:$PATH LANG=C.UTF-8\n`);
      const { account } = field.sshd;
      const rule = `/etc/sudoers.d/${account}`;
      cleanup.defer(() => rm(rule, { force: true }));
      await writeFile(rule, `${account} ALL=(root) PASSWD: /usr/bin/id -u\n`, { mode: 0o440 });
      expect(await runToEnd('chpasswd', [], `${account}:${PASSWORD}\n`)).toMatchObject({ status: 0 });
    });
    afterAll(() => cleanup[Symbol.asyncDispose]());

    test.each(Object.entries(SESSIONS))('%s', async (_name, session) => {
      await using terminal = await field.open();
      await terminal.sees('$ ');
      await session(terminal, field);
      expect(terminal.output).not.toMatch(/\[(act_refused|ticket_required)\]/);
    });
  });
}
