/** A witness outside, run as an outsider runs it: without it exports stay closed, and after a while sessions too. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup, type Clock, systemClock } from '../../foundation/index.ts';
import { parsePolicy, policyAccepts, utf8 } from '../../evidence/index.ts';
import { nodeCrypto } from '../../recorder/index.ts';
import { freePort } from '../support/free-port.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Command, startCommand } from './support/command.ts';
import { asOwner, events, newest } from './support/house.ts';
import { approved, ended, look, type Ticket } from './support/tickets.ts';

const DUMP = 'mysqldump crm customers';
const NAME = 'witness.example/w1';

class LaterClock implements Clock {
  laterMs = 0;
  readonly now = (): Date => new Date(systemClock.now().getTime() + this.laterMs);
  readonly micros = (): bigint => systemClock.micros() + BigInt(this.laterMs) * 1_000n;
}

describeWith(['ssh', 'ssh-keygen'], 'a gateway with a witness outside', () => {
  const cleanup = new Cleanup();
  const clock = new LaterClock();
  let gateway: TestGateway;
  let witness: Command | undefined;
  let port: number;
  let state: string;
  let key: string;
  let ticket: Ticket;

  const recorderFile = (...path: string[]): Promise<string> =>
    readFile(join(gateway.directory, 'data', 'recorder', ...path), 'utf8');
  const run = (...logs: readonly string[]): Command =>
    startCommand(state, [
      ...['witness', '--listen', `127.0.0.1:${port}`, '--state', join(state, 'w'), '--name', NAME],
      ...logs.flatMap((line) => ['--log', line.trim()]),
    ]);
  const startWitness = async (): Promise<void> => {
    witness = run(await recorderFile('log', 'verifier'), await recorderFile('ledger', 'verifier'));
    await witness.sees(/sekisho: witness http/);
  };
  const killWitness = async (): Promise<void> => {
    await witness?.[Symbol.asyncDispose]();
    witness = undefined;
  };
  const records = async (): Promise<Record<string, unknown>[]> => {
    const read: Record<string, unknown>[] = [];
    for (;;) {
      const text = await recorderFile('ledger', 'records', `${read.length}.json`).catch(() => undefined);
      if (text === undefined) return read;
      read.push(JSON.parse(text) as Record<string, unknown>);
    }
  };

  beforeAll(async () => {
    state = cleanup.use(await tempDirectory()).path;
    port = await freePort();
    // The first start makes its key, which the gateway has to know; the log it is given here is nobody's.
    const first = run('nobody.example/log+bcdebd3c+ASYhfGRuf8FS56IpSJs3+phKBn/i3kzhORSr8NqwgKPE');
    key = (await first.sees(/ (\S+\+[0-9a-f]{8}\+\S+)\n/))[1] ?? '';
    await first[Symbol.asyncDispose]();
    gateway = cleanup.use(
      await TestGateway.start({ clock, log: { witnesses: [{ key, url: `http://127.0.0.1:${port}` }] } }),
    );
    await Promise.all(['chen', 'tanaka', 'suzuki'].map((login) => gateway.person(login)));
    ticket = await approved(gateway, 'chen', DUMP);
  }, 60_000);
  afterAll(async () => {
    await killWitness();
    await cleanup[Symbol.asyncDispose]();
  });

  test('keeps exports closed while nobody cosigns, says why, and leaves the ticket as it is', async () => {
    const { status, stdout, stderr } = await gateway.ssh('chen', DUMP);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 126, stdout: '' });
    expect(stderr).toContain('[witness_unreachable]');
    expect(stderr).not.toContain('tickets/new');
    expect((await look(gateway, ticket)).state).toBe('approved');
    expect((await newest(gateway.database, 'ticket.redemption_refused')).body).toMatchObject({
      reason: 'witness_unreachable',
    });
  }, 60_000);

  test('lets ordinary sessions go on for a while under a red line, then opens none', async () => {
    clock.laterMs = 120_000;
    expect((await gateway.ssh('chen', 'echo works')).stdout.toString()).toBe('works\n');
    const { json } = await (await gateway.person('suzuki')).get('/api/me');
    expect(json['witnessDelay']).toMatchObject({ minutesLeft: 58 });
    const inTerminal = await gateway.ssh('chen', 'true', { extra: ['-tt'] });
    expect(inTerminal.stdout.toString()).toContain('[witnesses_late]');
    clock.laterMs = 3_700_000;
    const refused = await gateway.ssh('chen', 'echo works');
    expect({ status: refused.status, stdout: refused.stdout.toString() }).toEqual({ status: 255, stdout: '' });
    expect(refused.stderr).toContain('[witness_unreachable]');
    clock.laterMs = 0;
  }, 60_000);

  test('opens everything when the witness is there, and lets nothing leave that it has not seen announced', async () => {
    await startWitness();
    const { status, stdout } = await gateway.ssh('chen', DUMP);
    expect(status).toBe(0);
    const { result } = await ended(gateway, ticket);
    const all = await waitFor('the result in the ledger', async () => {
      const read = await records();
      return read.some(({ type, outcome }) => type === 'export.result' && outcome === 'completed') ? read : undefined;
    });
    const intent = all.findLastIndex(({ type }) => type === 'export.intent');
    expect(all[intent]).toMatchObject({ ticket: ticket.id, destination: 'workstation', act: ticket.actDigest });
    expect(all[intent]?.['person']).toMatch(/^p-[0-9a-f]{32}$/);
    expect(all.find((record) => record['intent'] === intent)).toMatchObject({
      ...{ outcome: 'completed', rows: result.rows, bytes: stdout.length, sha256: result.sha256 },
      customers: expect.any(Number),
    });
    const [announced] = await events(gateway.database, 'export.intent');
    expect(announced?.body).toEqual({ intent, use: 1, destination: 'workstation' });
    expect((await newest(gateway.database, 'export.result')).body).toMatchObject({ intent, outcome: 'completed' });
    // What was not used stays open until it is certain that nothing comes of it.
    expect(all.filter(({ type }) => type === 'export.intent').length).toBe(2);
    for (const place of ['log', 'ledger']) {
      const note = await waitFor(`the ${place} to be witnessed`, () =>
        recorderFile(place, 'checkpoint.witnessed').catch(() => undefined),
      );
      const log = await recorderFile(place, 'verifier');
      const policy = parsePolicy(nodeCrypto, utf8(`log ${log.trim()}\nwitness w ${key}\nquorum w\n`));
      expect(policyAccepts(nodeCrypto, policy, utf8(note)).accepted).toBe(true);
    }
  }, 60_000);

  test('has every audit event as a leaf within moments, in order', async () => {
    const [row] = await asOwner(gateway, 'SELECT max(seq) AS last FROM audit_events');
    const last = Number(row?.['last']);
    const anchored = await waitFor('the leaf of the last event', async () => {
      const bundles = await recorderFile('log', 'checkpoint');
      const size = Number(bundles.split('\n')[1]);
      const path = size % 256 === 0 ? '' : `000.p/${size}`;
      const entries = await recorderFile('log', 'tile', 'entries', path).catch(() => '');
      const found = [...entries.matchAll(/"n":(\d+),"type":"event"/g)].map(([, n]) => Number(n));
      return (found.at(-1) ?? 0) >= last ? found : undefined;
    });
    expect(anchored).toEqual([...anchored].sort((left, right) => left - right));
    const rows = await asOwner(gateway, 'SELECT seq FROM audit_events WHERE seq <= $1 ORDER BY seq', [last]);
    expect(anchored.filter((n) => n <= last)).toEqual(rows.map(({ seq }) => Number(seq)));
  }, 60_000);

  test('closes exports again when the witness dies, and opens them when it is back with what it saw', async () => {
    const next = await approved(gateway, 'chen', DUMP);
    await killWitness();
    expect((await gateway.ssh('chen', DUMP)).status).toBe(126);
    await startWitness();
    expect((await gateway.ssh('chen', DUMP)).status).toBe(0);
    expect((await ended(gateway, next)).state).toBe('used');
    // The audit log is asked about again in its own time: nothing waits for it as an export waits for the ledger.
    const page = await waitFor('the audit log at the witness', async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
      return /^[1-9]\d*\tsekisho\.local\/audit$/m.test(text) ? text : undefined;
    });
    expect(page).toContain(key);
  }, 90_000);
});
