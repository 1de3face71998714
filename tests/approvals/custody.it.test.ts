/** What becomes of a recording's keys: held, erased by two people, wrapped anew. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  decideErasure,
  insertRewrap,
  type KeyLog,
  listErasures,
  performKeyOrders,
  placeHold,
  releaseHolds,
  requestErasure,
} from '../../approvals/index.ts';
import { insertErasure, insertErasureDecision } from '../../approvals/custody/queries.ts';
import { createLog, execute, GatewayError, newUuid, sha256, sql } from '../../foundation/index.ts';
import { lockPerson } from '../../identity/index.ts';
import type { ConnectionId, SessionId } from '../../policy/index.ts';
import {
  createIdentity,
  createKeyRing,
  createPseudonyms,
  insertRecording,
  KeyFiles,
  openRecordingReader,
  type OwningRecorder,
  type RecordingSource,
  verifySession,
} from '../../recorder/index.ts';
import { nodeFiles } from '../../recorder/files.ts';
import { readLog } from '../../recorder/log/read-log.ts';
import { wrapKey } from '../../recorder/keys/age.ts';
import { collect, rootOf, start } from '../recorder/support/recordings.ts';
import { testRecordings } from '../support/recordings.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { type Name, type World, world } from './world.ts';

interface Archive extends AsyncDisposable {
  readonly house: World;
  readonly session: SessionId;
  readonly directory: string;
  /** Sessions of which what was derived is gone. */
  readonly forgotten: readonly string[];
  readonly recordings: RecordingSource;
  readonly leafLog: KeyLog;
  readonly perform: (files?: KeyFiles, leafLog?: KeyLog) => Promise<number>;
  readonly ask: (by: Name) => Promise<string>;
  readonly decide: (by: Name, erasure: string, verdict?: 'approved' | 'rejected') => Promise<unknown>;
}

const REASON = { reason: 'retention is over', basis: 'contract 4.2' };

/** A sealed recording of Aoki, of both streams. */
async function archive(): Promise<Archive> {
  const house = await world();
  const home = await tempDirectory();
  const { clock, database } = house;
  const recorder: OwningRecorder = await start(home.path, { clock });
  const session = await house.session('aoki');
  const recording = await recorder.openRecording({
    ...{ sessionId: session, personId: house.idOf('aoki'), targetId: await house.targetId('crm-db') },
    connectionId: newUuid(clock.now()) as ConnectionId,
    ...{ account: 'aoki', kind: 'exec', command: null, columns: 80, rows: 24, term: 'xterm' },
  });
  await recording.append('o', Buffer.from('shown'));
  await recording.append('i', Buffer.from('typed'));
  const sealed = await recording.close();
  await database.inTransaction((tx) => insertRecording(tx, clock, sealed));
  const directory = rootOf(home.path);
  const keyFiles = new KeyFiles(directory);
  const deps = { database, clock, log: createLog('silent'), directory };
  const pseudonyms = createPseudonyms(Buffer.alloc(32, 2));
  const forgotten: string[] = [];
  const forget = (sessionId: string): Promise<void> => {
    forgotten.push(sessionId);
    return Promise.resolve();
  };
  return {
    ...{ house, session, directory, forgotten, recordings: testRecordings(directory) },
    leafLog: recorder.leafLog,
    perform: async (files = keyFiles, leafLog = recorder.leafLog) =>
      (await performKeyOrders({ ...deps, leafLog, forget, keyFiles: files, pseudonyms })).done,
    ask: async (by) => {
      const [erasure = ''] = await requestErasure(house, house.people[by].person, {
        ...{ session, streams: ['keystrokes'], ...REASON },
      });
      return erasure;
    },
    decide: (by, erasure, verdict = 'approved') => decideErasure(house, house.people[by].person, { erasure, verdict }),
    [Symbol.asyncDispose]: async () => {
      await recorder[Symbol.asyncDispose]();
      await keyFiles[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
      await house[Symbol.asyncDispose]();
    },
  };
}

const keysOf = async ({ directory }: Archive): Promise<string[]> => (await readdir(join(directory, 'keys'))).sort();

/** SHA-256 of the wrapped key of the screen as it lies at its place. */
const screenKey = async ({ directory, session }: Archive): Promise<string> =>
  sha256(await readFile(join(directory, 'keys', `${session}.screen.age`))).toString('hex');

/** How many leaves of the log are of this type. */
async function toldOf(directory: string, type: string): Promise<number> {
  let told = 0;
  const visit = ({ bytes }: { readonly bytes: Uint8Array }): void => {
    if (Buffer.from(bytes).includes(`"type":"${type}"`)) told += 1;
  };
  expect(await readLog({ directory: join(directory, 'log'), files: nodeFiles, visit })).toMatchObject({
    condition: 'sound',
  });
  return told;
}

describe('an erasure', () => {
  test('is asked for by auditors and security officers alone, of what is sealed, and not of their own work', async () => {
    await using one = await archive();
    for (const name of ['aoki', 'tanaka', 'yamada'] as const) {
      await expect(one.ask(name)).rejects.toMatchObject({ code: 'not_permitted' });
    }
    const { house } = one;
    const open = await house.session('chen');
    const streams = ['screen'] as const;
    await expect(
      requestErasure(house, house.people.suzuki.person, { session: open, streams, ...REASON }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      requestErasure(house, house.people.suzuki.person, { session: one.session, streams, ...REASON, basis: ' ' }),
    ).rejects.toMatchObject({ code: 'request_invalid' });
    const own = { ...house.people.aoki.person, roles: ['auditor' as const] };
    await expect(requestErasure(house, own, { session: one.session, streams, ...REASON })).rejects.toMatchObject({
      code: 'own_request',
    });
    await lockPerson(house, house.people.kimura, { personId: house.idOf('suzuki'), reason: 'left' });
    await expect(one.ask('suzuki')).rejects.toMatchObject({ code: 'person_locked' });
  });

  test('takes two people, and that one tried to be both is an event', async () => {
    await using one = await archive();
    const erasure = await one.ask('suzuki');
    await expect(one.decide('suzuki', erasure)).rejects.toMatchObject({ code: 'own_request' });
    await expect(one.decide('tanaka', erasure)).rejects.toMatchObject({ code: 'not_permitted' });
    expect(await one.perform()).toBe(0);
    expect(await keysOf(one)).toHaveLength(2);
    expect((await one.house.events('recording.erasure_refused')).map(({ body }) => body['code'])).toEqual([
      'own_request',
    ]);
  });

  test('by one person is refused by the database itself', async () => {
    await using one = await archive();
    const { house, session } = one;
    const suzuki = house.idOf('suzuki');
    const statement = house.database.inTransaction(async (tx) => {
      const asked = { session, stream: 'screen', ...REASON, by: suzuki } as const;
      const erasure = await insertErasure(tx, house.clock, asked);
      await insertErasureDecision(tx, house.clock, { erasure, verdict: 'approved', by: suzuki });
    });
    await expect(statement).rejects.toMatchObject({ constraint: 'erasures_two_people' });
    await expect(execute(house.database, sql(z.never())`DELETE FROM legal_holds`)).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('that was rejected or decided once stays so', async () => {
    await using one = await archive();
    const erasure = await one.ask('suzuki');
    await one.decide('suzuki', erasure, 'rejected'); // One may take one's own wish back.
    await expect(one.decide('kimura', erasure)).rejects.toMatchObject({ code: 'transition_forbidden' });
    expect(await one.perform()).toBe(0);
  });

  test('waits while a legal hold stands, whenever that was placed', async () => {
    await using one = await archive();
    const { house, session } = one;
    const { person } = house.people.kimura;
    const erasure = await one.ask('suzuki');
    await placeHold(house, person, { session, reason: 'inquiry 7' });
    await expect(one.decide('kimura', erasure)).rejects.toMatchObject({ code: 'on_legal_hold' });
    await expect(one.ask('suzuki')).rejects.toMatchObject({ code: 'on_legal_hold' });
    expect(await releaseHolds(house, person, { session, reason: 'inquiry closed' })).toBe(1);
    await expect(releaseHolds(house, person, { session, reason: 'again' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await one.decide('kimura', erasure);
    await placeHold(house, person, { session, reason: 'inquiry 8' });
    expect(await one.perform()).toBe(0);
    expect(await keysOf(one)).toHaveLength(2);
    await releaseHolds(house, person, { session, reason: 'inquiry closed' });
    expect(await one.perform()).toBe(1);
    expect(await keysOf(one)).toHaveLength(1);
  });

  test('destroys the key of that stream, and outsiders are told; what is left still proves existence and order', async () => {
    await using one = await archive();
    const { house, recordings, session } = one;
    await one.decide('kimura', await one.ask('suzuki'));
    expect(await one.perform()).toBe(1);
    expect(await one.perform()).toBe(0);
    expect(await keysOf(one)).toEqual([`${session}.screen.age`]);
    const reader = openRecordingReader(recordings);
    await expect(collect(reader.frames(session, { keystrokes: true }))).rejects.toMatchObject({
      code: 'recording_erased',
    });
    expect((await collect(reader.frames(session))).map(({ type }) => type)).toEqual(['h', 'o']);
    const report = await verifySession({ ...recordings, sessionId: session });
    expect(report).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
      findings: expect.arrayContaining([
        expect.objectContaining({ code: 'shredded', detail: expect.stringContaining('contract 4.2') }),
      ]),
    });
    expect((await house.events('recording.erased')).map(({ body }) => body['stream'])).toEqual(['keystrokes']);
    expect(one.forgotten).toEqual([one.session]);
    expect(await listErasures(house.database)).toMatchObject([{ verdict: 'approved', erasedAt: expect.any(Date) }]);
  });

  test('whose leaf was written before a crash is carried out without another leaf', async () => {
    await using one = await archive();
    const { directory, house, recordings, session } = one;
    await one.decide('kimura', await one.ask('suzuki'));
    const failing = new KeyFiles(directory);
    failing.remove = () => Promise.reject(new Error('the machine stopped'));
    await expect(one.perform(failing)).rejects.toThrow('the machine stopped');
    expect(await house.events('recording.erased')).toEqual([]);
    expect(await toldOf(directory, 'key.shred')).toBe(1);
    expect(await one.perform()).toBe(1);
    expect(await toldOf(directory, 'key.shred')).toBe(1);
    expect(await verifySession({ ...recordings, sessionId: session })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
    });
    expect(await keysOf(one)).toHaveLength(1);
  });
});

describe('a key wrapped anew', () => {
  /** What the command leaves for the gateway: a file beside the old one, and the order. */
  const order = async (one: Archive, recipient: string): Promise<string> => {
    const { directory, house, recordings, session } = one;
    await using files = new KeyFiles(directory);
    const old = await files.read(session, 'screen');
    const unwrapped = await recordings.keys.unwrap(session, 'screen');
    if (old === undefined || 'missing' in unwrapped) throw new Error('there is a key');
    const wrap = await wrapKey(unwrapped.key, [recipient]);
    const [from, to] = [sha256(old), sha256(wrap)];
    await files.stage(session, 'screen', { wrap, digest: to.toString('hex') });
    const by = house.idOf('suzuki');
    await house.database.inTransaction((tx) =>
      insertRewrap(tx, house.clock, { session, stream: 'screen', from, to, by }),
    );
    return to.toString('hex');
  };

  test('opens for the recipients of now and not for those of then, and the log says so', async () => {
    await using one = await archive();
    const { directory, house, recordings, session } = one;
    const auditor = await createIdentity();
    const to = await order(one, auditor.recipient);
    expect(await one.perform()).toBe(1);
    expect(await keysOf(one)).toHaveLength(2);
    await expect(collect(openRecordingReader(recordings).frames(session))).rejects.toMatchObject({
      code: 'recording_locked',
    });
    const keys = createKeyRing(new KeyFiles(directory), [auditor.identity]);
    expect(await collect(openRecordingReader({ ...recordings, keys }).frames(session))).toHaveLength(2);
    expect(await verifySession({ ...recordings, keys, sessionId: session })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
    });
    expect((await house.events('recording.rewrapped')).map(({ body }) => body['to'])).toEqual([to]);
  });

  test('is not put in its place while the witnesses do not answer, and erasures do not wait for it', async () => {
    await using one = await archive();
    const { leafLog } = one;
    const before = await screenKey(one);
    await order(one, (await createIdentity()).recipient);
    const erasure = await one.ask('suzuki');
    await one.decide('kimura', erasure);
    const covered = (): Promise<void> => Promise.reject(new GatewayError('witness_unreachable'));
    expect(await one.perform(undefined, { append: (leaf) => leafLog.append(leaf), covered })).toBe(1);
    expect(await screenKey(one)).toBe(before);
    expect(await keysOf(one)).not.toContain(`${one.session}.keystrokes.age`);
    expect(await one.perform()).toBe(1);
    expect(await screenKey(one)).not.toBe(before);
    expect(await toldOf(one.directory, 'key.rotate')).toBe(1);
  });

  test('is right in every moment of its exchange, and another file in its place never', async () => {
    await using one = await archive();
    const { directory, recordings, session, leafLog } = one;
    const path = join(directory, 'keys', `${session}.screen.age`);
    await order(one, (await createIdentity()).recipient);
    const seen: string[] = [];
    const look = async (): Promise<void> => {
      seen.push((await verifySession({ ...recordings, sessionId: session })).verdict);
    };
    const append: KeyLog['append'] = async (leaf) => {
      await look();
      const appended = await leafLog.append(leaf);
      await look();
      return appended;
    };
    const covered = async (index: number): Promise<void> => {
      await leafLog.covered(index);
      await look();
      // What somebody puts there meanwhile is not what the log names: that the right one waits excuses nothing.
      const right = await readFile(path);
      await writeFile(path, 'swapped');
      await look();
      await writeFile(path, right);
    };
    await one.perform(undefined, { append, covered });
    expect(seen).toEqual(['VERIFIED-UNWITNESSED', 'VERIFIED-UNWITNESSED', 'VERIFIED-UNWITNESSED', 'TAMPERED']);
  });

  test('is of no use once somebody else was quicker or the key was erased', async () => {
    await using one = await archive();
    const [first, second] = [await createIdentity(), await createIdentity()];
    await order(one, first.recipient);
    await order(one, second.recipient);
    expect(await one.perform()).toBe(2);
    expect(await one.house.events('recording.rewrapped')).toHaveLength(1);
    expect(await keysOf(one)).toHaveLength(2);
  });
});
