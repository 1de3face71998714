import { chmod, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createKeyRing,
  fileObjects,
  findSealedRecordings,
  KeyFiles,
  openRecordingReader,
  type SealedRecording,
  type StreamName,
  STREAMS,
  verifySession,
} from '../../recorder/index.ts';
import { keyFilePath } from '../../recorder/keys/key-files.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';
import { flipByte } from '../support/flip-byte.ts';
import { objectPathsOf } from '../support/recordings.ts';
import { MemoryDisk } from './support/memory-disk.ts';
import { framesOf, newMeta, reader, record, rootOf, start, textOf } from './support/recordings.ts';

const meta = newMeta({ account: 'a', term: '' });
const otherMeta = newMeta();
let home: TempDirectory;
let directory: string;
let sealed: SealedRecording;
let openId: string;

beforeAll(async () => {
  home = await tempDirectory();
  directory = rootOf(home.path);
  await using recorder = await start(home.path);
  const writer = await recorder.openRecording(meta);
  await writer.append('o', Buffer.from('shown'));
  await writer.append('i', Buffer.from('typed'));
  await writer.append('o', Buffer.from(' and shown'));
  sealed = await writer.close(Buffer.from('0'));
  await record(recorder, ['other'], otherMeta);
  const open = await recorder.openRecording(newMeta());
  openId = open.sessionId;
  await cp(directory, join(home.path, 'while-open'), { recursive: true });
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

const ringOf = (root: string, identities: readonly string[] = [reader.identity]) =>
  createKeyRing(new KeyFiles(root), identities);

/** The verdict after the recorder's directory was changed, by somebody with the keys and by somebody without. */
async function verifyChanged(change: (root: string) => Promise<void>, sessionId: string = meta.sessionId) {
  await using changed = await tempDirectory();
  const root = join(changed.path, 'recorder');
  await cp(directory, root, { recursive: true });
  await change(root);
  const outside = await verifySession({ directory: root, sessionId });
  const inside = await verifySession({ directory: root, sessionId, keys: ringOf(root) });
  expect(inside.verdict).toBe(outside.verdict);
  return outside;
}

test('what was sealed is verified, by those who can read it and by those who cannot', async () => {
  const { sessionId } = meta;
  for (const options of [{}, { keys: ringOf(directory) }, { keys: ringOf(directory, []) }]) {
    expect(await verifySession({ directory, sessionId, ...options })).toMatchObject({
      ...{ verdict: 'VERIFIED-UNWITNESSED', sessionId, frames: 5, bytes: sealed.bytes },
      findings: [{ code: 'no_witness_asked' }],
    });
  }
});

test('every frame comes back in order, with what was typed only when it is asked for', async () => {
  const frames = await framesOf(home.path, meta.sessionId);
  expect(frames.map(({ type, seq }) => `${type}${seq}`)).toEqual(['h0', 'o1', 'i2', 'o3', 'x4']);
  expect(textOf(frames, 'o')).toBe('shown and shown');
  const keys = ringOf(directory);
  const recordings = openRecordingReader({ directory, objects: fileObjects(directory), keys });
  const shown: string[] = [];
  for await (const { type } of recordings.frames(meta.sessionId)) shown.push(type);
  expect(shown).toEqual(['h', 'o', 'o', 'x']);
});

describe('nothing is read', () => {
  const readWith = async (options: { root?: string; identities?: readonly string[]; sessionId?: string }) => {
    const { root = directory, identities = [reader.identity], sessionId = meta.sessionId } = options;
    const keys = ringOf(root, identities);
    const recordings = openRecordingReader({ directory: root, objects: fileObjects(root), keys });
    for await (const { type } of recordings.frames(sessionId, { keystrokes: true })) expect(type).not.toBe('');
  };

  test('without the identity of a recipient', async () => {
    await expect(readWith({ identities: [] })).rejects.toMatchObject({ code: 'recording_locked' });
  });

  test('of a session that is not known, not sealed, or no session at all', async () => {
    await expect(readWith({ sessionId: newMeta().sessionId })).rejects.toMatchObject({ code: 'not_found' });
    const root = join(home.path, 'while-open');
    await expect(readWith({ root, sessionId: openId })).rejects.toMatchObject({ code: 'not_found' });
    await expect(readWith({ sessionId: '../../etc/passwd' })).rejects.toMatchObject({ code: 'request_invalid' });
  });

  test.each(STREAMS.map((stream) => [stream]))("with another session's key of the %s", async (stream) => {
    await using changed = await tempDirectory();
    const root = join(changed.path, 'recorder');
    await cp(directory, root, { recursive: true });
    await cp(keyFilePath(root, otherMeta.sessionId, stream), keyFilePath(root, meta.sessionId, stream));
    await expect(readWith({ root })).rejects.toMatchObject({ code: 'recording_corrupt' });
  });

  test('behind an object that is missing or was changed', async () => {
    for (const change of [(path: string) => rm(path, { force: true }), (path: string) => flipByte(path, 20)]) {
      await using changed = await tempDirectory();
      const root = join(changed.path, 'recorder');
      await cp(directory, root, { recursive: true });
      const [first = ''] = await objectPathsOf(root, meta.sessionId);
      await change(first);
      await expect(readWith({ root })).rejects.toMatchObject({ code: 'recording_corrupt' });
    }
  });
});

test('any bit of any object that is turned is found, and in which leaf', async () => {
  const disk = await MemoryDisk.of(directory);
  const chunks = await openRecordingReader({
    ...{ directory, objects: fileObjects(directory), keys: ringOf(directory) },
  }).chunks(meta.sessionId);
  expect(chunks.map(({ stream }) => stream).sort()).toEqual(['keystrokes', 'screen']);
  for (const { object } of chunks) {
    const path = join(directory, 'objects', object.slice(0, 2), object);
    const bytes = await readFile(path);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      disk.put(path, changed);
      const report = await verifySession({ directory, sessionId: meta.sessionId, files: disk });
      const [found] = report.findings;
      if (report.verdict !== 'TAMPERED' || found?.where !== `objects/${object}`)
        throw new Error(`bit ${bit}: ${JSON.stringify(report)}`);
    }
    disk.put(path, bytes);
  }
}, 60_000);

const allFiles = async (root: string): Promise<string[]> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

describe('TAMPERED is said', () => {
  test('when an object is swapped for that of another session', async () => {
    const report = await verifyChanged(async (root) => {
      const [mine = ''] = await objectPathsOf(root, meta.sessionId);
      const [theirs = ''] = await objectPathsOf(root, otherMeta.sessionId);
      await chmod(mine, 0o600);
      await writeFile(mine, await readFile(theirs));
    });
    expect(report).toMatchObject({ verdict: 'TAMPERED', findings: [{ code: 'object_differs' }, {}] });
  });

  test.each(STREAMS.map((stream) => [stream]))(
    'when the wrapped key of the %s is another',
    async (stream: StreamName) => {
      const report = await verifyChanged((root) =>
        cp(keyFilePath(root, otherMeta.sessionId, stream), keyFilePath(root, meta.sessionId, stream)),
      );
      expect(report).toMatchObject({
        verdict: 'TAMPERED',
        findings: [{ code: 'key_differs', where: `keys/${meta.sessionId}.${stream}.age` }, {}],
      });
    },
  );

  test('when an entry of the log is another', async () => {
    const report = await verifyChanged(async (root) => {
      const files = await allFiles(join(root, 'log'));
      const bundle = files.find((path) => path.includes('entries')) ?? '';
      const bytes = await readFile(bundle);
      await chmod(bundle, 0o600);
      await writeFile(bundle, bytes.toString('latin1').replace('"frames":5', '"frames":6'), 'latin1');
    });
    expect(report).toMatchObject({ verdict: 'TAMPERED' });
  });
});

describe('INCOMPLETE is said', () => {
  test.each([
    [
      'an object',
      async (root: string) => {
        const [first = ''] = await objectPathsOf(root, meta.sessionId);
        await rm(first, { force: true });
      },
      'object_missing',
    ],
    ['a wrapped key', (root: string) => rm(keyFilePath(root, meta.sessionId, 'screen')), 'key_missing'],
    ['the checkpoint', (root: string) => rm(join(root, 'log', 'checkpoint')), 'checkpoint_missing'],
    ['the verifier key', (root: string) => rm(join(root, 'log', 'verifier')), 'file_missing'],
  ])('when %s is missing', async (_name, change, code) => {
    const report = await verifyChanged(change);
    expect(report.verdict).toBe('INCOMPLETE');
    expect(report.findings[0]).toMatchObject({ severity: 'missing', code });
  });

  test('of a session that the log does not know, and of one that goes on', async () => {
    expect(await verifySession({ directory, sessionId: newMeta().sessionId })).toMatchObject({ verdict: 'INCOMPLETE' });
    const report = await verifySession({ directory: join(home.path, 'while-open'), sessionId: openId });
    expect(report).toMatchObject({ verdict: 'INCOMPLETE', findings: [{ code: 'session_open' }, {}] });
  });
});

test('a session id that is none never becomes a path', async () => {
  await expect(verifySession({ directory, sessionId: '../../etc/passwd' })).rejects.toMatchObject({
    code: 'request_invalid',
  });
});

test('what was sealed is found again from the log, and nothing else is', async () => {
  const unknown = newMeta().sessionId;
  const sealedOf = await findSealedRecordings({ directory }, [meta.sessionId, unknown]);
  expect(sealedOf(meta.sessionId)).toEqual(sealed);
  expect(sealedOf(unknown)).toBeUndefined();
});
