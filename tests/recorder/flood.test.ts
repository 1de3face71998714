/** Floods go past the write-ahead log: several chunks are on their way at once, and what is acknowledged is in order. */
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { verifySession } from '../../recorder/index.ts';
import { copyInto, FloodBuffers } from '../../recorder/chunks/flood-buffers.ts';
import { openChunk, parseChunk } from '../../recorder/chunks/open.ts';
import { SealThread } from '../../recorder/chunks/seal-thread.ts';
import { FRAME_HEAD_BYTES, writeFrameHead } from '../../recorder/frames.ts';
import { hashOf } from '../../recorder/objects/store.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { MemoryDisk } from './support/memory-disk.ts';
import { framesOf, newMeta, rootOf, SMALL, start, textOf } from './support/recordings.ts';

const text = (bytes: number, seed: number): string =>
  Array.from({ length: bytes }, (_, at) => String.fromCharCode(97 + ((at * 7 + seed) % 26))).join('');

describe('a flood', () => {
  test('with small frames before, between and behind it is one recording', async () => {
    await using directory = await tempDirectory();
    await using recorder = await start(directory.path);
    const meta = newMeta();
    const writer = await recorder.openRecording(meta);
    const outputs = ['a', text(300_000, 1), 'bc', text(41_000, 2), text(1_000_001, 3), 'd', 'e', text(50_000, 4), 'f'];
    for (const output of outputs) await writer.append('o', Buffer.from(output));
    await Promise.all(outputs.map((output) => writer.append('o', Buffer.from(output))));
    const sealed = await writer.close();
    expect(await verifySession({ directory: rootOf(directory.path), sessionId: meta.sessionId })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
      bytes: sealed.bytes,
    });
    expect(textOf(await framesOf(directory.path, meta.sessionId), 'o')).toBe(outputs.join('').repeat(2));
  });

  test('of both streams at once keeps each in its own, and one order over both', async () => {
    await using directory = await tempDirectory();
    await using recorder = await start(directory.path);
    const meta = newMeta();
    const writer = await recorder.openRecording(meta);
    const given = Array.from(
      { length: 60 },
      (_, at) => [at % 3 === 0 ? 'i' : 'o', text(100 * at * (at % 7), at)] as const,
    );
    await Promise.all(given.map(([type, words]) => writer.append(type, Buffer.from(words))));
    const sealed = await writer.close();
    expect(sealed.chunks.keystrokes).toBeGreaterThan(0);
    const frames = await framesOf(directory.path, meta.sessionId);
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, at) => at));
    const pieces = given.flatMap(([type, words]) =>
      Array.from({ length: Math.max(1, Math.ceil(words.length / SMALL.frameBytesMax)) }, (_, at) => [
        type,
        words.slice(at * SMALL.frameBytesMax, (at + 1) * SMALL.frameBytesMax),
      ]),
    );
    expect(frames.slice(1).map(({ type, payload }) => [type, payload.toString()])).toEqual(pieces);
  });

  test('of two sessions at once keeps them apart', async () => {
    await using directory = await tempDirectory();
    await using recorder = await start(directory.path);
    const metas = [newMeta(), newMeta()];
    await Promise.all(
      metas.map(async (meta, seed) => {
        const writer = await recorder.openRecording(meta);
        const pieces = Array.from({ length: 20 }, (_, at) => text(70_000 + at, seed));
        await Promise.all(pieces.map((piece) => writer.append('o', Buffer.from(piece))));
        await writer.close();
        expect(textOf(await framesOf(directory.path, meta.sessionId), 'o')).toBe(pieces.join(''));
      }),
    );
  });

  test('is durable when it is acknowledged, in its order, whichever chunk is stored first', async () => {
    const disk = new MemoryDisk();
    const recorder = await start('/', { files: disk });
    const meta = newMeta();
    const writer = await recorder.openRecording(meta);
    const pieces = Array.from({ length: 6 }, (_, at) => text(SMALL.recorderDirectBytesMin, at));
    const acknowledged: number[] = [];
    for (const [at, piece] of pieces.entries()) {
      const stored = writer.append('o', Buffer.from(piece)).then(async () => {
        acknowledged.push(at);
        const after = disk.afterPowerCut({ torn: 0, namesKept: false });
        await using _again = await start('/', { files: after });
        const kept = textOf(await framesOf('/', meta.sessionId, after), 'o');
        expect(kept.startsWith(pieces.slice(0, at + 1).join(''))).toBe(true);
      });
      if (at % 2 === 1) await stored;
    }
    await writer.close();
    expect(acknowledged).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('does not hold up the echo of another session while its chunk waits for the disk', async () => {
    const disk = new MemoryDisk();
    await using recorder = await start('/', { files: disk });
    const [flooding, typing] = [await recorder.openRecording(newMeta()), await recorder.openRecording(newMeta())];
    const gate = new AbortController();
    const opened = once(gate.signal, 'abort');
    disk.stall = (call, path) => (call === 'datasync' && path.includes('/objects/') ? opened : undefined);
    let isStored = false;
    const flood = flooding.append('o', Buffer.alloc(SMALL.recorderDirectBytesMin, 'x')).then(() => {
      isStored = true;
    });
    for (let key = 0; key < 50; key += 1) await typing.append('i', Buffer.from('k'));
    expect(isStored).toBe(false);
    gate.abort();
    await flood;
    expect(isStored).toBe(true);
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
  expect(textOf(await framesOf('/', meta.sessionId, disk), 'o')).toBe(
    ['a', 'b', 'c', 'd', 'e'].map((fill) => fill.repeat(memory.length)).join('') + 'f'.repeat(5_000),
  );
});

test('nothing of a flood is sealed over before it was read, and its last page ends in zeros', async () => {
  const buffers = new FloodBuffers({ ...LIMITS, recorderFloodBuffersMax: 2 });
  await using thread = new SealThread(buffers.memory);
  const key = Buffer.alloc(32, 7);
  for (const bytes of [1, 3_900, 4_096, 32 * 1024, 300_000, LIMITS.frameBytesMax]) {
    const buffer = buffers.take();
    const payload = Buffer.from(text(bytes, bytes));
    writeFrameHead(buffer.frames, 0, { type: 'o', seq: 3, micros: 5n }, bytes);
    copyInto(buffer.frames, payload, FRAME_HEAD_BYTES);
    const of = {
      stream: 'screen',
      seq: 0,
      first: 3,
      frames: 1,
      bytes: bytes + FRAME_HEAD_BYTES,
      t0: 5,
      t1: 5,
    } as const;
    const sealed = await thread.sealFlood({ contents: { ...of, sid: newMeta().sessionId }, key, buffer });
    const object = Buffer.concat(sealed.parts);
    expect(hashOf(object)).toBe(sealed.id);
    expect(sealed.pages.length % 4096).toBe(0);
    expect(
      Buffer.from(sealed.pages)
        .subarray(object.length)
        .every((byte) => byte === 0),
    ).toBe(true);
    const [frame] = await openChunk(parseChunk(object), key);
    expect(frame?.payload.equals(payload)).toBe(true);
    buffers.give(buffer);
  }
});

test('a sealing thread that is gone refuses what comes: nothing unsealed is stored', async () => {
  const thread = new SealThread();
  const contents = {
    sid: newMeta().sessionId,
    stream: 'screen',
    seq: 0,
    first: 0,
    frames: 1,
    bytes: 10,
    t0: 0,
    t1: 0,
  } as const;
  const ask = () => thread.seal({ contents, key: Buffer.alloc(32), memory: new ArrayBuffer(10), level: 1 });
  expect((await ask()).id).toMatch(/^[0-9a-f]{64}$/);
  const refused = expect(ask()).rejects.toThrow('stopped');
  await thread[Symbol.asyncDispose]();
  await refused;
  await expect(ask()).rejects.toThrow('stopped');
});
