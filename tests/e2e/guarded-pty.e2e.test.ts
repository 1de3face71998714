/** A login shell behind a real sshd that hands its lines over: what it is told, and when it is believed no more. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runToEnd } from '../support/run-to-end.ts';
import { listAuditEvents } from '../../recorder/index.ts';
import { describeWith } from '../support/partners.ts';
import type { Terminal } from '../support/terminal.ts';
import { type ShellField, startShellField } from './support/shell-field.ts';

const NEEDS = ['ssh', 'ssh-keygen', 'sshd', 'root'] as const;

describeWith(NEEDS, 'a login shell that hands its lines over', () => {
  let field: ShellField;
  beforeAll(async () => {
    field = await startShellField('guarded-pty');
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  const open = async (): Promise<Terminal> => {
    const terminal = await field.open();
    await terminal.sees('$ ');
    return terminal;
  };

  test('refuses an export before it runs, keeps the act and shows the way to ask', async () => {
    await using terminal = await open();
    terminal.type(`cat ${field.data}\r`);
    await terminal.sees('/tickets/new?act=');
    await terminal.sees('$ ');
    expect(terminal.output).not.toContain('Suzuki');
    const events = await listAuditEvents(field.gateway.database, { types: ['act.refused'], limit: 1 });
    expect(events[0]?.body['text']).toBe(`cat ${field.data}`);
  });

  test.each([
    ['where PWD tells another directory', () => ['cd vault', 'PWD=/tmp', 'cat members.csv']],
    ['by a variable of an earlier line', () => ['a=vault/mem', 'cat ${a}bers.csv']],
    ['read by a redirection of a loop', (data: string) => [`while read -r x; do echo "$x"; done < ${data}`]],
    ['by a line that is told as another', (data: string) => ['declare -r READLINE_LINE=true', `cat ${data}`]],
    ['on a row behind a quote', (data: string) => [`echo "`, `"; cat ${data}`]],
  ])('refuses protected data %s', async (_how, lines) => {
    await using terminal = await open();
    for (const line of lines(field.data)) terminal.type(`${line}\r`);
    await terminal.sees(/\[(ticket_required|act_refused|hook_lost)\]/);
    // A shell that is not believed any more ends by itself; every other shows a prompt, which a ^C before it could lose.
    await Promise.race([terminal.sees('$ ').catch(() => undefined), terminal.exited]);
    terminal.type('exit\r');
    await terminal.exited;
    expect(terminal.output).toMatch(/\[(ticket_required|act_refused|hook_lost)\]/);
    expect(terminal.output).not.toContain('Suzuki');
  });

  test('aliases of the account are put in before the line is judged, and its functions are gone', async () => {
    const profile = `export PATH=${field.stub.slice(0, -'/scp'.length)}:$PATH\n`;
    await field.put('.bash_profile', `${profile}alias c=cat la='ls -dA'; ls() { command scp x; }; BANNER=set\n`);
    try {
      await using terminal = await open();
      terminal.type(`c ${field.data}\r`);
      await terminal.sees('[ticket_required]');
      terminal.type('la /etc; echo "$BANNER"\r');
      await terminal.sees(/[\r\n]\/etc\r\nset\r\n/);
      terminal.type('exit\r');
      await terminal.exited;
      expect(terminal.output).not.toContain('Suzuki');
      expect(await field.ran()).toBe('');
    } finally {
      await field.put('.bash_profile', profile);
    }
  });

  test('a key that startup files bound to a command does nothing', async () => {
    const profile = `export PATH=${field.stub.slice(0, -'/scp'.length)}:$PATH\n`;
    await field.put('.bash_profile', `${profile}bind -x '"\\C-t": scp bound'; trap 'scp trapped' EXIT\n`);
    try {
      await using terminal = await open();
      terminal.type('\x14echo a""live\r');
      await terminal.sees(/[\r\n]alive/);
      terminal.type('exit\r');
      await terminal.exited;
      expect(await field.ran()).toBe('');
    } finally {
      await field.put('.bash_profile', profile);
    }
  });

  test('startup files that leave no bash of the account give way to a prompt of the gateway', async () => {
    const profile = `export PATH=${field.stub.slice(0, -'/scp'.length)}:$PATH\n`;
    await field.put('.bash_profile', `${profile}exec true\n`);
    try {
      await using terminal = await field.open();
      await terminal.sees('[no_guarded_pty]');
      await terminal.sees('$ ');
      terminal.type('echo st""ill\r');
      await terminal.sees(/[\r\n]still/);
    } finally {
      await field.put('.bash_profile', profile);
    }
  });

  test('a program that binds the keys of the shell anew cannot: what ends a line is the shell’s own', async () => {
    await field.put('.inputrc', '"\\C-m": accept-line\n"\\C-j": accept-line\nset editing-mode vi\n');
    await using terminal = await open();
    terminal.type('scp DATA host:\r');
    await terminal.sees(/\[(ticket_required|act_refused)\]/);
    terminal.type('\x18\x12scp again host:\n');
    await terminal.sees(/\[(ticket_required|act_refused)\]/);
    terminal.type('exit\r');
    await terminal.exited;
    expect(await field.ran()).toBe('');
    await runToEnd('rm', ['-f', `${field.home}/.inputrc`]);
  });

  test('the session ends with the status of the shell', async () => {
    await using terminal = await open();
    terminal.type('(exit 4)\r');
    await terminal.sees(/exit 4\)\r\n/);
    await terminal.sees('$ ');
    terminal.type('\x04');
    expect(await terminal.exited).toBe(4);
    expect(terminal.output).not.toMatch(/7001|sekisho_/);
  });
});

describeWith(NEEDS, 'a shell that asks before each command', () => {
  test('is not believed where PWD tells another directory', async () => {
    for (const mode of ['guarded-shell', 'guarded-line'] as const) {
      await using field = await startShellField(mode);
      await using terminal = await field.open();
      await terminal.sees('$ ');
      for (const line of ['cd vault', 'PWD=/tmp', 'cat members.csv']) {
        terminal.type(`${line}\r`);
        await terminal.sees('$ ');
      }
      terminal.type('exit\r');
      await terminal.exited;
      expect({ mode, output: terminal.output }).not.toMatchObject({ output: expect.stringContaining('Suzuki') });
    }
  });
});
