import { describe, expect, test } from '@jest/globals';
import { findSealedRecordings, type RecordingMeta, verifySession } from '../../recorder/index.ts';
import { isInShare } from '../support/share.ts';
import { MemoryDisk, type PowerCut } from './support/memory-disk.ts';
import { framesOf, newMeta, rootOf, SMALL, start, textOf } from './support/recordings.ts';

const home = '/';
const root = rootOf(home);
const metas = [newMeta(), newMeta()] as const;

/** What the recorder had promised when the power went. */
interface Promised {
  readonly output: Map<RecordingMeta, string>;
  readonly heads: Map<RecordingMeta, string>;
}

const small = ['one ', 'two '];
/** The second word goes straight into the recordings' own files, the third after it into the log again. */
const flood = ['one ', 'flood '.repeat(SMALL.recorderDirectBytesMin / 4), 'two '];

/** Two sessions, one sealed, one left open; notes each promise the moment it is made. */
async function work(disk: MemoryDisk, promised: Promised, words = small): Promise<void> {
  const recorder = await start(home, { files: disk });
  const writers = [];
  for (const meta of metas) {
    writers.push({ meta, writer: await recorder.openRecording(meta) });
    promised.output.set(meta, '');
  }
  for (const word of words) {
    await Promise.all(
      writers.map(async ({ meta, writer }) => {
        await writer.append('o', Buffer.from(word));
        promised.output.set(meta, `${promised.output.get(meta) ?? ''}${word}`);
      }),
    );
  }
  const [first, second] = writers;
  const sealed = await first!.writer.close();
  promised.heads.set(first!.meta, sealed.head.toString('hex'));
  await second!.writer.append('o', Buffer.from('three '));
  promised.output.set(second!.meta, `${promised.output.get(second!.meta) ?? ''}three `);
}

/** Runs the work until the disk is cut at changing call number `cutAt`. */
async function workUntil(cutAt: number, words = small): Promise<{ disk: MemoryDisk; promised: Promised }> {
  const disk = new MemoryDisk();
  const promised: Promised = { output: new Map(), heads: new Map() };
  let calls = 0;
  disk.before = () => {
    if (calls === cutAt) disk.cut();
    calls += 1;
    return undefined;
  };
  await Promise.race([work(disk, promised, words), disk.died]);
  return { disk, promised };
}

/** Starts again on what the disk kept and checks every promise. */
async function checkPromises(
  disk: MemoryDisk,
  promised: Promised,
  { whole = small, before = 'recording' } = {},
): Promise<void> {
  const recorder = await start(home, { files: disk });
  for (const [meta, output] of promised.output) {
    const { sessionId } = meta;
    expect(await verifySession({ directory: root, sessionId, files: disk })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
    });
    const frames = await framesOf(home, sessionId, disk);
    const text = textOf(frames, 'o');
    expect(text.slice(0, output.length)).toBe(output);
    expect(`${whole.join('')}three `.startsWith(text)).toBe(true); // Nothing twice, nothing out of its place.
    // Recovered now, or sealed before the cut and only the answer was lost.
    const sealed = (await findSealedRecordings({ directory: root, files: disk }, [sessionId]))(sessionId);
    const head = promised.heads.get(meta);
    if (head !== undefined) expect(sealed?.head.toString('hex')).toBe(head);
    const isRecovered = recorder.recovered.some((recording) => recording.sessionId === sessionId);
    expect(sealed?.recovered).toBe(isRecovered || (before === 'recovering' && sealed?.recovered));
  }
  await recorder[Symbol.asyncDispose]();
  expect(disk.paths().filter((path) => path.includes('/wal/'))).toEqual([]);
}

/** By turns, for each takes a recovery. */
const cuts: readonly PowerCut[] = [
  { torn: 0, namesKept: false },
  { torn: 0, namesKept: true },
  { torn: 17, namesKept: false },
  { torn: Infinity, namesKept: true },
];

describe('no promise is broken by a power cut', () => {
  test.each([
    ['small writes', small],
    ['a flood between them', flood],
  ])('whichever call to the file system it interrupts, whatever unsynced is lost: %s', async (_name, words) => {
    const { disk: whole } = await workUntil(Infinity, words);
    const end = whole.calls.length;
    let promises = 0;
    for (let cutAt = 0; cutAt <= end; cutAt += 1) {
      if (!isInShare(cutAt, 4) && cutAt < end) continue;
      const { disk, promised } = await workUntil(cutAt, words);
      for (const cut of [cuts[cutAt % 4]!, cuts[(cutAt + 1) % 4]!]) {
        await checkPromises(disk.afterPowerCut(cut), promised, { whole: words });
      }
      promises = Math.max(promises, promised.output.size + promised.heads.size);
    }
    expect(promises).toBe(3);
  });

  test('wherever it tears the last write to the write-ahead log', async () => {
    const whole = await workUntil(Infinity);
    const isWal = ({ call, path }: (typeof whole.disk.calls)[number]): boolean =>
      call === 'write' && path.endsWith('.wal');
    const last = whole.disk.calls.findLastIndex(isWal);
    const { disk, promised } = await workUntil(last);
    const { bytes } = whole.disk.calls[last]!;
    expect(bytes).toBeLessThan(250); // The record of one frame, not a segment's zeros.
    for (let torn = 0; torn <= bytes; torn += 1)
      if (isInShare(torn, 6)) await checkPromises(disk.afterPowerCut({ torn, namesKept: true }), promised);
  });
});

test('what a crash cut is said in the recording: a gap and a marker', async () => {
  const whole = await workUntil(Infinity);
  const last = whole.disk.calls.findLastIndex(({ call, path }) => call === 'write' && path.endsWith('.wal'));
  const { disk } = await workUntil(last);
  const after = disk.afterPowerCut({ torn: 50, namesKept: true });
  await using recorder = await start(home, { files: after });
  const [recovered] = recorder.recovered;
  expect(recorder.recovered).toMatchObject([{ sessionId: metas[1].sessionId, recovered: true }]);
  const frames = await framesOf(home, recovered!.sessionId, after);
  expect(frames.map(({ type }) => type).join('')).toBe('hoogm');
  expect(textOf(frames, 'g')).toMatch(/cut/);
  expect(textOf(frames, 'm')).toBe('recovered');
});

test('a rotten record in the middle loses what follows it in its session, says so, and keeps the segment aside', async () => {
  const { disk } = await workUntil(Infinity);
  const after = disk.afterPowerCut({ torn: 0, namesKept: true });
  const segment = after.paths().find((path) => path.endsWith('.wal'))!;
  const bytes = Buffer.from(after.get(segment)!);
  // The records after the header: the two beginnings, `one `, `two `, `three `.
  const marker = bytes.subarray(16, 32);
  const starts: number[] = [];
  for (let at = bytes.indexOf(marker, 36); at !== -1; at = bytes.indexOf(marker, at + 1)) starts.push(at);
  const word = starts.length - 3;
  bytes[starts[word]! + 40] = bytes.readUInt8(starts[word]! + 40) ^ 1;
  after.put(segment, bytes);
  await using recorder = await start(home, { files: after });
  expect(recorder.recovered).toHaveLength(1);
  const frames = await framesOf(home, metas[1].sessionId, after);
  expect(frames.map(({ type }) => type).join('')).toBe('hgm');
  expect(textOf(frames, 'g')).toMatch(/2 frames behind a missing one are left out/);
  expect(after.paths().filter((name) => name.endsWith('.damaged'))).toEqual([`${segment}.damaged`]);
  for (const { sessionId } of metas) {
    expect(await verifySession({ directory: root, sessionId, files: after })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
    });
  }
});

test('a power cut in the recovery itself loses nothing and seals nothing twice, wherever it comes', async () => {
  const { disk, promised } = await workUntil(Infinity, flood);
  for (let cutAt = 0; ; cutAt += 1) {
    const again = disk.afterPowerCut({ torn: 0, namesKept: false });
    let calls = 0;
    again.before = () => {
      if (calls === cutAt) again.cut();
      calls += 1;
      return undefined;
    };
    const started = await Promise.race([start(home, { files: again }), again.died]);
    if (calls > cutAt && !isInShare(cutAt, 3)) continue;
    await checkPromises(again.afterPowerCut({ torn: 17, namesKept: cutAt % 2 === 0 }), promised, {
      whole: flood,
      before: 'recovering',
    });
    if (calls > cutAt) continue;
    again.before = () => undefined;
    await started?.[Symbol.asyncDispose]();
    break;
  }
});

test('the write-ahead log of another key is never misread: the start is refused and says what to do', async () => {
  const { disk } = await workUntil(Infinity);
  const after = disk.afterPowerCut({ torn: 0, namesKept: true });
  const secrets = { wal: Buffer.alloc(32, 7), pseudonym: Buffer.alloc(32, 2) };
  await expect(start(home, { files: after, secrets })).rejects.toMatchObject({
    code: 'start_refused',
    message: expect.stringContaining('Put the right key back'),
  });
  await using again = await start(home, { files: after });
  expect(again.recovered).toHaveLength(1);
});
