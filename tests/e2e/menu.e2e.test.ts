/** `ssh bastion` alone, with the real client in a real terminal: a menu of what is open, and names that are not unique. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, events, expectOneLine, lastSession, newest, personId } from './support/house.ts';

const NOBODY = 'bastion';
const LEAVE_SCREEN = '\x1b[?1049l';
const OF_CHEN = "person_id = (SELECT person_id FROM identities WHERE subject = 'chen')";

/** Two more targets on the same server: one in another system, and one there of the same name as the first. */
async function addTargets(gateway: TestGateway): Promise<void> {
  await asOwner(
    gateway,
    `INSERT INTO systems (id, name, title_en, title_ja, created_at)
     VALUES (gen_random_uuid(), 'books', 'Billing' || chr(8238) || chr(27) || '[2J', '請求システム', now())`,
  );
  for (const name of ['pay-app', 'crm-db']) {
    await asOwner(
      gateway,
      `INSERT INTO targets (id, system_id, name, host, port, host_key, mode, created_at)
       SELECT gen_random_uuid(), (SELECT id FROM systems WHERE name = 'books'), $1, host, port, host_key, 'recorded', now()
       FROM targets WHERE name = 'crm-db' AND system_id = (SELECT id FROM systems WHERE name = 'crm')`,
      [name],
    );
  }
}

async function grant(gateway: TestGateway, subject: string, name: string): Promise<void> {
  const person = await personId(gateway, subject);
  const target =
    "(SELECT t.id FROM targets t JOIN systems s ON s.id = t.system_id WHERE s.name = 'books' AND t.name = $1)";
  await asOwner(
    gateway,
    `INSERT INTO target_accounts (id, target_id, person_id, account, created_at)
     VALUES (gen_random_uuid(), ${target}, $2, $3, now()) ON CONFLICT DO NOTHING`,
    [name, person, subject],
  );
  await asOwner(
    gateway,
    `INSERT INTO grants (id, person_id, target_id, actions, expires_at, created_at)
     VALUES (gen_random_uuid(), $2, ${target}, ARRAY['shell', 'exec'], '2099-01-02T03:04:05Z', now())`,
    [name, person],
  );
}

describeWith(['ssh', 'ssh-keygen'], 'ssh to the bastion alone', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    await addTargets(gateway);
    await grant(gateway, 'chen', 'pay-app');
    await grant(gateway, 'aoki', 'pay-app');
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await asOwner(gateway, `UPDATE grants SET revoked_at = NULL, expires_at = '2099-01-02T03:04:05Z' WHERE ${OF_CHEN}`);
  });

  const sessionsOf = async (subject: string): Promise<number> => {
    const person = await personId(gateway, subject);
    const [row] = await asOwner(gateway, 'SELECT count(*)::int AS count FROM sessions WHERE person_id = $1', [person]);
    return Number(row?.['count']);
  };
  const open = async (
    login = 'chen',
    options: { loginName?: string; columns?: number; rows?: number; term?: string } = {},
  ): Promise<Terminal> => {
    const { loginName = NOBODY, columns = 80, rows = 24, term = 'xterm-256color' } = options;
    const args = [...(await gateway.sshArguments(login, loginName)), '-tt', '127.0.0.1'];
    return new Terminal('env', [`TERM=${term}`, partner('ssh'), ...args], { columns, rows });
  };

  describe('opens nothing', () => {
    test('for who has no grant: that is said, with the console, and leaves an event', async () => {
      await asOwner(gateway, `UPDATE grants SET revoked_at = now() WHERE ${OF_CHEN}`);
      await using terminal = await open();
      await terminal.sees('No target is open to you. Ask the owner of a system for a grant');
      await terminal.sees(gateway.running.publicUrl.href);
      await terminal.sees('[access_not_found]');
      expect(await terminal.exited).toBe(255);
      expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ reason: 'not_found' });
    });

    test('for who is locked: told so, and shown no menu', async () => {
      const person = await personId(gateway, 'chen');
      await asOwner(
        gateway,
        "INSERT INTO locks (id, person_id, subject, reason, locked_by, locked_at) VALUES (gen_random_uuid(), $1, $1::uuid::text, 'test', $1, now())",
        [person],
      );
      try {
        await using terminal = await open();
        await terminal.sees('[access_locked]');
        expect(terminal.output).not.toContain('choose a target');
        expect(await terminal.exited).toBe(255);
      } finally {
        const another = await personId(gateway, 'aoki'); // Nobody lifts a lock on themselves.
        await asOwner(gateway, 'UPDATE locks SET lifted_at = now(), lifted_by = $2 WHERE person_id = $1', [
          ...[person, another],
        ]);
      }
    });

    test('whose grant ended while they chose: told so', async () => {
      await using terminal = await open();
      await terminal.sees('pay-app');
      await asOwner(gateway, `UPDATE grants SET expires_at = now() - interval '1 second' WHERE ${OF_CHEN}`);
      terminal.type('pay-app\r');
      await terminal.sees('Your access to "pay-app" has ended');
      expect(await terminal.exited).toBe(255);
      expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ reason: 'grant_expired' });
    });

    test.each([
      ['Escape', '\x1b'],
      ['Ctrl-C', '\x03'],
      ['q', 'q'],
    ])('when it is left with %s, and leaves the screen as it was', async (_name, key) => {
      const before = await sessionsOf('chen');
      await using terminal = await open();
      await terminal.sees('choose a target');
      terminal.type(key);
      expect(await terminal.exited).toBe(0);
      expect(terminal.output).toContain(LEAVE_SCREEN);
      expect(await sessionsOf('chen')).toBe(before);
    });

    test('on a terminal that cannot draw: a list, and what to type', async () => {
      await using terminal = await open('chen', { term: 'dumb' });
      await terminal.sees(`Name one: ssh -p ${gateway.sshPort} crm-db@127.0.0.1`);
      await terminal.sees('pay-app');
      expect(await terminal.exited).toBe(255);
      expect(terminal.output).not.toContain('\x1b');
    });

    test('without a terminal: the same list, and nothing of the input runs', async () => {
      const result = await gateway.ssh('chen', [], { loginName: NOBODY, stdin: 'echo ran\n', extra: ['-T'] });
      expect(result.status).toBe(255);
      expect(result.stdout).toHaveLength(0);
      expect(result.stderr).toContain('pay-app');
      expect(result.stderr).toContain('[access_not_found]');
    });

    test('for a command: one line, as ever', async () => {
      const result = await gateway.ssh('chen', 'echo in', { loginName: NOBODY });
      expectOneLine(result.stderr, 'access_not_found');
    });

    test('prints nothing of the inventory raw', async () => {
      await using terminal = await open();
      await terminal.sees('Billing\uFFFD\uFFFD[2J');
      expect(terminal.output).not.toContain('\u202E');
      expect(terminal.output).not.toContain('\x1b[2J');
      terminal.type('\x03');
      await terminal.exited;
    });
  });

  test('enters what was searched for, with what was typed ahead, and ends with that session', async () => {
    await using terminal = await open();
    await terminal.sees('choose a target (2 of 2)');
    terminal.type('payapp\x7f\x7f\x7f-a\recho $((40 + 2)); exit 5\r');
    await terminal.sees(LEAVE_SCREEN);
    await terminal.sees('pay-app · this session is recorded.');
    await terminal.sees('42');
    expect(await terminal.exited).toBe(5);
    await waitFor('the session to be sealed', async () => (await lastSession(gateway, 'chen')).isSealed);
    expect(await lastSession(gateway, 'chen')).toMatchObject({ status: 5, reason: 'closed' });
    const [opened] = await events(gateway.database, 'session.opened');
    const [target] = await asOwner(gateway, "SELECT id FROM targets WHERE name = 'pay-app'");
    expect(opened?.body).toMatchObject({ target: target?.['id'], kind: 'shell' });
  });

  test('moves by arrow keys, and is drawn anew when the window changes', async () => {
    await using terminal = await open('aoki');
    await terminal.sees('接続先の選択（2件中2件）');
    await terminal.sees('請求システム');
    terminal.resize(30, 5);
    await terminal.sees(/検索:(?!.*接続先の選択)/s);
    terminal.type('\x1b[B\x1b[A\x1b[B');
    await terminal.sees(/\x1b\[7m> pay-app/);
    terminal.type('\r');
    await terminal.sees('pay-app · ');
    terminal.type('exit\r');
    expect(await terminal.exited).toBe(0);
  });

  test('is passed over by a login name that is a target', async () => {
    await using terminal = await open('chen', { loginName: 'pay-app' });
    await terminal.sees('pay-app · this session is recorded.');
    expect(terminal.output).not.toContain('choose a target');
    terminal.type('exit\r');
    expect(await terminal.exited).toBe(0);
  });

  describe('with a name that two targets have', () => {
    beforeAll(() => grant(gateway, 'chen', 'crm-db'));

    test('a command is refused with what to type', async () => {
      const result = await gateway.ssh('chen', 'echo in');
      expectOneLine(result.stderr, 'access_ambiguous');
      expect(result.stderr).toContain('Type one of: crm-db%books, crm-db%crm');
      expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ reason: 'ambiguous' });
    });

    test('a terminal shows both to choose from', async () => {
      await using terminal = await open('chen', { loginName: 'crm-db' });
      await terminal.sees('(2 of 3)');
      await terminal.sees('crm-db%crm');
      terminal.type('%crm\r');
      await terminal.sees('crm-db · this session is recorded, and each line is checked before it runs.');
      terminal.type('exit\r');
      expect(await terminal.exited).toBe(0);
    });

    test.each(['crm-db%crm', 'crm-db%books'])('%s goes straight in', async (loginName) => {
      const result = await gateway.ssh('chen', 'echo in', { loginName });
      expect(result).toEqual({ status: 0, stdout: Buffer.from('in\n'), stderr: '' });
    });

    test.each(['crm-db%pay', 'crm-db%', '%crm', 'crm-db%crm%crm'])('%s is no target', async (loginName) => {
      expectOneLine((await gateway.ssh('chen', 'echo in', { loginName })).stderr, 'access_not_found');
    });
  });
});
