import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { chmod, copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFrameWriter, createRecordingParser, TRAILER_BYTES } from '../../recorder/frames.ts';
import { findSealedRecording, recordingPath, type SealedRecording, verifySession } from '../../recorder/index.ts';
import { encodeBundle } from '../../recorder/log/bundles.ts';
import { encodeLeaf, parseLeaf } from '../../recorder/log/leaves.ts';
import { appendLeaf, EMPTY_TREE, hashLeaf, rootOf } from '../../recorder/log/merkle.ts';
import { LOG_ORIGIN, signCheckpoint, verifierLine } from '../../recorder/log/note.ts';
import { readLog } from '../../recorder/log/read-log.ts';
import { nodeFiles } from '../../recorder/files.ts';
import { encodeMeta } from '../../recorder/recording.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';
import { MemoryDisk } from './support/memory-disk.ts';
import { newMeta, record, rootOf as recorderRoot, start } from './support/recordings.ts';

const meta = newMeta({ account: 'a', term: '' });
const otherMeta = newMeta();
let home: TempDirectory;
let directory: string;
let sealed: SealedRecording;
let original: Buffer;
let offsets: number[];
let openId: string;
/** A copy of the directory in memory, where thousands of changes are cheap. */
let disk: MemoryDisk;

beforeAll(async () => {
  home = await tempDirectory();
  directory = recorderRoot(home.path);
  await using recorder = await start(home.path);
  sealed = await record(recorder, ['a', 'b'], meta);
  await record(recorder, ['other'], otherMeta);
  const open = await recorder.openRecording(newMeta());
  openId = open.sessionId;
  original = await readFile(recordingPath(directory, meta.sessionId));
  const frames = createRecordingParser().push(original);
  offsets = [0, ...frames.map(({ offset }) => offset), original.length - TRAILER_BYTES];
  await cp(directory, join(home.path, 'while-open'), { recursive: true });
  disk = await MemoryDisk.of(directory);
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

/** The verdict about other bytes under the same log. */
async function verifyBytes(bytes: Uint8Array) {
  disk.put('/copy.skr', bytes);
  return await verifySession({ directory, sessionId: meta.sessionId, file: '/copy.skr', files: disk });
}

/** The verdict after the recorder's directory was changed. */
async function verifyChanged(change: (root: string) => Promise<void>, sessionId: string = meta.sessionId) {
  await using changed = await tempDirectory();
  const root = join(changed.path, 'changed');
  await cp(directory, root, { recursive: true });
  await change(root);
  return await verifySession({ directory: root, sessionId });
}

async function entriesOf(root: string): Promise<Buffer[]> {
  const entries: Buffer[] = [];
  await readLog({ directory: join(root, 'log'), files: nodeFiles, visit: ({ bytes }) => entries.push(bytes) });
  return entries;
}

const bundle = (root: string, size: number): string => join(root, 'log', 'tile', 'entries', '000.p', String(size));

test('what was sealed is verified, and a copy of it as well', async () => {
  const file = join(home.path, 'copy.skr');
  await writeFile(file, original);
  expect(await verifySession({ directory, sessionId: meta.sessionId, file })).toMatchObject({
    verdict: 'VERIFIED',
    frames: 4,
    bytes: original.length,
    at: null,
  });
  expect(await verifySession({ directory, sessionId: otherMeta.sessionId })).toMatchObject({ verdict: 'VERIFIED' });
});

describe('a changed recording is never verified', () => {
  test('whichever byte is changed, and the place named is the frame that holds it', async () => {
    for (let at = 0; at < original.length; at += 1) {
      const begin = Math.max(...offsets.filter((offset) => offset <= at));
      for (const flip of [1 << (at % 8), 1 + ((at * 89) % 255)]) {
        const bytes = Buffer.from(original);
        bytes[at] = bytes.readUInt8(at) ^ flip;
        const report = await verifyBytes(bytes);
        expect([at, flip, report.verdict]).toEqual([at, flip, 'TAMPERED']);
        expect([at, report.at]).toEqual([at, begin]);
      }
    }
  });

  test('whichever length it is cut to, and the place named is the frame that is cut', async () => {
    for (let length = 0; length < original.length; length += 1) {
      const report = await verifyBytes(original.subarray(0, length));
      const begin = Math.max(...offsets.filter((offset) => offset <= length));
      expect([length, report.verdict, report.at]).toEqual([length, 'TAMPERED', begin]);
    }
  });

  test('with bytes behind its end', async () => {
    const report = await verifyBytes(Buffer.concat([original, Buffer.from([0])]));
    expect(report).toMatchObject({ verdict: 'TAMPERED', at: original.length });
  });

  test('with two frames swapped', async () => {
    const [, , first = 0, second = 0, third = 0] = offsets;
    const swapped = Buffer.concat([
      original.subarray(0, first),
      original.subarray(second, third),
      original.subarray(first, second),
      original.subarray(third),
    ]);
    expect(await verifyBytes(swapped)).toMatchObject({ verdict: 'TAMPERED', at: first });
  });

  test('when it is the recording of another session under this name', async () => {
    const report = await verifyChanged(async (root) => {
      await chmod(recordingPath(root, meta.sessionId), 0o600);
      await copyFile(recordingPath(root, otherMeta.sessionId), recordingPath(root, meta.sessionId));
    });
    expect(report).toMatchObject({ verdict: 'TAMPERED', at: 0, detail: expect.stringContaining('another session') });
  });

  test('when all its hashes were computed anew: the log still holds the old head', async () => {
    const frames = createRecordingParser().push(original);
    const writer = createFrameWriter(meta.sessionId);
    const parts = writer.begin(frames[0]!.micros, encodeMeta(meta));
    for (const { type, micros, payload } of frames.slice(1)) {
      const forged = payload.toString() === 'b' ? Buffer.from('B') : payload;
      parts.push(...writer.add(type as 'o' | 'x', micros, forged));
    }
    parts.push(...writer.end(writer.state.micros));
    const bytes = Buffer.concat(parts);
    expect(bytes.length).toBe(original.length);
    expect(await verifyBytes(bytes)).toMatchObject({ verdict: 'TAMPERED', at: original.length - TRAILER_BYTES });
  });

  test('when its header was written anew and chained: the open leaf holds the hash of the old one', async () => {
    const writer = createFrameWriter(meta.sessionId);
    const forged = Buffer.concat([...writer.begin(1n, encodeMeta({ ...meta, account: 'b' })), ...writer.end(2n)]);
    expect(await verifyBytes(forged)).toMatchObject({ verdict: 'TAMPERED', at: 28 });
  });
});

describe('a changed log verifies nothing', () => {
  test('whichever byte of the entries or of the checkpoint is changed', async () => {
    const changed = await MemoryDisk.of(directory);
    const verify = () => verifySession({ directory, sessionId: meta.sessionId, files: changed });
    const entries = await entriesOf(directory);
    for (const path of [bundle(directory, entries.length), join(directory, 'log', 'checkpoint')]) {
      const bytes = changed.get(path)!;
      for (let at = 0; at < bytes.length; at += 1) {
        const flipped = Buffer.from(bytes);
        flipped[at] = flipped.readUInt8(at) ^ (1 << (at % 8));
        changed.put(path, flipped);
        const { verdict, at: place } = await verify();
        expect([path, at, verdict, place]).toEqual([path, at, 'TAMPERED', null]);
      }
      changed.put(path, bytes);
    }
    expect(await verify()).toMatchObject({ verdict: 'VERIFIED' });
  });

  test('when its closing leaf was rewritten to fit a forged recording', async () => {
    const report = await verifyChanged(async (root) => {
      const entries = await entriesOf(root);
      const leaf = parseLeaf(entries[sealed.closeLeaf]!)!;
      entries[sealed.closeLeaf] = encodeLeaf({ ...leaf, head: 'f'.repeat(64) } as typeof leaf);
      await writeFile(bundle(root, entries.length), encodeBundle(entries));
    });
    expect(report).toMatchObject({ verdict: 'TAMPERED', detail: expect.stringContaining('signed root') });
  });

  test('when it was signed anew by another key, for whoever holds the right verifier key', async () => {
    await using changed = await tempDirectory();
    const root = join(changed.path, 'changed');
    await cp(directory, root, { recursive: true });
    const verifier = (await readFile(join(root, 'log', 'verifier'), 'utf8')).trim();
    const entries = await entriesOf(root);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const tree = entries.map(hashLeaf).reduce(appendLeaf, EMPTY_TREE);
    const note = signCheckpoint({ size: tree.size, root: rootOf(tree) }, LOG_ORIGIN, privateKey);
    await writeFile(join(root, 'log', 'checkpoint'), note);
    await writeFile(join(root, 'log', 'verifier'), `${verifierLine(LOG_ORIGIN, publicKey)}\n`);
    const report = await verifySession({ directory: root, sessionId: meta.sessionId, verifier });
    expect(report).toMatchObject({ verdict: 'TAMPERED', detail: expect.stringContaining('not signed') });
  });

  test('when the log tells of the session twice, or closes another one, even under its own signature', async () => {
    const forge = (change: (entries: Buffer[]) => void) =>
      verifyChanged(async (root) => {
        const entries = await entriesOf(root);
        change(entries);
        const key = createPrivateKey(await readFile(join(root, 'log', 'key.pem')));
        const tree = entries.map(hashLeaf).reduce(appendLeaf, EMPTY_TREE);
        await writeFile(bundle(root, entries.length), encodeBundle(entries));
        const note = signCheckpoint({ size: tree.size, root: rootOf(tree) }, LOG_ORIGIN, key);
        await writeFile(join(root, 'log', 'checkpoint'), note);
      });
    const twice = await forge((entries) => entries.push(entries[sealed.closeLeaf]!));
    expect(twice).toMatchObject({ verdict: 'TAMPERED', detail: expect.stringContaining('twice') });
    const other = await forge((entries) => {
      const leaf = parseLeaf(entries[sealed.closeLeaf]!)!;
      entries[sealed.closeLeaf] = encodeLeaf({ ...leaf, prev: 'f'.repeat(64) } as typeof leaf);
    });
    expect(other).toMatchObject({ verdict: 'TAMPERED', detail: expect.stringContaining('closes another') });
  });
});

describe('what is missing is incomplete, not verified', () => {
  test.each([
    ['the recording', (root: string) => rm(recordingPath(root, meta.sessionId)), /recording is missing/],
    ['the checkpoint', (root: string) => rm(join(root, 'log', 'checkpoint')), /checkpoint/],
    ['the verifier key', (root: string) => rm(join(root, 'log', 'verifier')), /verifier/],
    ['the entries', (root: string) => rm(join(root, 'log', 'tile'), { recursive: true }), /000\.p/],
    ['the whole log', (root: string) => rm(join(root, 'log'), { recursive: true }), /missing/],
  ])('%s', async (_name, change, detail) => {
    expect(await verifyChanged(change)).toMatchObject({ verdict: 'INCOMPLETE', detail: expect.stringMatching(detail) });
  });

  test('a session the log does not know', async () => {
    expect(await verifySession({ directory, sessionId: newMeta().sessionId })).toMatchObject({ verdict: 'INCOMPLETE' });
  });

  test('a session that is still open', async () => {
    const report = await verifySession({ directory: join(home.path, 'while-open'), sessionId: openId });
    expect(report).toMatchObject({ verdict: 'INCOMPLETE', detail: expect.stringContaining('open') });
  });
});

test('a session id that climbs out of the directory is refused', async () => {
  await expect(verifySession({ directory, sessionId: '../../etc/passwd' })).rejects.toMatchObject({
    code: 'request_invalid',
  });
  expect(() => recordingPath(directory, `${meta.sessionId}/..`)).toThrow('UUID');
});

test('what the log says of a sealed session can be found again, and nothing of others', async () => {
  expect(await findSealedRecording({ directory, sessionId: meta.sessionId })).toEqual(sealed);
  expect(await findSealedRecording({ directory, sessionId: newMeta().sessionId })).toBeUndefined();
});
