/**
 * Somebody is root, holds the database and both logs' keys, and shows the outsider what he likes. The outsider has the
 * policy of the day of the contract and what his witness saw, and runs `sekisho verify`.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXIT_CODES } from '../../evidence/index.ts';
import { Cleanup, type Clock, systemClock } from '../../foundation/index.ts';
import type { Files } from '../evidence/support/house.ts';
import { freePort } from '../support/free-port.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { startCommand } from './support/command.ts';
import { asOwner, lastSession } from './support/house.ts';
import {
  type Ask,
  bundleOf,
  copyData,
  type Outsider,
  type Place,
  submitterSigner,
  verified,
  zipFiles,
} from './support/insider.ts';
import { type Act, ACTS, type Sessions, WITNESS } from './support/insider-acts.ts';
import { approved, ended } from './support/tickets.ts';

const DUMP = 'mysqldump crm customers';

class SetClock implements Clock {
  laterMs = 0;
  readonly now = (): Date => new Date(systemClock.now().getTime() + this.laterMs);
  readonly micros = (): bigint => systemClock.micros() + BigInt(this.laterMs) * 1_000n;
}

describeWith(['ssh', 'ssh-keygen'], 'an insider with root, the database and the log keys', () => {
  const cleanup = new Cleanup();
  const clock = new SetClock();
  let gateway: TestGateway;
  let home: string;
  let outsider: Outsider;
  let period: Ask;
  let sids: Sessions;
  let acts = 0;

  const recorderFile = (...path: string[]): Promise<string> =>
    readFile(join(gateway.directory, 'data', 'recorder', ...path), 'utf8');
  const sizeOf = async (place: Place, file: string): Promise<number> =>
    Number((await recorderFile(place, file)).split('\n')[1]);
  /** Everything that happened is a leaf, and the witness saw it. */
  const settled = (): Promise<unknown> =>
    waitFor('the witness to have seen everything', async () => {
      const [row] = await asOwner(gateway, 'SELECT max(seq) AS last FROM audit_events');
      const size = await sizeOf('log', 'checkpoint');
      if ((await sizeOf('log', 'checkpoint.witnessed').catch(() => 0)) !== size) return undefined;
      if ((await sizeOf('ledger', 'checkpoint.witnessed').catch(() => 0)) !== (await sizeOf('ledger', 'checkpoint')))
        return undefined;
      const path = size % 256 === 0 ? [] : [`${String(Math.floor(size / 256)).padStart(3, '0')}.p`, String(size % 256)];
      const entries = await recorderFile('log', 'tile', 'entries', ...path).catch(() => '');
      return entries.includes(`"n":${String(row?.['last'])},"type":"event"`) ? true : undefined;
    });
  const session = async (command: string): Promise<string> => {
    expect((await gateway.ssh('chen', command)).status).toBe(0);
    return waitFor('the session to be sealed', async () => {
      const { id, isSealed } = await lastSession(gateway, 'chen');
      return isSealed ? id : undefined;
    });
  };
  const askOf = (act: Pick<Act, 'period'>): Ask => (act.period === true ? period : { sessions: [sids.exported] });
  const judged = async (files: Files, held: boolean) => {
    const out = join(home, `shown-${acts}.zip`);
    await zipFiles(files, out);
    return verified(home, out, held ? outsider : { ...outsider, held: [] });
  };

  beforeAll(async () => {
    home = cleanup.use(await tempDirectory()).path;
    const port = await freePort();
    const args = ['witness', '--listen', `127.0.0.1:${port}`, '--state', join(home, 'w'), '--name', WITNESS];
    const nobody = 'nobody.example/log+bcdebd3c+ASYhfGRuf8FS56IpSJs3+phKBn/i3kzhORSr8NqwgKPE';
    const first = startCommand(home, [...args, '--log', nobody]);
    const key = (await first.sees(/ (\S+\+[0-9a-f]{8}\+\S+)\n/))[1] ?? '';
    await first[Symbol.asyncDispose]();
    gateway = cleanup.use(
      await TestGateway.start({ clock, log: { witnesses: [{ key, url: `http://127.0.0.1:${port}` }] } }),
    );
    const logs = [await recorderFile('log', 'verifier'), await recorderFile('ledger', 'verifier')].map((line) =>
      line.trim(),
    );
    const witness = cleanup.use(
      startCommand(home, [...args, ...logs.flatMap((line) => ['--log', line])], { limitMs: 600_000 }),
    );
    await witness.sees(/sekisho: witness http/);
    await Promise.all(['chen', 'tanaka'].map((login) => gateway.person(login)));
    const from = new Date().toISOString();
    const seen = await session('echo seen by nobody');
    const ticket = await approved(gateway, 'chen', DUMP);
    expect((await gateway.ssh('chen', DUMP)).status).toBe(0);
    const { result } = await ended(gateway, ticket);
    await settled();
    period = { from, to: new Date().toISOString() };
    await session('echo later');
    await settled();
    const policy = join(home, 'policy');
    await writeFile(policy, `${logs.map((line) => `log ${line}`).join('\n')}\nwitness client ${key}\nquorum client\n`);
    const held = await Promise.all(
      (['log', 'ledger'] as const).map(async (place) => {
        const path = join(home, `held-${place}`);
        await writeFile(path, await recorderFile(place, 'checkpoint.witnessed'));
        return path;
      }),
    );
    const loot = await copyData(gateway, join(home, 'before'));
    const { publicKey } = await submitterSigner(loot);
    outsider = { policy, submitter: Buffer.from(publicKey).toString('hex'), held };
    const honest = await bundleOf(loot, { sessions: [seen, result.sessionId] }, policy, join(home, 'honest.zip'));
    sids = { first: seen, exported: result.sessionId, heldSize: await sizeOf('log', 'checkpoint.witnessed'), honest };
  }, 120_000);
  afterAll(() => cleanup[Symbol.asyncDispose]());

  test('who does nothing of this is believed: session and period are VERIFIED', async () => {
    const loot = await copyData(gateway, join(home, 'untouched'));
    for (const ask of [{ sessions: [sids.exported] }, period]) {
      const files = await bundleOf(loot, ask, outsider.policy, join(home, 'made.zip'));
      expect(await judged(files, true)).toEqual({ status: 0, verdict: 'VERIFIED', found: [] });
    }
  }, 60_000);

  test.each(ACTS)(
    'who $act: $verdict',
    async (act) => {
      acts += 1;
      const loot = await copyData(gateway, join(home, `loot-${acts}`));
      await using later = new Cleanup();
      later.defer(() => rm(loot.data, { recursive: true, force: true }));
      await act.before?.(loot, sids, later);
      const ask =
        act.before === undefined || act.period === true ? askOf(act) : { sessions: [sids.first, sids.exported] };
      const files = await bundleOf(loot, ask, outsider.policy, join(home, 'made.zip'));
      await act.after?.({ ...sids, loot, files });
      const { status, verdict, found } = await judged(files, act.held === true);
      expect([verdict, found[0]]).toEqual([act.verdict, expect.stringContaining(act.says)]);
      expect(status).toBe(EXIT_CODES[act.verdict]);
    },
    60_000,
  );

  test('who puts a backup back and shows it: INCOMPLETE, for the witness knows more', async () => {
    const backup = await copyData(gateway, join(home, 'backup'));
    await session('echo after the backup');
    await settled();
    const newer = join(home, 'held-newer');
    await writeFile(newer, await recorderFile('log', 'checkpoint.witnessed'));
    const files = await bundleOf(backup, { sessions: [sids.exported] }, outsider.policy, join(home, 'made.zip'));
    const out = join(home, 'backup.zip');
    await zipFiles(files, out);
    const { verdict, found } = await verified(home, out, { ...outsider, held: [newer] });
    expect([verdict, found]).toEqual(['INCOMPLETE', ['held_newer log/checkpoint']]);
  }, 60_000);

  test('who sets the clock back while a session is recorded: INCOMPLETE, for time runs backwards', async () => {
    const from = new Date().toISOString();
    await session('echo before');
    clock.laterMs = -65_000; // More than clocks are forgiven.
    await session('echo hidden in the past');
    clock.laterMs = 0;
    await session('echo after');
    await settled();
    const to = new Date().toISOString();
    await session('echo so that the period is over');
    await settled();
    const loot = await copyData(gateway, join(home, 'clock'));
    const files = await bundleOf(loot, { from, to }, outsider.policy, join(home, 'made.zip'));
    const { verdict, found } = await judged(files, true);
    expect([verdict, found[0]]).toEqual(['INCOMPLETE', expect.stringContaining('clock_backwards')]);
  }, 90_000);
});
