import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { customersIn, PERSONS } from '../../bench/gate/metered/customers.ts';
import { listAuditEvents } from '../../recorder/index.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { describeWith, partner } from '../support/partners.ts';
import { Terminal } from '../support/terminal.ts';
import { approve, approved, askFrom, ended } from './support/tickets.ts';
import { GUARDED, METERED, type MeterField, startMeterField } from './support/meter-field.ts';

const BUDGET = 100;
const WITHOUT_DAYS = { day: null, days30: null, days90: null, days365: null, lifetime: null };
const PER_COMMAND = { persons: { command: BUDGET, session: BUDGET, ...WITHOUT_DAYS }, softRatio: 1 };

/** A line of the gateway may stand in the middle of one of the program's. */
const personsIn = (output: string): number => customersIn(output.replace(/\r\nsekisho: [^\r\n]*\r\n/g, ''));

describeWith(['ssh', 'sshd'], 'a limit of persons on a real server', () => {
  let field: MeterField;
  beforeAll(async () => {
    field = await startMeterField({ risk: PER_COMMAND });
  }, 60_000);
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });
  const events = (type: 'budget.exceeded' | 'output.refused' | 'output.filtered' | 'output.transfer_cancelled') =>
    listAuditEvents(field.gateway.database, { types: [type], limit: 50 });
  const terminal = async (target: string, words: readonly string[] = []): Promise<Terminal> => {
    const args = await field.gateway.sshArguments('chen', target);
    return new Terminal(partner('ssh'), [...args, '-tt', '127.0.0.1', ...words], { columns: 120, rows: 40 });
  };

  test('a file of six hundred persons is cut before the hundred and first, and the program is ended', async () => {
    const { status, stdout, stderr } = await field.ssh(`cat ${field.there}/customers.csv`);
    expect(personsIn(stdout.toString())).toBe(BUDGET);
    expect(stdout.toString().split('\n')).toHaveLength(BUDGET + 1);
    expect(status).toBe(126);
    expect(stderr).toContain(`101 persons in this command would be shown, and ${BUDGET} are allowed`);
    expect(stderr).toMatch(/tickets\/new\?act=.*\[ticket_required\]/);
    const [exceeded] = await events('budget.exceeded');
    expect(exceeded?.body).toMatchObject({ kind: 'persons', window: 'command', limit: BUDGET, count: 101 });
    expect((await events('output.refused'))[0]?.body['bytes']).toBeGreaterThan(1_000);
  });

  test('standard error has no budget of its own', async () => {
    const file = `${field.there}/customers.csv`;
    const { stdout, stderr } = await field.ssh(`head -60 ${file}; tail -60 ${file} >&2; sleep 1; echo after`);
    expect(personsIn(stdout.toString()) + personsIn(stderr)).toBeLessThanOrEqual(BUDGET);
    expect(stdout.toString()).not.toContain('after');
  });

  test('whoever is seen again is counted once, so one page can be read again and again', async () => {
    const page = `head -40 ${field.there}/customers.csv`;
    const { status, stdout } = await field.ssh(`${page}; ${page}; ${page}; ${page}; echo after`);
    expect(status).toBe(0);
    expect(stdout.toString()).toContain('after');
  });

  test('an approved ticket for the same command lets it run again, whole', async () => {
    const command = `cat ${field.there}/customers.csv; exit 3`;
    const ticket = await approved(field.gateway, 'chen', command, { loginName: METERED });
    const { status, stdout, stderr } = await field.ssh(command);
    expect(personsIn(stdout.toString())).toBe(PERSONS);
    expect(status).toBe(3);
    expect(stderr).toContain(`Ticket T-${ticket.number}`);
    const { result } = await ended(field.gateway, ticket);
    expect(result).toMatchObject({ outcome: 'failed', exitStatus: 3, rows: PERSONS - BUDGET });
    const again = await field.ssh(command);
    expect(personsIn(again.stdout.toString())).toBe(BUDGET);
    expect(again.stderr).toContain('[ticket_unusable]');
  });

  test('in a terminal the output freezes, ^C still reaches the program, and the session goes on', async () => {
    await using shell = await terminal(METERED);
    const file = `${field.there}/customers.csv`;
    shell.type(`PS1='ready> '; trap 'echo interrupted' INT; clear\r`);
    await shell.sees('ready> ');
    shell.type(`while :; do cat ${file}; sleep 0.2; done\r`);
    const shown = await shell.sees('[budget_exceeded]');
    expect(personsIn(shown)).toBe(BUDGET);
    shell.type('\x03');
    shell.type('\recho still $((40 + 2))\r');
    await shell.sees('still 42');
    expect(personsIn(shell.output)).toBe(BUDGET);
    shell.type('exit\r');
    await shell.exited;
  });

  test('what is held back at the limit goes on by itself when its ticket is approved, and the ticket says what left', async () => {
    await using shell = await terminal(METERED, [`cat ${field.there}/customers.csv; echo the end`]);
    const shown = await shell.sees('Ctrl-C');
    expect(personsIn(shown)).toBe(BUDGET);
    expect(shown).not.toContain('the end');
    const ticket = await approve(field.gateway, await askFrom(field.gateway, 'chen', shown));
    await shell.sees('the end');
    expect(await shell.exited).toBe(0);
    expect(personsIn(shell.output)).toBe(PERSONS);
    const { result, state } = await ended(field.gateway, ticket);
    expect(result).toMatchObject({ outcome: 'completed', rows: PERSONS - BUDGET + 1 });
    expect(state).toBe('used');
  });

  test('in a shell the ticket is for the command that waits: the next one is under the limits again', async () => {
    await using shell = await terminal(METERED);
    const file = `${field.there}/customers.csv`;
    shell.type(`PS1='ready> '; clear\r`);
    await shell.sees('ready> ');
    shell.type(`head -200 ${file}; echo the end\r`);
    const shown = await shell.sees('Ctrl-C');
    expect(personsIn(shown)).toBe(BUDGET);
    const ticket = await approve(field.gateway, await askFrom(field.gateway, 'chen', shown));
    await shell.sees('\nthe end');
    expect(personsIn(shell.output)).toBe(200);
    shell.type(`tail -200 ${file}\r`);
    await shell.sees('[ticket_used]');
    const { result } = await ended(field.gateway, ticket);
    expect(result).toMatchObject({ outcome: 'completed', exitStatus: null, rows: 102 });
    await shell.sees('Ctrl-C');
    expect(personsIn(shell.output)).toBe(200);
    shell.type('\x03\rexit\r');
    await shell.exited;
  });

  test('a program that ended while its output waits is given up by ^C', async () => {
    await using shell = await terminal(METERED, [`cat ${field.there}/customers.csv`]);
    await shell.sees('Ctrl-C');
    shell.type('\x03');
    expect(await shell.exited).toBe(126);
    expect(personsIn(shell.output)).toBe(BUDGET);
  });

  test('whoever was held back and given up was not shown, and is counted when they come again', async () => {
    await using shell = await terminal(METERED);
    const file = `${field.there}/customers.csv`;
    shell.type(`PS1='ready> '; clear\r`);
    await shell.sees('ready> ');
    shell.type(`cat ${file}; sleep 60\r`);
    await shell.sees('Ctrl-C');
    shell.type(`\x03\rsed -n 105,115p ${file}\r`);
    await shell.sees('[budget_exceeded]');
    await shell.sees('Ctrl-C');
    expect(personsIn(shell.output)).toBe(BUDGET);
    shell.type('\x03\rexit\r');
    await shell.exited;
  });

  test('what a terminal would obey is left out, told once and kept as an event; text stays', async () => {
    await using shell = await terminal(METERED, ["printf 'a\\033]52;c;ZXZpbA==\\007b\\033[31mred\\033[0m\\n'"]);
    await shell.sees('[output_filtered]');
    expect(shell.output).toMatch(/ab\x1b\[31mred\x1b\[0m/);
    expect(shell.output).not.toContain('52;c;');
    expect((await events('output.filtered'))[0]?.body['dropped']).toMatchObject([{ sequences: 1 }]);
  });

  test('without a terminal bytes stay exact', async () => {
    const { stdout } = await field.ssh("printf 'a\\033]52;c;ZXZpbA==\\007b'");
    expect(stdout.toString()).toBe('a\x1b]52;c;ZXZpbA==\x07b');
  });

  test('an offered file transfer is cancelled at the target, and the person is told', async () => {
    const offer = "printf 'rz\\r**\\030B00000000000000\\r\\n\\021'; read -r -n 8 answer; echo got ${#answer}";
    await using shell = await terminal(METERED, [
      `bash -c ${JSON.stringify(`stty raw -echo; ${offer}`).replace('$', '\\$')}`,
    ]);
    await shell.sees('[transfer_cancelled]');
    await shell.sees('got 8');
    expect((await events('output.transfer_cancelled'))[0]?.body).toEqual({ kind: 'zmodem' });
  });

  const scpOptions = async (): Promise<string[]> => {
    const options = await field.gateway.sshArguments('chen', METERED);
    return options.flatMap((word, at) =>
      word === '-l' || options[at - 1] === '-l' ? [] : word === '-p' ? ['-P'] : [word],
    );
  };

  test('a file by scp or sftp is under the same limits', async () => {
    const file = `${field.there}/customers.csv`;
    const named = await scpOptions();
    for (const legacy of [['-O'], []]) {
      const to = join(field.there, '..', `copy${legacy.length}`);
      const { status, stderr } = await runToEnd(partner('scp'), [...legacy, ...named, `127.0.0.1:${file}`, to]);
      expect(status).not.toBe(0);
      expect(stderr).toContain('[budget_exceeded]');
      const left = await runToEnd('cat', [to]);
      expect(personsIn(left.stdout.toString())).toBeLessThanOrEqual(BUDGET);
    }
  });

  test('what a transfer says on standard error is under the same limits', async () => {
    const spill = `case $BASH_EXECUTION_STRING in scp*) cat ${field.there}/customers.csv >&2 ;; esac`;
    expect((await field.ssh(`echo '${spill}' > .bashrc`)).status).toBe(0);
    const words = ['-O', ...(await scpOptions()), '127.0.0.1:/etc/hostname', join(field.there, '..', 'name')];
    const { status, stderr } = await runToEnd(partner('scp'), words);
    expect([status === 0, stderr]).toEqual([false, expect.stringContaining('[budget_exceeded]')]);
    expect(personsIn(stderr)).toBeLessThanOrEqual(BUDGET);
    expect((await field.ssh('rm .bashrc')).status).toBe(0);
  });
});

describeWith(['ssh', 'sshd'], 'on a guarded target, with the limits as shipped', () => {
  let field: MeterField;
  beforeAll(async () => {
    field = await startMeterField();
  }, 60_000);
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  test('a line at the prompt freezes near the limit, ^C gives the prompt back, and another line runs', async () => {
    const args = await field.gateway.sshArguments('chen', GUARDED);
    await using shell = new Terminal(partner('ssh'), [...args, '-tt', '127.0.0.1'], { columns: 160, rows: 40 });
    await shell.sees('~$ ');
    shell.type(`tail -n 600 -f ${field.there}/customers.csv\r`);
    const shown = await shell.sees(/\[budget_confirm\]/);
    expect(personsIn(shown)).toBe(80);
    shell.type('\x03');
    await shell.sees('[output_refused]');
    await shell.sees('~$ ');
    shell.type('echo $((40 + 2))\r');
    await shell.sees(/\n42/);
    expect(personsIn(shell.output)).toBe(80);
  });

  test('a meter that cannot be read lets nothing through, and says so', async () => {
    expect((await field.ssh('echo before', { target: GUARDED })).stdout.toString()).toBe('before\n');
    await field.gateway.db.owner.pool.query("UPDATE meter_lifetimes SET persons = '\\x03'");
    const { status, stdout, stderr } = await field.ssh('echo hidden', { target: GUARDED });
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 126, stdout: '' });
    expect(stderr).toContain('[meter_unreadable]');
    expect((await field.ssh('echo shown')).stdout.toString()).toBe('shown\n');
  });
});

describeWith(['ssh', 'sshd'], 'where the settings of a system mask identifiers', () => {
  test('they are masked in what is shown, at once at a prompt too, and counted still', async () => {
    await using field = await startMeterField({ risk: { redact: ['phone', 'email'] } });
    const { stdout } = await field.ssh(
      `head -3 ${field.there}/customers.csv; printf 'call 090-1234-5678 > '; read -r x`,
      {
        stdin: '\n',
      },
    );
    const shown = stdout.toString();
    expect(shown).not.toMatch(/090-\d{4}-\d{4}|user\d@example/);
    expect(shown).toContain('C000002');
    expect(shown).toMatch(/call 090.* > $/);
  });
});

describeWith(['ssh', 'sshd'], 'where a system names people in its own way', () => {
  const MEMBERS = 140;
  const LIST = `for i in $(seq -f %06g 1 ${MEMBERS}); do echo "member KAI-$i"; done`;
  const risk = {
    persons: { command: BUDGET, session: BUDGET, ...WITHOUT_DAYS, day: null },
    softRatio: 1,
    identifiers: [{ id: 'member', pattern: 'KAI-[0-9]{6}' }],
  };

  test('they are counted by that name, and nobody beyond the budget is shown', async () => {
    await using field = await startMeterField({ risk });
    const { status, stdout, stderr } = await field.ssh(LIST);
    expect(status).toBe(126);
    expect(stderr).toContain('[budget_exceeded]');
    expect(stdout.toString().match(/KAI-\d{6}/g)).toHaveLength(BUDGET);
  });

  test('they are masked where the settings ask for it', async () => {
    await using field = await startMeterField({ risk: { ...risk, redact: ['custom'] } });
    const { status, stdout } = await field.ssh('echo "member KAI-000001 has paid"');
    expect(status).toBe(0);
    expect(stdout.toString()).toMatch(/^member \S{10} has paid\n$/);
    expect(stdout.toString()).not.toContain('000001');
  });
});

describeWith(['ssh', 'sshd'], 'a budget over many sessions', () => {
  let field: MeterField;
  beforeAll(async () => {
    const persons = { command: null, session: null, ...WITHOUT_DAYS, day: BUDGET };
    field = await startMeterField({ risk: { persons, softRatio: 1 } });
  }, 60_000);
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  test('stops who reads row by row, in many commands and ten sessions at once, at 1.2 times the budget at most', async () => {
    const file = `${field.there}/customers.csv`;
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, session) => {
        const lines = Array.from({ length: 60 }, (_, at) => `sed -n ${session * 60 + at + 1}p ${file}\n`).join('');
        return field.ssh('bash', { stdin: lines });
      }),
    );
    const seen = personsIn(results.map(({ stdout }) => stdout.toString()).join(''));
    expect(seen).toBeGreaterThanOrEqual(0.9 * BUDGET);
    expect(seen).toBeLessThanOrEqual(1.2 * BUDGET);
    const one = await field.ssh(`sed -n 599p ${file}`);
    expect(one.status).toBe(126);
    expect(personsIn(one.stdout.toString())).toBe(0);
    const withoutEnd = await field.ssh(`sed -n 598p ${file} | tr -d '\\n'`);
    expect(withoutEnd.status).toBe(126);
    expect(personsIn(withoutEnd.stdout.toString())).toBe(0);
    const halves = `s=$(sed -n 597p ${file} | cut -d, -f4); printf %s "\${s%@*}"; sleep 0.3; printf '@%s' "\${s#*@}"`;
    expect(personsIn((await field.ssh(halves)).stdout.toString())).toBe(0);
    expect((await field.ssh('echo all else goes on')).status).toBe(0);
  }, 60_000);
});

describeWith(['ssh', 'sshd'], 'near a limit', () => {
  let field: MeterField;
  beforeAll(async () => {
    field = await startMeterField({ risk: { ...PER_COMMAND, softRatio: 0.5 } });
  }, 60_000);
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });
  const start = async (command: string) => {
    const args = await field.gateway.sshArguments('chen', METERED);
    const shell = new Terminal(partner('ssh'), [...args, '-tt', '127.0.0.1', command], { columns: 160, rows: 40 });
    const said = await shell.sees(/code [2-9A-Z]{4}-[2-9A-Z]{4}/);
    const code = said.slice(-9);
    return { shell, said, code };
  };
  const decide = async (login: string, code: string, decision: 'approved' | 'denied') =>
    (await field.gateway.person(login)).post(`/api/ssh-sign-ins/${code}/decision`, { decision });

  test('output waits until the person confirms in the browser, and nobody else can', async () => {
    const { shell, said, code } = await start(`head -80 ${field.there}/customers.csv; echo after`);
    await using _shell = shell;
    expect(personsIn(said)).toBe(BUDGET / 2);
    const { json } = await (await field.gateway.person('chen')).get(`/api/ssh-sign-ins/${code}`);
    expect(json['signIn']).toMatchObject({ purpose: 'budget', loginName: METERED, state: 'pending' });
    expect((await decide('aoki', code, 'approved')).status).toBe(403);
    expect((await decide('chen', code, 'approved')).status).toBe(204);
    await shell.sees('after');
    expect(personsIn(shell.output)).toBe(80);
    expect(await shell.exited).toBe(0);
  });

  test('a denial keeps it back, with the way to a ticket', async () => {
    const { shell, code } = await start(`head -80 ${field.there}/customers.csv; echo after`);
    await using _shell = shell;
    expect((await decide('chen', code, 'denied')).status).toBe(204);
    await shell.sees('[budget_not_confirmed]');
    await shell.sees('tickets/new?act=');
    await shell.sees('Ctrl-C');
    shell.type('\x03');
    expect(await shell.exited).toBe(126);
    expect(personsIn(shell.output)).toBe(BUDGET / 2);
    expect(shell.output).not.toContain('after');
  });

  describe.each([
    ['scp -O', ['-O']],
    ['sftp', []],
  ])('a file by %s', (name, legacy) => {
    const fetch = async (persons: number) => {
      const file = join(field.there, `part-${name.length}-${persons}.csv`);
      const whole = await readFile(join(field.there, 'customers.csv'), 'utf8');
      // In pieces larger than a client asks for at once, so that something is left to hold back.
      await writeFile(
        file,
        `${whole
          .split('\n')
          .slice(0, persons + 1)
          .join('\n')}\n${'-'.repeat(4 * 1024 * 1024)}\n`,
      );
      const to = `${file}.copy`;
      const args = (await field.gateway.sshArguments('chen', METERED)).flatMap((word, at, all) =>
        word === '-l' || all[at - 1] === '-l' ? [] : word === '-p' ? ['-P'] : [word],
      );
      const client = new Terminal(partner('scp'), [...legacy, ...args, `127.0.0.1:${file}`, to], {
        columns: 200,
        rows: 40,
      });
      const said = await client.sees(/code [2-9A-Z]{4}-[2-9A-Z]{4}/);
      return { client, file, to, code: said.slice(-9) };
    };

    test('waits until the person confirms, and arrives whole', async () => {
      const { client, file, to, code } = await fetch(80);
      await using _client = client;
      expect((await decide('chen', code, 'approved')).status).toBe(204);
      expect(await client.exited).toBe(0);
      expect((await readFile(to)).equals(await readFile(file))).toBe(true);
    });

    test('is cut when they deny it, with the way to a ticket', async () => {
      const { client, file, to, code } = await fetch(70);
      await using _client = client;
      expect((await decide('chen', code, 'denied')).status).toBe(204);
      await client.sees('tickets/new?act=');
      expect(await client.exited).not.toBe(0);
      // A client may keep the length it was told of, and holes for what did not come.
      const arrived = await readFile(to).catch(() => Buffer.alloc(0));
      expect(arrived.equals(await readFile(file))).toBe(false);
    });
  });

  test('^C ends the waiting and the program', async () => {
    const { shell } = await start(`trap 'exit 7' INT; cat ${field.there}/customers.csv; sleep 60`);
    await using _shell = shell;
    shell.type('\x03');
    await shell.exited;
    expect(personsIn(shell.output)).toBe(BUDGET / 2);
  });
});
