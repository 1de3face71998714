/** sudo that asks for a password, on a real terminal: through a recorded target and through a guarded one. */
import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { runToEnd } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';
import { type FilesField, GUARDED, OPEN, startFilesField } from './support/files-field.ts';
import { asOwner, lastSession } from './support/house.ts';
import { outputOf, unechoedOf } from './support/recordings.ts';

const PASSWORD = 'kaki-no-ki-7731';
/** All that the account may do as root. */
const HARMLESS = '/usr/bin/id -u';
const PROMPT = /password for|のパスワード/;

describeWith(['ssh', 'ssh-keygen', 'sshd', 'sudo', 'root'], 'sudo with a password', () => {
  const cleanup = new Cleanup();
  let field: FilesField;
  beforeAll(async () => {
    field = cleanup.use(await startFilesField());
    const { account } = field.sshd;
    const rule = `/etc/sudoers.d/${account}`;
    cleanup.defer(() => rm(rule, { force: true }));
    await writeFile(rule, `Defaults:${account} timestamp_timeout=0\n${account} ALL=(root) PASSWD: ${HARMLESS}\n`, {
      mode: 0o440,
    });
    const changed = await runToEnd('chpasswd', [], `${account}:${PASSWORD}\n`);
    expect(changed).toMatchObject({ status: 0, stderr: '' });
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const open = async (target: string, words: readonly string[]): Promise<Terminal> => {
    const args = [...(await field.settings(target)), '-tt', 'target', ...words];
    return new Terminal(partner('ssh'), args, { columns: 100, rows: 30 });
  };
  const recorded = async (): Promise<{ shown: string; typed: string; unechoed: string }> => {
    const { id } = await waitFor('the end of the session', async () => {
      const last = await lastSession(field.gateway, 'chen');
      return !last.isOpen && last.isSealed && last;
    });
    const directory = field.gateway.running.directory.recorder;
    const [shown, typed] = [await outputOf(directory, id, 'o'), await outputOf(directory, id, 'i')];
    return { shown: shown.toString(), typed: typed.toString(), unechoed: await unechoedOf(directory, id) };
  };
  const expectNoTraceInEvents = async (): Promise<void> => {
    const rows = await asOwner(field.gateway, 'SELECT body::text AS body FROM audit_events');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => String(row['body']).includes(PASSWORD))).toEqual([]);
  };

  test.each([[OPEN], [GUARDED]])(
    'asks on the terminal of a command, shows nothing of it, and runs (%s)',
    async (target) => {
      await using terminal = await open(target, [`sudo -k ${HARMLESS}`]);
      await terminal.sees(PROMPT);
      terminal.type(`${PASSWORD}\r`);
      await terminal.sees(/\n0\r?\n/);
      expect(await terminal.exited).toBe(0);
      expect(terminal.output).not.toContain(PASSWORD);
      const { shown, typed } = await recorded();
      expect(shown).toMatch(PROMPT);
      expect(shown).not.toContain(PASSWORD);
      // What was typed is recorded as it was typed: exports leave it out.
      expect(typed).toBe(`${PASSWORD}\r`);
      await expectNoTraceInEvents();
    },
  );

  test.each([
    ['a recorded one', OPEN, '$ '],
    ['a guarded one', GUARDED, '~$ '],
  ])('asks in an interactive shell, the shell goes on behind it: %s', async (_which, target, prompt) => {
    await using terminal = await open(target, []);
    await terminal.sees(prompt);
    terminal.type(`sudo ${HARMLESS}\r`);
    await terminal.sees(PROMPT);
    terminal.type(`${PASSWORD}\r`);
    await terminal.sees(/\n0\r?\n/);
    terminal.type('echo behind-$((40 + 2))\r');
    await terminal.sees('behind-42');
    terminal.type('exit\r');
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).not.toContain(PASSWORD);
    const { shown, unechoed } = await recorded();
    expect(shown).not.toContain(PASSWORD);
    expect(unechoed).toBe(`${PASSWORD}\r`);
    await expectNoTraceInEvents();
  });

  test('^C at the question gives up, and the status says so', async () => {
    await using terminal = await open(OPEN, [`sudo -k ${HARMLESS}`]);
    await terminal.sees(PROMPT);
    terminal.type('\x03');
    expect(await terminal.exited).toBe(1);
    expect(terminal.output).not.toMatch(/\n0\r?\n/);
  });

  test('without a terminal says that it needs one, as it does without the gateway', async () => {
    const command = `LC_ALL=C sudo -k ${HARMLESS}`;
    const through = await runToEnd(partner('ssh'), [...(await field.settings(OPEN)), 'target', command]);
    const direct = await field.onTarget(command);
    expect(through.stderr).toContain('a terminal is required');
    expect([through.status, through.stderr]).toEqual([direct.status, direct.stderr]);
  });

  describe('on a guarded target', () => {
    test('a protected file is refused before anybody is asked for a password', async () => {
      await using terminal = await open(GUARDED, []);
      await terminal.sees('~$ ');
      terminal.type('sudo cat vault/people.csv\r');
      await terminal.sees(/Refused before it ran|\[(ticket_required|act_refused)\]/);
      await terminal.sees('~$ ');
      expect(terminal.output).not.toMatch(PROMPT);
    });

    test('an editor runs in the form that starts no other program', async () => {
      await using terminal = await open(GUARDED, []);
      await terminal.sees('~$ ');
      terminal.type('sudo vim /etc/hosts\r');
      await terminal.sees('vim → rvim');
      await terminal.sees(PROMPT);
      terminal.type('\x03');
      await terminal.sees('~$ ');
    });
  });
});
