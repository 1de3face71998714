/** A disk that is slow for a while: what waits is bounded and in order, and nothing is dropped. */
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { verifySession } from '../../recorder/index.ts';
import { waitFor } from '../support/wait-for.ts';
import { MemoryDisk } from './support/memory-disk.ts';
import { framesOf, newMeta, rootOf, SMALL, start, textOf } from './support/recordings.ts';

/** Lets calls to the disk through once it is told to. */
function gateOn(disk: MemoryDisk, isHeld: (call: string, path: string) => boolean): { open: () => void; held: number } {
  const gate = new AbortController();
  const opened = once(gate.signal, 'abort');
  const state = { open: () => gate.abort(), held: 0 };
  disk.stall = (call, path) => {
    if (gate.signal.aborted || !isHeld(call, path)) return undefined;
    state.held += 1;
    return opened;
  };
  return state;
}

describe('two hundred sessions on a disk whose flushes stall', () => {
  test('wait with no more in memory than the bounds, and every frame is there in its order afterwards', async () => {
    const disk = new MemoryDisk();
    const bound = 64 * 1024;
    const limits = { ...SMALL, recorderSessionPendingBytesMax: 2_000, recorderPendingBytesMax: bound };
    await using recorder = await start('/', { files: disk, limits });
    const metas = Array.from({ length: 200 }, () => newMeta());
    const writers = await Promise.all(metas.map((meta) => recorder.openRecording(meta)));
    const gate = gateOn(disk, (call, path) => call === 'datasync' && path.endsWith('.wal'));
    let acknowledged = 0;
    const words = Array.from({ length: 10 }, (_, at) => `${at}`.padEnd(256, '.'));
    const all = writers.flatMap((writer) =>
      words.map((word) => writer.append('o', Buffer.from(word)).then(() => (acknowledged += 1))),
    );
    const before = disk.calls.length;
    for (let turn = 0; turn < 2_000 && gate.held === 0; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    expect(acknowledged).toBe(0);
    gate.open();
    await Promise.all(all);
    const written = disk.calls
      .slice(before)
      .filter(({ call, path }) => call === 'write' && path.endsWith('.wal'))
      .map(({ bytes }) => bytes);
    expect(Math.max(...written.filter((bytes) => bytes !== SMALL.walSegmentBytes))).toBeLessThan(bound + 20_000);
    await Promise.all(writers.map((writer) => writer.close()));
    for (const { sessionId } of metas.filter((_, at) => at % 20 === 0)) {
      expect(textOf(await framesOf('/', sessionId, disk), 'o')).toBe(words.join(''));
    }
  });
});

test('chunks that cannot be stored for a while hold back what comes, not what is acknowledged, and none is dropped', async () => {
  const disk = new MemoryDisk();
  const limits = { ...SMALL, chunkBytes: 1_000, recorderChunkBytesMax: 4_000 };
  await using recorder = await start('/', { files: disk, limits });
  const meta = newMeta();
  const writer = await recorder.openRecording(meta);
  const gate = gateOn(disk, (call, path) => call === 'datasync' && path.includes('/objects/'));
  let acknowledged = 0;
  const words = Array.from({ length: 40 }, (_, at) => `${at} `.padEnd(500, '.'));
  const appending = (async () => {
    for (const word of words) {
      await writer.append('o', Buffer.from(word));
      acknowledged += 1;
    }
  })();
  for (let turn = 0; turn < 100_000 && gate.held < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(acknowledged).toBeGreaterThanOrEqual(8);
  expect(acknowledged).toBeLessThan(14);
  gate.open();
  await appending;
  await writer.close();
  expect(textOf(await framesOf('/', meta.sessionId, disk), 'o')).toBe(words.join(''));
});

test('a quiet session is sealed in chunks when its first frame is old enough, and its segments go', async () => {
  const disk = new MemoryDisk();
  await using recorder = await start('/', { files: disk, limits: { ...SMALL, chunkMillis: 1 } });
  const meta = newMeta();
  const writer = await recorder.openRecording(meta);
  const stored = (): number => disk.paths().filter((path) => /objects\/..\/[0-9a-f]{64}$/.test(path)).length;
  await writer.append('o', Buffer.from('one'));
  await waitFor('a chunk', () => Promise.resolve(stored() >= 1 || undefined));
  await writer.append('i', Buffer.from('two'));
  await waitFor('the other chunk', () => Promise.resolve(stored() >= 2 || undefined));
  const { chunks } = await writer.close();
  expect(chunks.screen).toBeGreaterThanOrEqual(1);
  expect(chunks.keystrokes).toBe(1);
});

test('a bit flipped in any byte of a small sealed session is found', async () => {
  const disk = new MemoryDisk();
  const recorder = await start('/', { files: disk });
  const meta = newMeta();
  const writer = await recorder.openRecording(meta);
  await writer.append('o', Buffer.from('shown'));
  await writer.append('i', Buffer.from('typed'));
  await writer.close(Buffer.from('0'));
  await recorder[Symbol.asyncDispose]();
  const directory = rootOf('/');
  const { sessionId } = meta;
  const verdict = async (): Promise<string> => (await verifySession({ directory, sessionId, files: disk })).verdict;
  expect(await verdict()).toBe('VERIFIED-UNWITNESSED');
  for (const path of disk.paths().filter((name) => name.includes('/objects/'))) {
    const whole = disk.get(path)!;
    for (let bit = 0; bit < whole.length * 8; bit += 9) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7));
      disk.put(path, bytes);
      if ((await verdict()) !== 'TAMPERED') throw new Error(`bit ${bit} of ${path}`);
    }
    disk.put(path, whole);
  }
  expect(await verdict()).toBe('VERIFIED-UNWITNESSED');
});
