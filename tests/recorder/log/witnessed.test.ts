/** The log with real witnesses on loopback. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { asError, type Clock, createLog, systemClock } from '../../../foundation/index.ts';
import { witnessListener } from '../../../main/witness/http.ts';
import { createFault } from '../../../recorder/fault.ts';
import { startExportLedger } from '../../../recorder/ledger/export-ledger.ts';
import { parseRecord } from '../../../recorder/ledger/records.ts';
import { LOG_ORIGIN, parseVerifierLine } from '../../../recorder/log/note.ts';
import type { Witnesses } from '../../../recorder/log/open-log.ts';
import { acceptance, parsePolicy } from '../../../recorder/log/policy.ts';
import { createPseudonyms } from '../../../recorder/pseudonyms.ts';
import { openWitness } from '../../../recorder/witness/witness.ts';
import { generateKeyPairSync } from 'node:crypto';
import { MemoryDisk } from '../support/memory-disk.ts';
import { DIRECTORY, HEAD, killed, leaf, open } from './support/logs.ts';

const VERIFIER = `${DIRECTORY}/verifier`;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await stop(server);
});

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** A witness of the log whose verifier key stands on `disk`. */
async function serve(disk: MemoryDisk, name: string, { state = new MemoryDisk(), port = 0, verifier = VERIFIER } = {}) {
  await state.mkdir('/w');
  const logs = [parseVerifierLine(disk.get(verifier)!.toString().trim())!];
  const witness = await openWitness({ directory: '/w', files: state, clock: systemClock, name, logs });
  const server = createServer(witnessListener({ witness, clock: systemClock, log: createLog('silent') }));
  servers.push(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { witness, server, state, name, port: address.port, url: `http://127.0.0.1:${address.port}` };
}

type Served = Awaited<ReturnType<typeof serve>>;

function witnessesOf(
  served: readonly Served[],
  quorum = `group q all ${served.map(({ name }) => name).join(' ')}`,
): Witnesses {
  const lines = served.map(({ name, witness }) => `witness ${name} ${witness.verifier}`);
  const asked = served.map(({ name, witness, url }) => ({
    name,
    verifier: parseVerifierLine(witness.verifier, 'witness')!,
    url,
  }));
  return { policy: parsePolicy([...lines, quorum, 'quorum q', ''].join('\n')), asked };
}

/** A log that was begun without witnesses. */
async function begun(leaves = 3): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const { log } = await open(disk);
  for (let at = 0; at < leaves; at += 1) await log.append(leaf(at));
  await log[Symbol.asyncDispose]();
  return disk;
}

const settings = (witnesses: Witnesses) => ({ settings: { witnesses }, mayCreate: false });

describe('a log with witnesses', () => {
  test('accepts nothing while too few of them answer, and everything when they are back', async () => {
    const disk = await begun();
    const [one, two] = [await serve(disk, 'one'), await serve(disk, 'two')];
    const witnesses = witnessesOf([one, two]);
    await stop(two.server);
    const { log } = await open(disk, settings(witnesses));
    const { index } = await log.append(leaf(9));
    const accepted = log.accepted(index);
    accepted.catch(() => undefined);
    expect(log.latestAccepted()).toBeNull();
    expect(log.lateSince()).toBeInstanceOf(Date);
    await serve(disk, 'two', { state: two.state, port: two.port });
    await accepted;
    expect(log.latestAccepted()?.size).toBe(4);
    expect(log.lateSince()).toBeUndefined();
    for (const name of ['checkpoint', 'checkpoint.witnessed']) {
      const note = disk.get(`${DIRECTORY}/${name}`)!;
      const ours = parseVerifierLine(disk.get(VERIFIER)!.toString().trim())!;
      expect(acceptance(witnesses.policy, ours, note).accepted).toBe(true);
    }
    await log[Symbol.asyncDispose]();
    const { log: next } = await open(disk, settings(witnesses));
    expect(next.latestAccepted()?.size).toBe(4);
    await next[Symbol.asyncDispose]();
  });

  test('refuses to wait for ever for what nobody cosigns', async () => {
    const disk = await begun();
    const one = await serve(disk, 'one');
    const witnesses = witnessesOf([one]);
    await stop(one.server);
    const { log } = await open(disk, settings(witnesses));
    const { index } = await log.append(leaf(9));
    const accepted = log.accepted(index);
    accepted.catch(() => undefined);
    await log[Symbol.asyncDispose]();
    await expect(accepted).rejects.toMatchObject({ code: 'witness_unreachable' });
  });

  test('is late since before a new start, as long as nobody cosigns', async () => {
    const disk = await begun();
    const one = await serve(disk, 'one');
    const witnesses = witnessesOf([one]);
    await stop(one.server);
    const { log } = await open(disk, settings(witnesses));
    await log.append(leaf(9));
    const since = log.lateSince();
    expect(since).toBeInstanceOf(Date);
    while (disk.get(`${DIRECTORY}/witnesses.late`) === undefined) await new Promise((resolve) => setImmediate(resolve));
    await log[Symbol.asyncDispose]();
    const later: Clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() + 3_600_000) };
    const { log: next } = await open(disk, { ...settings(witnesses), clock: later });
    expect(next.lateSince()).toEqual(since);
    await next[Symbol.asyncDispose]();
    await serve(disk, 'one', { state: one.state, port: one.port });
    const { log: last } = await open(disk, settings(witnesses));
    await last.accepted(3);
    expect(last.lateSince()).toBeUndefined();
    await last[Symbol.asyncDispose]();
    expect(disk.get(`${DIRECTORY}/witnesses.late`)).toBeUndefined();
  });

  test('goes on with a quorum, whoever else is away', async () => {
    const disk = await begun();
    const all = [await serve(disk, 'one'), await serve(disk, 'two'), await serve(disk, 'three')];
    const witnesses = witnessesOf(all, 'group q 2 one two three');
    await stop(all[1]!.server);
    const { log } = await open(disk, settings(witnesses));
    for (let at = 0; at < 300; at += 100) {
      const added = await Promise.all(Array.from({ length: 100 }, () => log.append(leaf(at))));
      await log.accepted(added.at(-1)!.index);
    }
    expect(all[0]!.witness.seen[0]?.size).toBe(303);
    await log[Symbol.asyncDispose]();
  });

  test('shows a witness that is behind the way from where it stands', async () => {
    const disk = await begun(300);
    const one = await serve(disk, 'one');
    const witnesses = witnessesOf([one]);
    const { log } = await open(disk, settings(witnesses));
    await log.accepted(299);
    await log[Symbol.asyncDispose]();
    const { log: next } = await open(disk, settings(witnesses)); // Which knows nothing of where the witness stands.
    const { index } = await next.append(leaf(1));
    await next.accepted(index);
    expect(one.witness.seen).toEqual([{ origin: LOG_ORIGIN, size: 301, isWatched: true }]);
    await next[Symbol.asyncDispose]();
  });

  test('stops when a witness knows more of it than there is: a copy was put back, head and all', async () => {
    const disk = await begun();
    const one = await serve(disk, 'one');
    const witnesses = witnessesOf([one]);
    const backup = killed(disk);
    const { log } = await open(disk, settings(witnesses));
    await log.accepted((await log.append(leaf(9))).index);
    await log[Symbol.asyncDispose]();
    const { log: restored, fault } = await open(backup, settings(witnesses));
    if (!fault.signal.aborted) await once(fault.signal, 'abort');
    expect(asError(fault.signal.reason).cause).toMatchObject({
      code: 'log_conflict',
      message: 'The witness one has cosigned 4 leaves; here are 3.',
    });
    await expect(restored.append(leaf(1))).rejects.toMatchObject({ code: 'recording_unavailable' });
    await restored[Symbol.asyncDispose]();
  });

  test('stops when a witness knows another history of it', async () => {
    const disk = await begun();
    const one = await serve(disk, 'one');
    const witnesses = witnessesOf([one]);
    const backup = killed(disk);
    const { log } = await open(disk, settings(witnesses));
    await log.accepted((await log.append(leaf(9))).index);
    await log[Symbol.asyncDispose]();
    // The insider goes on from the backup, alone, and only then lets the witness see it.
    const { log: alone } = await open(backup);
    for (let at = 0; at < 5; at += 1) await alone.append(leaf(100 + at));
    await alone[Symbol.asyncDispose]();
    const { log: forked, fault } = await open(backup, settings(witnesses));
    if (!fault.signal.aborted) await once(fault.signal, 'abort');
    expect(asError(fault.signal.reason).cause).toMatchObject({ code: 'log_conflict' });
    await forked[Symbol.asyncDispose]();
  });

  test('does not start when what witnesses cosigned is not in it', async () => {
    const disk = await begun();
    const one = await serve(disk, 'one');
    const witnesses = witnessesOf([one]);
    const backup = killed(disk);
    const { log } = await open(disk, settings(witnesses));
    await log.accepted((await log.append(leaf(9))).index);
    await log[Symbol.asyncDispose]();
    backup.put(`${DIRECTORY}/checkpoint.witnessed`, disk.get(`${DIRECTORY}/checkpoint.witnessed`)!);
    await expect(open(backup, settings(witnesses))).rejects.toThrow('this is an older copy, or an altered one');
  });

  test('believes no answer that is not a cosignature of now by the configured key', async () => {
    const disk = await begun();
    const [one, two] = [await serve(disk, 'one'), await serve(disk, 'two')];
    const real = witnessesOf([one]);
    // Its answers are another witness's.
    const wrong = { ...real, asked: [{ ...real.asked[0]!, url: two.url }] };
    const { log } = await open(disk, settings(wrong));
    await log.append(leaf(9));
    const accepted = log.accepted(3);
    accepted.catch(() => undefined);
    while ((two.witness.seen[0]?.size ?? 0) < 4) await new Promise((resolve) => setImmediate(resolve));
    expect(log.latestAccepted()).toBeNull();
    await log[Symbol.asyncDispose]();
    await expect(accepted).rejects.toMatchObject({ code: 'witness_unreachable' });
  });
});

describe('the export ledger', () => {
  const ids = { ticket: 'a', session: 'b', personId: 'c', targetId: 'd' };
  const uuid = (letter: string): string => `0195f000-0000-7000-8000-00000000000${letter}`;
  const draft = {
    ...{ ticket: uuid(ids.ticket), session: uuid(ids.session), personId: uuid('c'), targetId: uuid('d') },
    ...{ act: 'ab'.repeat(32), destination: 'workstation' as const, rowsMax: 100, bytesMax: 1_000 },
  };
  const outcome = { outcome: 'completed' as const, rows: 5, bytes: 50, sha256: 'cd'.repeat(32), customers: 3 };
  const { privateKey: submitter } = generateKeyPairSync('ed25519');

  function ledgerOn(files: MemoryDisk, witnesses: Witnesses = { policy: parsePolicy('quorum none\n'), asked: [] }) {
    return startExportLedger({
      ...{ directory: '/r/ledger', files, fault: createFault(() => undefined), clock: systemClock },
      ...{ log: createLog('silent'), headFile: HEAD, witnesses, submitter, mayCreate: true },
      pseudonyms: createPseudonyms(Buffer.alloc(32, 7)),
    });
  }

  test('keeps an intent open until its result stands, through a kill at any time', async () => {
    const disk = new MemoryDisk();
    const ledger = await ledgerOn(disk);
    const [first, second] = [await ledger.intent(draft), await ledger.intent(draft)];
    await ledger.result(first, outcome);
    await ledger.result(first, { ...outcome, rows: 0 }); // One story is told of one export.
    expect(ledger.open.map(({ index }) => index)).toEqual([second]);
    const after = killed(disk);
    const next = await ledgerOn(after);
    expect(next.open.map(({ index }) => index)).toEqual([second]);
    await next.result(second, outcome);
    expect(next.open).toEqual([]);
    const records = [0, 1, 2, 3].map((at) => parseRecord(after.get(`/r/ledger/records/${at}.json`)!));
    expect(records.map((record) => record?.type)).toEqual([
      ...['export.intent', 'export.intent', 'export.result', 'export.result'],
    ]);
    expect(JSON.stringify(records)).not.toContain(draft.personId);
  });

  test('does not start when a record was edited or removed', async () => {
    const disk = new MemoryDisk();
    const ledger = await ledgerOn(disk);
    await ledger.result(await ledger.intent(draft), outcome);
    const path = '/r/ledger/records/1.json';
    const edited = killed(disk);
    edited.put(path, Buffer.from(edited.get(path)!.toString().replace('"rows":5', '"rows":1')));
    await expect(ledgerOn(edited)).rejects.toMatchObject({ code: 'start_refused' });
    const removed = killed(disk);
    removed.remove(path);
    await expect(ledgerOn(removed)).rejects.toThrow('is missing, or not the record');
  });

  test('opens no export before its intent is cosigned', async () => {
    const disk = new MemoryDisk();
    await (await ledgerOn(disk))[Symbol.asyncDispose]();
    const one = await serve(disk, 'one', { verifier: '/r/ledger/verifier' });
    const witnesses = witnessesOf([one]);
    await stop(one.server);
    const ledger = await ledgerOn(disk, witnesses);
    let isOpen = false;
    const intent = ledger.intent(draft).then((index) => {
      isOpen = true;
      return index;
    });
    while (ledger.lateSince() === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(isOpen).toBe(false);
    const back = await serve(disk, 'one', { state: one.state, port: one.port, verifier: '/r/ledger/verifier' });
    expect(await intent).toBe(0);
    expect(back.witness.seen[0]?.size).toBe(1);
    await ledger[Symbol.asyncDispose]();
  });
});
