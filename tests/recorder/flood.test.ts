/** Floods go past the log and the page cache: what is written is the recording, to the byte. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HashThread } from '../../recorder/hash-thread.ts';
import { createRecordingParser } from '../../recorder/frames.ts';
import { readRecording, recordingPath, verifySession } from '../../recorder/index.ts';
import { BLOCK_BYTES, SharedBlocks } from '../../recorder/shared-blocks.ts';
import { MemoryDisk } from './support/memory-disk.ts';
import { collect, encodeRecording, newMeta, rootOf, SMALL, start, textOf } from './support/recordings.ts';

let home = '';
beforeAll(async () => {
  // A file system on a disk: one in memory knows no way past the page cache.
  home = await mkdtemp('/var/tmp/sekisho-flood-');
});
afterAll(() => rm(home, { recursive: true, force: true }));

const text = (bytes: number, seed: number): string =>
  Array.from({ length: bytes }, (_, at) => String.fromCharCode(97 + ((at * 7 + seed) % 26))).join('');

describe('a flood on a disk', () => {
  test('with small frames before, between and behind it is one chain, and the file ends with the recording', async () => {
    const recorder = await start(home);
    const meta = newMeta();
    const writer = await recorder.openRecording(meta);
    const outputs = ['a', text(300_000, 1), 'bc', text(41_000, 2), text(1_000_001, 3), 'd', 'e', text(50_000, 4), 'f'];
    for (const output of outputs) await writer.append('o', Buffer.from(output));
    await Promise.all(outputs.map((output) => writer.append('o', Buffer.from(output))));
    const sealed = await writer.close();
    await recorder[Symbol.asyncDispose]();
    const directory = rootOf(home);
    expect(await verifySession({ directory, sessionId: meta.sessionId })).toMatchObject({ verdict: 'VERIFIED' });
    const path = recordingPath(directory, meta.sessionId);
    const { size, mode } = await stat(path);
    expect([size, mode & 0o777]).toEqual([sealed.bytes, 0o400]);
    expect(textOf(await collect(readRecording(path)), 'o')).toBe(outputs.join('').repeat(2));
  });

  test('is on the disk when it is acknowledged, while the session goes on', async () => {
    await using recorder = await start(home);
    const meta = newMeta();
    const writer = await recorder.openRecording(meta);
    const flood = text(500_000, 5);
    await writer.append('o', Buffer.from(flood));
    const bytes = await readFile(recordingPath(rootOf(home), meta.sessionId));
    const parser = createRecordingParser(meta.sessionId);
    // Behind the last frame the page is filled with zeros.
    expect(() => parser.push(bytes)).toThrow('hash chain');
    expect(bytes.subarray(parser.offset).every((byte) => byte === 0)).toBe(true);
    expect(bytes.length - parser.offset).toBeLessThan(4096);
    const frames = createRecordingParser(meta.sessionId).push(bytes.subarray(0, parser.offset));
    expect(textOf(frames, 'o')).toBe(flood);
  });

  test('of two sessions at once keeps them apart', async () => {
    await using recorder = await start(home);
    const metas = [newMeta(), newMeta()];
    await Promise.all(
      metas.map(async ({ sessionId }, seed) => {
        const writer = await recorder.openRecording(newMeta({ sessionId }));
        const pieces = Array.from({ length: 20 }, (_, at) => text(70_000 + at, seed));
        await Promise.all(pieces.map((piece) => writer.append('o', Buffer.from(piece))));
        await writer.close();
        const frames = await collect(readRecording(recordingPath(rootOf(home), sessionId)));
        expect(textOf(frames, 'o')).toBe(pieces.join(''));
      }),
    );
  });
});

test('the memory of a payload may be used again once it is acknowledged', async () => {
  const disk = new MemoryDisk();
  await using recorder = await start('/', { files: disk, durability: 'buffered' });
  const meta = newMeta();
  const writer = await recorder.openRecording(meta);
  const memory = Buffer.alloc(SMALL.frameBytesMax);
  for (const fill of ['a', 'b', 'c', 'd', 'e']) await writer.append('o', memory.fill(fill));
  await writer.append('o', memory.subarray(0, 5_000).fill('f'));
  memory.fill('!');
  await writer.close();
  const parser = createRecordingParser(meta.sessionId);
  const frames = parser.push(disk.get(recordingPath(rootOf('/'), meta.sessionId)) ?? Buffer.alloc(0));
  expect(textOf(frames, 'o')).toBe(
    ['a', 'b', 'c', 'd', 'e'].map((fill) => fill.repeat(memory.length)).join('') + 'f'.repeat(5_000),
  );
});

test('a hashing thread that is gone ends the recording: nothing without its hash is acknowledged', async () => {
  const blocks = new SharedBlocks();
  const thread = new HashThread(blocks.memory);
  const place = blocks.take();
  const frame = { hashed: [place, 10], hash: [place + 10, 32] };
  expect((await thread.hash(Buffer.alloc(32), [frame])).equals(blocks.at(place + 10, 32))).toBe(true);
  const refused = expect(thread.hash(Buffer.alloc(32), [frame])).rejects.toThrow('stopped');
  await thread[Symbol.asyncDispose]();
  await refused;
  await expect(thread.hash(Buffer.alloc(32), [frame])).rejects.toThrow('stopped');
});

test('shared memory is given out with nothing in it', () => {
  const blocks = new SharedBlocks();
  const place = blocks.take();
  blocks.at(place, BLOCK_BYTES).fill('secret');
  blocks.give(place);
  expect(blocks.at(blocks.take(), BLOCK_BYTES).every((byte) => byte === 0)).toBe(true);
});

test('a reader that refused odd bytes goes on with the right ones', () => {
  const meta = newMeta();
  const bytes = encodeRecording(
    [
      ['o', 1n, 'one'],
      ['o', 2n, 'two'],
    ],
    meta,
  );
  const parser = createRecordingParser(meta.sessionId);
  const frames = parser.push(bytes.subarray(0, bytes.length - 200));
  expect(() => parser.push(Buffer.alloc(4096))).toThrow();
  frames.push(...parser.push(bytes.subarray(parser.offset)));
  expect(parser.finish().sealed).toBe(true);
  expect(textOf(frames, 'o')).toBe('onetwo');
});
