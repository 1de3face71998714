/** The gateway's own line before a real bash on a real sshd, in a real terminal. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWith } from '../support/partners.ts';
import type { Terminal } from '../support/terminal.ts';
import { type GateField, startGateField } from './support/gate-field.ts';
import { newest } from './support/house.ts';

const PROMPT = '~$ ';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a guarded line', () => {
  let field: GateField;
  beforeAll(async () => {
    field = await startGateField();
    await field.onTarget('mkdir -p vault plain && echo 顧客 > vault/members && echo plain text > plain/notes');
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  /** Types a line and waits until it runs, or is refused. */
  const enter = async (terminal: Terminal, line: string): Promise<void> => {
    terminal.type(`${line}\r`);
    await terminal.sees('\x1b[?2004l');
  };
  const exists = async (name: string): Promise<boolean> =>
    (await field.onTarget(`test -s "$HOME/${name}"; echo $?`)).stdout.toString().trim() === '0';

  describe('refuses', () => {
    test.each([
      ['a path put together over lines', ['a=va', 'b=ult/members', 'cat $a$b']],
      ['a path below the directory of an earlier line', ['cd vault/..', 'cat vault/members']],
      ['a function that reads what it is given', ['show() { cat "$1"; }', 'show vault/members']],
      ['a function called through another', ['x() { cat vault/members; }', 'x']],
      ['a loop over several lines', ['for f in vault/*\rdo cat $f\rdone']],
      ['a here-document for a shell', ['sh <<E\rcat vault/members\rE']],
    ])('%s', async (_what, lines) => {
      await using terminal = await field.open();
      for (const line of lines) {
        await enter(terminal, line);
        await terminal.sees('$ ');
      }
      expect(terminal.output).toMatch(/\[(ticket_required|act_refused)\]/);
      expect(terminal.output).not.toContain('顧客');
    });

    test('a pager its settings: what is typed at its prompt runs nothing', async () => {
      await using terminal = await field.open();
      await enter(terminal, 'unset LESSSECURE; less /etc/passwd');
      await terminal.sees('root:');
      terminal.type('!');
      await terminal.sees(/not available/i);
      terminal.type('\r');
      terminal.type('q');
      await terminal.sees(PROMPT);
      await enter(terminal, 'declare +x LESSSECURE; less /etc/passwd');
      await terminal.sees(/\[ticket_required\]/);
      await terminal.sees(PROMPT);
    });

    test('to run a line in a directory that is not there any more', async () => {
      await using terminal = await field.open();
      await enter(terminal, 'mkdir -p gone && cd gone');
      await terminal.sees('/gone$ ');
      await field.onTarget('rmdir gone && ln -s vault gone');
      await enter(terminal, 'ls');
      await terminal.sees('[directory_gone]');
      await terminal.sees(PROMPT);
      await field.onTarget('rm gone');
      expect(terminal.output).not.toContain('members');
    });

    test('a change of a file that bash reads by itself: it is put back and told', async () => {
      await field.onTarget('echo "# mine" > .bashrc');
      await using terminal = await field.open();
      await enter(terminal, 'read -r name; cp plain/notes "$name"');
      terminal.type('.bashrc\r');
      const said = await terminal.sees(/\[(startup_file_restored|ticket_required|act_refused)\]/);
      await terminal.sees(PROMPT);
      expect((await field.onTarget('cat .bashrc')).stdout.toString()).toBe('# mine\n');
      if (said.includes('restored')) {
        expect((await newest(field.gateway.database, 'channel.refused')).body['kind']).toBe('startup_file');
      }
    });
  });

  test('many lines go one after the other', async () => {
    await using terminal = await field.open();
    for (let at = 0; at < 15; at += 1) {
      await enter(terminal, `echo line-$((${at} + 100))`);
      await terminal.sees(`\nline-${at + 100}\r\n`);
      await terminal.sees(PROMPT);
    }
  });

  test('functions go on from line to line, until they are unset', async () => {
    await using terminal = await field.open();
    await enter(terminal, 'greet() { echo "hello $1"; }');
    await terminal.sees(PROMPT);
    await enter(terminal, 'greet world');
    await terminal.sees('\nhello world');
    await terminal.sees(PROMPT);
    await enter(terminal, 'unset -f greet');
    await terminal.sees(PROMPT);
    await enter(terminal, 'greet again');
    await terminal.sees('[ticket_required]');
  });

  test('cd - and ~ work, and jobs are explained', async () => {
    await using terminal = await field.open();
    await enter(terminal, 'cd /usr');
    await terminal.sees(':/usr$ ');
    await enter(terminal, 'cd -');
    await terminal.sees(PROMPT);
    await enter(terminal, 'cd ~/plain && cat notes');
    await terminal.sees('plain text');
    await enter(terminal, 'fg');
    await terminal.sees('[no_job_control]');
  });

  describe('a paste of several lines', () => {
    const paste = (text: string): string => `\x1b[200~${text}\x1b[201~`;

    test('is shown with its verdicts and runs at Enter, up to what is refused', async () => {
      await using terminal = await field.open();
      terminal.type(
        paste('echo first-$((1+1))\nfor i in 1\ndo echo in-$i\ndone\ncat vault/members\necho never-$((1+1))\n'),
      );
      await terminal.sees(/1 {2}runs {4}echo first/);
      await terminal.sees(/3 {2}ticket {2}cat vault/);
      await terminal.sees('Esc');
      expect(terminal.output).not.toContain('first-2');
      terminal.type('\r');
      await terminal.sees('\nfirst-2');
      await terminal.sees('\nin-1');
      await terminal.sees('[paste_stopped]');
      await terminal.sees(PROMPT);
      expect(terminal.output).not.toContain('never-2');
    });

    test('is dropped at Escape', async () => {
      await using terminal = await field.open();
      terminal.type(paste('echo one-$((1+1))\necho two\n'));
      await terminal.sees('Esc');
      terminal.type('\x1b');
      await terminal.sees('Dropped');
      await terminal.sees(PROMPT);
      expect(terminal.output).not.toContain('one-2');
    });
  });

  test('Tab completes names and programs', async () => {
    await using terminal = await field.open();
    terminal.type('cat pla\t');
    await terminal.sees('plain/');
    terminal.type('\t');
    await terminal.sees('notes ');
    terminal.type('\r');
    await terminal.sees('\nplain text');
    await terminal.sees(PROMPT);
    terminal.type('basena\t');
    await terminal.sees('basename ');
    terminal.type('/a/bcd\r');
    await terminal.sees('\nbcd');
  });

  test('vi is there in its safe form: it edits, and runs nothing', async () => {
    await using terminal = await field.open();
    await enter(terminal, 'vi plain/edited');
    await terminal.sees('vi → rvim');
    await terminal.sees('edited');
    terminal.type('ihello from vi\x1b');
    await terminal.sees('hello from vi');
    terminal.type(':!touch ran-by-vi\r');
    await terminal.sees(/E145|not allowed/);
    terminal.type('\r:wq\r');
    await terminal.sees(PROMPT);
    expect((await field.onTarget('cat plain/edited')).stdout.toString()).toBe('hello from vi\n');
    expect(await exists('ran-by-vi')).toBe(false);
  });

  test('what an editor writes into a startup file is put back before the next line', async () => {
    await field.onTarget('echo "# mine" > .bashrc');
    await using terminal = await field.open();
    await enter(terminal, 'rvim plain/other');
    await terminal.sees('other');
    terminal.type('itouch ran-by-bashrc\x1b:w! ~/.bashrc\r');
    await terminal.sees('written');
    terminal.type(':q!\r');
    await terminal.sees('[startup_file_restored]');
    await terminal.sees(PROMPT);
    await enter(terminal, 'echo done-$((1+1))');
    await terminal.sees('done-2');
    expect((await field.onTarget('cat .bashrc')).stdout.toString()).toBe('# mine\n');
    expect(await exists('ran-by-bashrc')).toBe(false);
  });

  test('top runs in the terminal, and nothing that a file of the home names', async () => {
    await field.onTarget('mkdir -p .config/procps; printf "pipe\\tx\\ttouch $HOME/ran-by-top\\n" > .toprc');
    await using terminal = await field.open();
    await enter(terminal, 'top');
    await terminal.sees('load average');
    terminal.type('Y'); // Inspects a process by what such a file names.
    await terminal.sees("to enable 'Y'"); // It found nothing to inspect by.
    terminal.type('\r');
    await terminal.sees('load average');
    terminal.type('q');
    await terminal.sees(PROMPT);
  });

  test('a ticket is asked for at the prompt, and the owner finds it', async () => {
    await using terminal = await field.open();
    await enter(terminal, 'cat vault/members');
    await terminal.sees('Ctrl-T');
    await terminal.sees(PROMPT);
    terminal.type('\x14');
    await terminal.sees('ticket ');
    terminal.type('照会への回答\r');
    await terminal.sees(/Ticket #\d+ is requested/);
    await terminal.sees(PROMPT);
    const owner = await field.gateway.person('tanaka');
    const { json } = await owner.get('/api/tickets?box=inbox');
    expect(JSON.stringify(json)).toContain('照会への回答');
    expect(JSON.stringify(json)).toContain('cat vault/members');
  });
});
