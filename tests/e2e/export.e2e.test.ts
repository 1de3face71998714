/** One export: refused, asked for, approved by somebody else, run once, counted, cut, recorded and proven. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Clock, systemClock } from '../../foundation/index.ts';
import { verifySession } from '../../recorder/index.ts';
import { flipByte } from '../support/flip-byte.ts';
import { objectPathsOf } from '../support/recordings.ts';
import { type SshResult, TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { asOwner, newest } from './support/house.ts';
import { startSsh } from './support/live-ssh.ts';
import { outputOf } from './support/recordings.ts';
import { approved, ask, decide, ended, look, revoke } from './support/tickets.ts';

const DUMP = 'mysqldump crm customers';
const ROWS = 1_200;
const REFUSED = 126;
const DAY_MS = 86_400_000;

/** The time of day, and as much later as a test says. */
class LaterClock implements Clock {
  laterMs = 0;
  readonly now = (): Date => new Date(systemClock.now().getTime() + this.laterMs);
  readonly micros = (): bigint => systemClock.micros() + BigInt(this.laterMs) * 1_000n;
}

describeWith(['ssh', 'ssh-keygen'], 'an export', () => {
  const clock = new LaterClock();
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ clock });
    await Promise.all(['chen', 'aoki', 'tanaka', 'suzuki'].map((login) => gateway.person(login)));
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  const run = (command = DUMP, login = 'chen'): Promise<SshResult> => gateway.ssh(login, command);
  const expectRefused = ({ status, stdout, stderr }: SshResult): void => {
    expect({ status, stdout: stdout.toString() }).toEqual({ status: REFUSED, stdout: '' });
    expect(stderr).toContain('[ticket_required]');
  };

  describe('without a ticket', () => {
    test('is refused before it runs, with what was recognised and the way to ask', async () => {
      const result = await run();
      expectRefused(result);
      expect(result.stderr).toContain('crm.customers');
      expect(result.stderr).toMatch(/http\S+\/tickets\/new\?act=[0-9a-f-]{36}/);
      expect(await newest(gateway.database, 'act.refused')).toMatchObject({ body: { text: DUMP } });
      expect((await newest(gateway.database, 'ticket.redemption_refused')).body).toMatchObject({ reason: 'no_ticket' });
    });

    test('is not opened by a request that nobody decided', async () => {
      const ticket = await ask(gateway, 'chen', DUMP);
      const result = await run();
      expectRefused(result);
      expect(result.stderr).toContain('not approved. [ticket_unusable]');
      expect((await look(gateway, ticket)).state).toBe('requested');
    });

    test('is not approved by the person who asks, nor by somebody who is no owner', async () => {
      const ticket = await ask(gateway, 'chen', DUMP);
      const own = await decide(gateway, 'chen', ticket);
      expect([own.status, own.json['error']]).toEqual([403, expect.objectContaining({ code: 'own_request' })]);
      expect((await decide(gateway, 'aoki', ticket)).status).toBe(404);
      expectRefused(await run());
      expect((await look(gateway, ticket)).state).toBe('requested');
    });

    test('is not approved as another act than the one asked for', async () => {
      const ticket = await ask(gateway, 'chen', DUMP);
      const { status } = await decide(gateway, 'tanaka', { id: ticket.id, actDigest: 'f'.repeat(64) });
      expect(status).toBe(409);
      expectRefused(await run());
    });
  });

  describe('with an approved ticket', () => {
    test('runs once: what arrives is what was counted, hashed and recorded', async () => {
      const ticket = await approved(gateway, 'chen', DUMP);
      const result = await run();
      expect(result.status).toBe(0);
      expect(result.stderr).toContain('[ticket_in_use]');
      expect(result.stderr).toContain('[ticket_used]');
      const use = await ended(gateway, ticket);
      expect(use).toMatchObject({
        state: 'used',
        result: { outcome: 'completed', rows: ROWS, bytes: result.stdout.length, sha256: sha256(result.stdout) },
      });
      const recorded = await outputOf(gateway.running.directory.recorder, use.result.sessionId);
      expect(recorded.equals(result.stdout)).toBe(true);
      expect((await newest(gateway.database, 'ticket.redeemed')).ticket).toBe(ticket.id);
      expect((await newest(gateway.database, 'ticket.completed')).ticket).toBe(ticket.id);

      const again = await run();
      expectRefused(again);
      expect(again.stderr).toContain('a ticket is for one use');
      expect((await newest(gateway.database, 'ticket.redemption_refused')).body).toMatchObject({ reason: 'used' });
    });

    test('written with another space is the same act', async () => {
      const ticket = await approved(gateway, 'chen', DUMP);
      const result = await run('mysqldump   crm "customers"');
      expect(result.status).toBe(0);
      expect(await ended(gateway, ticket)).toMatchObject({ state: 'used', result: { rows: ROWS } });
    });

    test.each(['mysqldump crm customers orders', 'mysqldump crm', 'mysqldump crm orders', `${DUMP}; ${DUMP}`])(
      'does not run as %s',
      async (command) => {
        const ticket = await approved(gateway, 'chen', DUMP);
        expectRefused(await run(command));
        expect((await look(gateway, ticket)).state).toBe('approved');
        await revoke(gateway, ticket);
      },
    );

    test('does not run for another person', async () => {
      const ticket = await approved(gateway, 'chen', DUMP);
      expectRefused(await run(DUMP, 'aoki'));
      expect((await look(gateway, ticket)).state).toBe('approved');
      await revoke(gateway, ticket);
      expectRefused(await run());
    });

    test('does not run on another target', async () => {
      await addTarget('crm-copy');
      const ticket = await approved(gateway, 'chen', DUMP);
      expectRefused(await gateway.ssh('chen', DUMP, { loginName: 'crm-copy' }));
      expect((await look(gateway, ticket)).state).toBe('approved');
      await revoke(gateway, ticket);
    });

    test('does not run before its window', async () => {
      const notBefore = new Date(Date.now() + DAY_MS);
      const ticket = await approved(gateway, 'chen', DUMP, { notBefore, notAfter: new Date(Date.now() + 2 * DAY_MS) });
      const result = await run();
      expectRefused(result);
      expect(result.stderr).toContain('its window has not begun. [ticket_unusable]');
      await revoke(gateway, ticket);
    });

    test('does not run after its window', async () => {
      const ticket = await approved(gateway, 'chen', DUMP);
      clock.laterMs = 2 * 3_600_000;
      try {
        const result = await run();
        expectRefused(result);
        expect(result.stderr).toContain('[ticket_unusable]');
      } finally {
        clock.laterMs = 0;
      }
      expect((await newest(gateway.database, 'ticket.redemption_refused')).ticket).toBe(ticket.id);
      await revoke(gateway, ticket).catch(() => undefined); // When upkeep expired it in that moment, all the better.
    });

    test('typed at a prompt does not run either, but says how it would', async () => {
      const ticket = await approved(gateway, 'chen', DUMP);
      const result = await gateway.ssh('chen', [], { extra: ['-T'], stdin: `${DUMP}\n` });
      expect(result.stdout.toString()).toBe('');
      expect(result.stderr).toContain(`ssh -p ${gateway.sshPort} crm-db@127.0.0.1`);
      expect((await look(gateway, ticket)).state).toBe('approved');
      await revoke(gateway, ticket);
    });

    test('begun twice at once runs once', async () => {
      const ticket = await approved(gateway, 'chen', DUMP);
      const results = await Promise.all([run(), run(), run()]);
      const withData = results.filter(({ stdout }) => stdout.length > 0);
      expect(withData).toHaveLength(1);
      expect(results.map(({ status }) => status).sort()).toEqual([0, REFUSED, REFUSED]);
      expect(await ended(gateway, ticket)).toMatchObject({ state: 'used', result: { rows: ROWS } });
    });
  });

  describe('that would pass its ticket', () => {
    test.each([
      ['rows', { rowsMax: 10, bytesMax: 1_000_000 }],
      ['bytes', { rowsMax: 10_000, bytesMax: 4_321 }],
      ['one row less than there are', { rowsMax: ROWS - 1, bytesMax: 1_000_000 }],
    ])('by %s is cut there, never behind it, and the ticket is spent', async (_what, limits) => {
      const ticket = await approved(gateway, 'chen', DUMP, limits);
      const result = await run();
      expect(result.status).toBe(REFUSED);
      expect(result.stderr).toContain('[limit_exceeded]');
      expect(result.stdout.length).toBeGreaterThan(0);
      expect(result.stdout.length).toBeLessThanOrEqual(limits.bytesMax);
      expect(tuplesIn(result.stdout)).toBeLessThanOrEqual(limits.rowsMax);
      const use = await ended(gateway, ticket);
      expect(use.state).toBe('aborted');
      expect(use.result).toMatchObject({
        outcome: 'limit_exceeded',
        bytes: result.stdout.length,
        sha256: sha256(result.stdout),
      });
      expect(use.result.rows).toBeLessThanOrEqual(limits.rowsMax);
      expectRefused(await run());
    });

    test('on standard error is counted as well', async () => {
      const command = `${DUMP} >&2`;
      const ticket = await approved(gateway, 'chen', command, { rowsMax: 10 });
      const result = await run(command);
      expect(result.status).toBe(REFUSED);
      expect(tuplesIn(result.stderr)).toBeLessThanOrEqual(10);
      expect(await ended(gateway, ticket)).toMatchObject({ state: 'aborted', result: { outcome: 'limit_exceeded' } });
    });
  });

  test('whose client is killed in the middle is interrupted; what it received was counted', async () => {
    const command = `${DUMP}; sleep 60`;
    const ticket = await approved(gateway, 'chen', command);
    await using ssh = await startSsh(gateway, 'chen', [command]);
    await ssh.sees('INSERT INTO');
    ssh.process.kill('SIGKILL');
    const { stdout } = await ssh.ended;
    const use = await ended(gateway, ticket);
    expect(use).toMatchObject({ state: 'aborted', result: { outcome: 'interrupted', exitStatus: null } });
    expect(use.result.bytes).toBeGreaterThanOrEqual(stdout.length);
    expectRefused(await run(command));
  });

  test('that fails on the target spends its ticket and says so', async () => {
    const command = `${DUMP}; exit 4`;
    const ticket = await approved(gateway, 'chen', command);
    expect((await run(command)).status).toBe(4);
    expect(await ended(gateway, ticket)).toMatchObject({
      state: 'aborted',
      result: { outcome: 'failed', exitStatus: 4, rows: ROWS },
    });
  });

  test('is proven by its recording, and a changed byte of the stored file is found at its place', async () => {
    const ticket = await approved(gateway, 'chen', DUMP, { rowsMax: 3 });
    await run();
    const { sessionId } = (await ended(gateway, ticket)).result;
    const directory = gateway.running.directory.recorder;
    expect(await verifySession({ directory, sessionId })).toMatchObject({ verdict: 'VERIFIED-UNWITNESSED' });
    const [stored = ''] = await objectPathsOf(directory, sessionId);
    const { length } = await readFile(stored);
    for (const at of [0, 7, 64, Math.floor(length / 3), Math.floor(length / 2), length - 33, length - 1]) {
      await flipByte(stored, at);
      const report = await verifySession({ directory, sessionId });
      const [found] = report.findings;
      expect({ at, verdict: report.verdict, code: found?.code, place: found?.where }).toEqual({
        ...{ at, verdict: 'TAMPERED', code: 'object_differs', place: `objects/${basename(stored)}` },
      });
      await flipByte(stored, at);
    }
    const suzuki = await gateway.person('suzuki');
    const verify = async () => (await suzuki.post(`/api/sessions/${sessionId}/verify`, {})).json['report'];
    expect(await verify()).toMatchObject({ verdict: 'VERIFIED-UNWITNESSED' });
    await flipByte(stored, Math.floor(length / 2));
    expect(await verify()).toMatchObject({
      verdict: 'TAMPERED',
      findings: expect.arrayContaining([expect.objectContaining({ where: `objects/${basename(stored)}` })]),
    });
    expect((await newest(gateway.database, 'recording.verified')).body).toMatchObject({ verdict: 'TAMPERED' });
  });

  /** The same server under another name, with the same accounts and grants. */
  async function addTarget(name: string): Promise<void> {
    await asOwner(
      gateway,
      `INSERT INTO targets SELECT gen_random_uuid(), system_id, $1, host, port, host_key, mode, now()
       FROM targets WHERE name = 'crm-db'`,
      [name],
    );
    await asOwner(
      gateway,
      `INSERT INTO target_accounts SELECT gen_random_uuid(), (SELECT id FROM targets WHERE name = $1), person_id, account, now()
       FROM target_accounts WHERE target_id = (SELECT id FROM targets WHERE name = 'crm-db')`,
      [name],
    );
    await asOwner(
      gateway,
      `INSERT INTO grants (id, person_id, target_id, actions, expires_at, created_at)
       SELECT gen_random_uuid(), person_id, (SELECT id FROM targets WHERE name = $1), actions, expires_at, now()
       FROM grants WHERE target_id = (SELECT id FROM targets WHERE name = 'crm-db')`,
      [name],
    );
  }
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Tuples of the dump, whole or cut. */
function tuplesIn(dump: Buffer | string): number {
  return dump
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('(')).length;
}
