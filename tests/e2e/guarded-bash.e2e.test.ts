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

  test('an editor, a screen of processes and a pager draw, take keys and leave', async () => {
    await using terminal = await open();
    terminal.type('cd /tmp; vim notes.txt\r');
    await terminal.sees(/"notes.txt"/);
    terminal.type(`ohello 顧客\x1b:w! ${field.home}/notes.txt\r`);
    await terminal.sees(/written|書込|バイト/);
    terminal.type(':q!\r');
    await terminal.sees('/tmp$ ');
    terminal.type(`cat ${field.home}/notes.txt; top -d 60\r`);
    await terminal.sees('hello 顧客');
    await terminal.sees('PID');
    terminal.type('q');
    await terminal.sees('/tmp$ ');
    terminal.type('less /etc/services\r');
    await terminal.sees('ssh');
    terminal.type('!');
    await terminal.sees(/[Cc]ommand not available/);
    terminal.type('q');
    await terminal.sees('/tmp$ ');
    terminal.type('true; top -d 60\r');
    await terminal.sees('PID');
    terminal.type('q');
    await terminal.sees('/tmp$ ');
    terminal.type('echo "back $?"\r');
    await terminal.sees(/[\r\n]back 0/);
  });

  test('^C ends a program and the line, and at the prompt only the line', async () => {
    await using terminal = await open();
    terminal.type('echo begun; sleep 60; echo never\r');
    await terminal.sees(/[\r\n]begun\r\n/);
    terminal.type('\x03');
    await terminal.sees('$ ');
    terminal.type('echo dropped');
    await terminal.sees('echo dropped');
    terminal.type('\x03');
    await terminal.sees('^C');
    await terminal.sees('$ ');
    terminal.type('echo still\r');
    await terminal.sees(/[\r\n]still/);
    expect(terminal.output).not.toMatch(/[\r\n](never|dropped)/);
  });

  test('^C ends a loop that asks again and again', async () => {
    await using terminal = await open();
    terminal.type('while true; do date +tick%N; done\r');
    await terminal.sees(/[\r\n]tick\d+\r\ntick/);
    terminal.type('\x03');
    await terminal.sees('~$ ');
    terminal.type('echo ended\r');
    await terminal.sees(/[\r\n]ended/);
  });

  test('^Z stops a program, fg goes on with it', async () => {
    await using terminal = await open();
    terminal.type('sleep 2\r');
    await terminal.sees('sleep 2\r\n');
    await field.processes('sleep 2');
    terminal.type('\x1a');
    await terminal.sees('Stopped');
    await terminal.sees('~$ ');
    terminal.type('fg; echo over\r');
    await terminal.sees(/[\r\n]over/);
  });

  test('two hundred pasted lines run one after the other, each once', async () => {
    await using terminal = await open();
    const lines = Array.from({ length: 200 }, (_, at) => `echo "line-${at}"; true`);
    terminal.type(`${lines.join('\r')}\r`);
    await terminal.sees(/[\r\n]line-199/);
    const shown = [...terminal.output.matchAll(/[\r\n]line-(\d+)/g)].map(([, at]) => Number(at));
    expect(shown).toEqual(lines.map((_, at) => at));
  });

  test('what is typed while a program runs that reads nothing is there at the prompt, once', async () => {
    await using terminal = await open();
    terminal.type('echo begun; sleep 1; date +done\r');
    await terminal.sees(/[\r\n]begun/);
    terminal.type('echo ahead-$((40 + 2))\r');
    await terminal.sees(/[\r\n]ahead-42/);
    terminal.type('exit\r');
    await terminal.exited;
    expect(terminal.output.match(/[\r\n]ahead-42/g)).toHaveLength(1);
  });

  test('a program reads what is typed while it runs', async () => {
    await using terminal = await open();
    terminal.type('read -r answer; echo "[$answer]"\r');
    await terminal.sees('answer]"\r\n');
    terminal.type('yes indeed\r');
    await terminal.sees(/[\r\n]\[yes indeed\]/);
  });

  test('Japanese text is typed and edited, and the screen has its size and its new one', async () => {
    await using terminal = await open({ columns: 101, rows: 31 });
    terminal.type('echo 顧客管理\x7f\x7f情報 ｱﾘｽ\r');
    await terminal.sees(/[\r\n]顧客情報 ｱﾘｽ\r\n/);
    await terminal.sees('$ ');
    terminal.type('stty size\r');
    await terminal.sees('31 101');
    await terminal.sees('$ ');
    terminal.resize(77, 22);
    terminal.type('stty size\r');
    await terminal.sees('22 77');
  });

  test('history, completion of names and lines over several lines are those of bash', async () => {
    await using terminal = await open();
    terminal.type('echo fir""st\r');
    await terminal.sees(/[\r\n]first/);
    await terminal.sees('$ ');
    terminal.type('\x1b[A && echo sec""ond\r');
    await terminal.sees(/[\r\n]second/);
    await terminal.sees('$ ');
    terminal.type('!ec:s/fir/thi/\r');
    await terminal.sees(/[\r\n]thist/);
    await terminal.sees('$ ');
    terminal.type('ls -d /etc/host\tname\r');
    await terminal.sees(/[\r\n]\/etc\/hostname/);
    await terminal.sees('$ ');
    terminal.type('for i in 1 2\rdo echo "n$i"\rdone\r');
    await terminal.sees(/[\r\n]n1\r\nn2/);
  });

  test('a list in the background asks as well, and runs', async () => {
    await using terminal = await open();
    terminal.type('(date +back%%; date +ground%%) & wait\r');
    await terminal.sees(/[\r\n]back%\r\nground%/);
  });

  test('the session ends with the status of the shell, at exit and at ^D', async () => {
    await using terminal = await open();
    terminal.type('(exit 4)\r');
    await terminal.sees('$ ');
    terminal.type('\x04');
    expect(await terminal.exited).toBe(4);
  });

  test('nothing of the hook is left on the target or shown to the person', async () => {
    await using terminal = await open();
    terminal.type('ls -A; echo $-\r');
    await terminal.sees(/\n\S*i\S*\r\n/);
    expect(terminal.output).not.toMatch(/7001|sekisho_/);
    expect(terminal.output).not.toMatch(/\.bash_history/);
  });
});
