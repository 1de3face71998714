import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listAuditEvents } from '../../recorder/index.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { Terminal } from '../support/terminal.ts';

describeWith(['ssh', 'ssh-keygen'], 'an interactive shell on a guarded target', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  const open = async (login = 'chen', size = { columns: 100, rows: 30 }): Promise<Terminal> => {
    const args = await gateway.sshArguments(login);
    const terminal = new Terminal(partner('ssh'), [...args, '-tt', '127.0.0.1'], size);
    await terminal.sees('~$ ');
    return terminal;
  };

  test('an export typed at the prompt is refused before it runs, with the way to ask', async () => {
    await using terminal = await open();
    terminal.type('mysqldump crm customers\r');
    const said = await terminal.sees('/tickets/new?act=');
    expect(said).toContain('Refused before it ran');
    await terminal.sees('~$ ');
    expect(terminal.output).not.toContain('INSERT INTO');
    terminal.type('echo $?\r');
    await terminal.sees('126');
    const events = await listAuditEvents(gateway.database, { types: ['act.refused'], limit: 10 });
    expect(events[0]?.body['text']).toBe('mysqldump crm customers');
  });

  test.each([
    ['in pieces of a variable', 'a=mysql; ${a}dump crm customers'],
    ['behind an alias', "alias x='mysqldump crm customers'; x"],
    ['decoded into a shell', 'echo bXlzcWxkdW1wIGNybQ== | base64 -d | sh'],
    ['with quotes inside the name', 'my""sqldump crm customers'],
    ['in two lines that are one command', 'mysqldump \\\rcrm customers'],
    ['inside a loop over several lines', 'for t in customers\rdo mysqldump crm $t\rdone'],
  ])('an export %s is refused as well', async (_how, line) => {
    await using terminal = await open();
    terminal.type(`${line}\r`);
    await terminal.sees(/Refused|Not run/);
    await terminal.sees('~$ ');
    expect(terminal.output).not.toContain('INSERT INTO');
  });

  test('what was carried over from an earlier line cannot carry an export', async () => {
    await using terminal = await open();
    terminal.type('x="mysqldump crm customers"\r');
    await terminal.sees('~$ ');
    terminal.type('$x\r');
    await terminal.sees(/Refused|Not run/);
    await terminal.sees('~$ ');
    expect(terminal.output).not.toContain('INSERT INTO');
  });

  test('a forged report of the line sets nothing but data', async () => {
    await using terminal = await open();
    terminal.type(
      `printf '\\033]7001;%s;0\\037/tmp\\037\\047\\047\\037\\047\\047\\037x\\037x\\037\\044\\047;mysqldump crm customers;\\047\\037\\007' "$__sekisho_mark"\r`,
    );
    await terminal.sees('\x1b[?2004l'); // From here on the line runs.
    await terminal.sees(':/tmp$ ');
    terminal.type('echo "after[$x]"\r');
    await terminal.sees('\nafter[;mysqldump crm customers;]');
    expect(terminal.output).not.toContain('INSERT INTO');
  });

  test('the terminal has its size, and its new size after a resize', async () => {
    await using terminal = await open('chen', { columns: 101, rows: 31 });
    terminal.type('stty size\r');
    await terminal.sees('31 101');
    terminal.resize(77, 22);
    terminal.type('stty size\r');
    await terminal.sees('22 77');
  });

  test('a program that runs sees the resize', async () => {
    await using terminal = await open();
    terminal.type(`(trap 'stty size; exit' WINCH; echo ready; while true; do sleep 0.1; done)\r`);
    const seen = await terminal.sees(/\nready|Refused/);
    expect(seen).toBeDefined();
    terminal.resize(66, 21);
    terminal.type('\x03');
    await terminal.sees('$ ');
  });

  test('Japanese text is typed, edited and shown', async () => {
    await using terminal = await open();
    terminal.type('echo 顧客管理\x7f\x7f情報 ｱﾘｽ\r');
    await terminal.sees(/\r\n顧客情報 ｱﾘｽ\r\n/);
  });

  test('^C ends the program, not the session', async () => {
    await using terminal = await open();
    terminal.type('echo begun; sleep 60\r');
    await terminal.sees('\nbegun\r\n'); // Before, the terminal is nobody's yet, and a ^C of nobody's program.
    terminal.type('\x03');
    await terminal.sees('$ ');
    terminal.type('echo status $?\r');
    await terminal.sees(/\nstatus 130/);
  });

  test('^C at the prompt drops the line', async () => {
    await using terminal = await open();
    terminal.type('echo never\x03');
    await terminal.sees('^C');
    terminal.type('echo still here\r');
    await terminal.sees(/\nstill here/);
    expect(terminal.output).not.toMatch(/\nnever/);
  });

  test('directory, variables and status go on from line to line', async () => {
    await using terminal = await open();
    terminal.type('cd /usr/share; X="a b"; export Y=2; state=kept\r');
    await terminal.sees(':/usr/share$ ');
    terminal.type('pwd; echo "[$X]$(printenv Y)$state"; false\r');
    await terminal.sees(/\n\/usr\/share\r\n\[a b\]2kept/);
    await terminal.sees('$ ');
    terminal.type('echo "last $?"\r');
    await terminal.sees(/\nlast 1/);
  });

  test('several pasted lines run one after the other', async () => {
    await using terminal = await open();
    terminal.type('echo one\necho two\nexit 7\n');
    await terminal.sees(/\none/);
    await terminal.sees(/\ntwo/);
    expect(await terminal.exited).toBe(7);
  });

  test('what is typed while a program runs and is not read by it waits for the next prompt', async () => {
    await using terminal = await open();
    terminal.type('echo begun; sleep 0.3\r');
    await terminal.sees(/\nbegun/);
    terminal.type('echo typed ahead\r');
    await terminal.sees(/\r\ntyped ahead\r\n/);
  });

  test('a program reads what is typed while it runs', async () => {
    await using terminal = await open();
    terminal.type('read -r answer; echo "[$answer]"\r');
    await terminal.sees('\x1b[?2004l\r\n');
    terminal.type('yes indeed\r');
    await terminal.sees(/\n\[yes indeed\]/);
  });

  test('^D at an empty prompt ends the session with the last status', async () => {
    await using terminal = await open();
    terminal.type('(exit 4)\r');
    await terminal.sees('~$ ');
    terminal.type('\x04');
    expect(await terminal.exited).toBe(4);
  });

  test('a shell without a terminal judges its script line by line', async () => {
    const result = await gateway.ssh('chen', [], {
      extra: ['-T'],
      stdin: 'echo first\nmysqldump crm customers\ncd /usr\npwd\nexit 5\n',
    });
    expect(result.stdout.toString()).toBe('first\n/usr\n');
    expect(result.stderr).toContain('[ticket_required]');
    expect(result.status).toBe(5);
  });
});
