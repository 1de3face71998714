/** A real bash behind a real sshd that asks before each command: what must run runs, and what must not is refused. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listAuditEvents } from '../../recorder/index.ts';
import { describeWith } from '../support/partners.ts';
import type { Terminal } from '../support/terminal.ts';
import { type ShellField, startShellField } from './support/shell-field.ts';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a shell that asks before each command', () => {
  let field: ShellField;
  beforeAll(async () => {
    field = await startShellField('guarded-shell');
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  const open = async (size?: { columns: number; rows: number }): Promise<Terminal> => {
    const terminal = await field.open(size);
    await terminal.sees('~$ ');
    return terminal;
  };

  test('refuses an export before it runs, with the way to ask', async () => {
    await using terminal = await open();
    terminal.type(`cat ${field.data}\r`);
    await terminal.sees('/tickets/new?act=');
    await terminal.sees('~$ ');
    expect(terminal.output).not.toContain('Suzuki');
    const events = await listAuditEvents(field.gateway.database, { types: ['act.refused'], limit: 10 });
    expect(events[0]?.body['text']).toBe(`cat ${field.data}`);
  });

  test.each([
    [
      'by a variable that an earlier line has set',
      (data: string) => ['a=vault/mem', `cat \${a}bers.csv; cat ${data.slice(0, 4)}`],
    ],
    ['read by a redirection of a loop', (data: string) => [`while read -r x; do echo "$x"; done < ${data}`]],
    ['read by a redirection alone', (data: string) => [`echo $(<${data})`]],
    ['read into an array', (data: string) => [`mapfile -t a < ${data}; printf '%s\\n' "\${a[@]}"`]],
    [
      'joined of three variables',
      (data: string) => [`a=${data.slice(0, 9)} b=${data.slice(9, 20)} c=${data.slice(20)}`, 'cat "$a$b$c"'],
    ],
    [
      'by positional parameters of a function',
      (data: string) => ['f() { cat "$1$2"; }', `a=${data.slice(0, 12)}; b=${data.slice(12)}`, 'f "$a" "$b"'],
    ],
  ])('refuses protected data %s', async (_how, lines) => {
    await using terminal = await open();
    for (const line of lines(field.data)) {
      terminal.type(`${line}\r`);
      await terminal.sees('$ ');
    }
    terminal.type('exit\r');
    await terminal.exited;
    expect(terminal.output).toMatch(/\[(ticket_required|act_refused)\]/);
    expect(terminal.output).not.toContain('Suzuki');
  });

  test('runs ordinary lines, with their variables, functions, pipelines, loops and status', async () => {
    await using terminal = await open();
    terminal.type('cd /usr/share; x="a b"; f() { printf "[%s]" "$@"; }; f "$x" c; false\r');
    await terminal.sees('[a b][c]');
    await terminal.sees('/usr/share$ ');
    terminal.type('echo "last $?" $_ "$x"; for i in 1 2 3; do date +n$i; done | cat | wc -l\r');
    await terminal.sees(/last 1 \S+ a b\r\n3\r\n/);
    await terminal.sees('$ ');
    terminal.type('ls -d /usr /etc | while read -r d; do stat -c %F "$d"; done\r');
    await terminal.sees(/directory\r\ndirectory\r\n/);
    terminal.type('exit 7\r');
    expect(await terminal.exited).toBe(7);
  });
});
