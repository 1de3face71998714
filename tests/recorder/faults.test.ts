import { describe, expect, test } from '@jest/globals';
import { type Clock, createLog, LIMITS, parseUuid, systemClock } from '../../foundation/index.ts';
import { createFault } from '../../recorder/fault.ts';
import { verifySession } from '../../recorder/index.ts';
import { startLeafLog } from '../../recorder/log/leaf-log.ts';
import { WriteAheadLog } from '../../recorder/wal.ts';
import { entryOf } from '../../recorder/wal-batch.ts';
import { waitFor } from '../support/wait-for.ts';
import { errno, MemoryDisk } from './support/memory-disk.ts';
import { framesOf, newMeta, record, rootOf, SMALL, start, textOf } from './support/recordings.ts';

const home = '/';
const root = rootOf(home);
const unavailable = expect.objectContaining({ code: 'recording_unavailable' });

/** A running recorder with one open session on a disk that can be told to fail. */
async function running() {
  const disk = new MemoryDisk();
  const recorder = await start(home, { files: disk });
  const meta = newMeta();
  const writer = await recorder.openRecording(meta);
  await writer.append('o', Buffer.from('stored'));
  return { disk, recorder, meta, writer };
}

/** The same disk after the process died. */
function rebooted(disk: MemoryDisk): MemoryDisk {
  return disk.afterPowerCut({ torn: 0, namesKept: false });
}

describe('when the write-ahead log cannot be stored', () => {
  test.each([
    ['a full disk at the write', 'write', 'ENOSPC'],
    ['an error of the disk at the write', 'write', 'EIO'],
    ['an error of the disk at the flush', 'datasync', 'EIO'],
  ] as const)('%s ends every session and nothing is acknowledged any more', async (_name, failing, code) => {
    const { disk, recorder, meta, writer } = await running();
    const other = await recorder.openRecording(newMeta());
    let faults = 0;
    disk.before = (call, path) => {
      if (call !== failing || !path.endsWith('.wal') || faults > 0) return undefined;
      faults += 1;
      throw errno(code); // Once: as the kernel, which reports a lost write once and says yes to the next flush.
    };
    const appended = [writer.append('o', Buffer.from('lost')), writer.append('o', Buffer.from('lost too'))];
    for (const outcome of await Promise.allSettled(appended))
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
    const callsAfter = disk.calls.length;

    for (const signal of [writer.failed, other.failed, recorder.failed])
      expect(signal).toMatchObject({ aborted: true, reason: unavailable });
    await expect(other.append('o', Buffer.from('late'))).rejects.toEqual(unavailable);
    await expect(recorder.openRecording(newMeta())).rejects.toEqual(unavailable);
    await expect(writer.close()).rejects.toEqual(unavailable);
    expect(disk.calls.slice(callsAfter).filter(({ path }) => path.endsWith('.wal'))).toEqual([]);

    const after = rebooted(disk);
    await using again = await start(home, { files: after });
    expect(again.recovered).toHaveLength(2);
    expect(await verifySession({ directory: root, sessionId: meta.sessionId, files: after })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
      frames: expect.any(Number),
    });
    expect(textOf(await framesOf(home, meta.sessionId, after), 'o')).toBe('stored');
  });

  test('a disk too full for the next segment ends every session when it is needed', async () => {
    const { disk, recorder, writer } = await running();
    disk.before = (call, path) => {
      if (call === 'create' && path.endsWith('.wal')) throw errno('ENOSPC');
      return undefined;
    };
    const piece = Buffer.alloc(SMALL.frameBytesMax);
    const fill = async (): Promise<void> => {
      for (let at = 0; at < 12; at += 1) await writer.append('o', piece);
    };
    await expect(fill()).rejects.toEqual(unavailable);
    expect(recorder.failed.aborted).toBe(true);
  });
});

test('short writes are carried on and nothing is missing', async () => {
  const disk = new MemoryDisk();
  disk.before = (call, _path, bytes) => (call === 'write' && bytes > 1 ? Math.ceil(bytes / 2) : undefined);
  await using recorder = await start(home, { files: disk });
  const sealed = await record(recorder, ['one', 'two']);
  expect(await verifySession({ directory: root, sessionId: sealed.sessionId, files: disk })).toMatchObject({
    verdict: 'VERIFIED-UNWITNESSED',
  });
});

test('a write that takes nothing is a failure, not a loop', async () => {
  const { disk, writer } = await running();
  disk.before = (call) => (call === 'write' ? 0 : undefined);
  await expect(writer.append('o', Buffer.from('x'))).rejects.toEqual(unavailable);
});

describe('a fault anywhere in the recorder', () => {
  const parts = () => {
    const disk = new MemoryDisk();
    disk.put('/log/.keep', Buffer.alloc(0));
    const fault = createFault(() => undefined);
    return { disk, fault };
  };

  test('keeps the write-ahead log from acknowledging what already waits', async () => {
    const { disk, fault } = parts();
    const limits = { ...LIMITS, ...SMALL };
    const log = createLog('silent');
    const walKey = Buffer.alloc(32);
    await using wal = new WriteAheadLog({ directory: '/log', files: disk, limits, fault, log, walKey, firstNumber: 1 });
    await wal.start();
    const body = Buffer.from('waits');
    const id = parseUuid(newMeta().sessionId);
    const { source, durable } = entryOf({ id, kind: 'frames', body }, () => undefined);
    wal.want(source);
    fault.trip(new Error('elsewhere'));
    await expect(durable).rejects.toEqual(unavailable);
    expect(disk.calls.filter(({ call }) => call === 'datasync')).toEqual([]);
  });

  test('keeps the log from signing what already waits', async () => {
    const { disk, fault } = parts();
    const leafLog = await startLeafLog({
      directory: '/log',
      files: disk,
      fault,
      clock: systemClock,
      log: createLog('silent'),
      visit: () => undefined,
      mayCreate: true,
    });
    const before = disk.calls.length;
    const appended = leafLog.append({ v: 2, type: 'heartbeat', at: new Date(0).toISOString() });
    fault.trip(new Error('elsewhere'));
    await expect(appended).rejects.toEqual(unavailable);
    expect(disk.calls.slice(before)).toEqual([]);
  });
});

test('a clock that was set back while the recorder was away leads to no end before the last frame', async () => {
  const { disk, meta } = await running();
  const hourAgo: Clock = { now: systemClock.now, micros: () => systemClock.micros() - 3_600_000_000n };
  const after = rebooted(disk);
  await using again = await start(home, { files: after, clock: hourAgo });
  expect(again.recovered).toHaveLength(1);
  const frames = await framesOf(home, meta.sessionId, after);
  expect(frames.map(({ type }) => type)).toEqual(['h', 'o', 'g', 'm']);
  const times = frames.map(({ micros }) => micros);
  expect(times[2]).toBe(times[1]);
  expect(await verifySession({ directory: root, sessionId: meta.sessionId, files: after })).toMatchObject({
    verdict: 'VERIFIED-UNWITNESSED',
  });
});

test('what was typed may stand in the log before anything that was shown, and the recording is whole', async () => {
  const { disk, meta, writer } = await running();
  const logged = (): number =>
    disk.calls.filter(({ call, path }) => call === 'datasync' && path.endsWith('/log/journal')).length;
  const before = logged();
  const typed = LIMITS.chunkBytes / SMALL.frameBytesMax;
  for (let n = 0; n < typed; n += 1) await writer.append('i', Buffer.alloc(SMALL.frameBytesMax, 'k'));
  await waitFor('the chunk of what was typed', () => Promise.resolve(logged() > before || undefined));
  const after = rebooted(disk);
  await using again = await start(home, { files: after });
  expect(again.recovered).toMatchObject([{ chunks: { keystrokes: 1 } }]);
  const frames = await framesOf(home, meta.sessionId, after);
  expect(frames.map(({ type }) => type)).toEqual(['h', 'o', ...Array<string>(typed).fill('i'), 'g', 'm']);
});

describe('when the leaf log cannot be stored', () => {
  test('the opening of a session is refused, every session ends, and the next start seals them', async () => {
    const { disk, recorder, writer, meta } = await running();
    disk.before = (call, path) => {
      if (call === 'datasync' && path.endsWith('/log/journal')) throw errno('EIO');
      return undefined;
    };
    await expect(recorder.openRecording(newMeta())).rejects.toEqual(unavailable);
    expect(writer.failed).toMatchObject({ aborted: true, reason: unavailable });
    const after = rebooted(disk);
    await using again = await start(home, { files: after });
    expect(again.recovered.map(({ sessionId }) => sessionId)).toContain(meta.sessionId);
    expect(again.recovered).toHaveLength(2); // The refused one was durable in the write-ahead log; it is told, not hidden.
  });
});

describe('when a chunk cannot be stored', () => {
  test.each([
    ['a full disk at the write', 'write', 'ENOSPC'],
    ['an error of the disk at the flush', 'datasync', 'EIO'],
    ['an error of the disk at the rename', 'rename', 'EIO'],
    ['an error of the disk at the flush of the names', 'syncdir', 'EIO'],
  ] as const)(
    '%s ends every session, and the next start seals them from the write-ahead log',
    async (_name, failing, code) => {
      const { disk, recorder, writer, meta } = await running();
      const other = await recorder.openRecording(newMeta());
      disk.before = (call, path) => {
        if (call === failing && path.includes('/objects/')) throw errno(code);
        return undefined;
      };
      await expect(writer.close()).rejects.toEqual(unavailable);
      for (const signal of [other.failed, recorder.failed])
        expect(signal).toMatchObject({ aborted: true, reason: unavailable });
      const after = rebooted(disk);
      await using again = await start(home, { files: after });
      expect(again.recovered.map(({ sessionId }) => sessionId).sort()).toEqual(
        [meta.sessionId, other.sessionId].sort(),
      );
      expect(textOf(await framesOf(home, meta.sessionId, after), 'o')).toBe('stored');
    },
  );

  test('a flood of which nothing was acknowledged yet is refused whole, and is not in what the next start seals', async () => {
    const { disk, recorder, writer, meta } = await running();
    disk.before = (call, path) => {
      if (call === 'datasync' && path.includes('/objects/')) throw errno('EIO');
      return undefined;
    };
    await expect(writer.append('o', Buffer.alloc(4 * SMALL.recorderDirectBytesMin, 'x'))).rejects.toEqual(unavailable);
    expect(recorder.failed.aborted).toBe(true);
    const after = rebooted(disk);
    await using _again = await start(home, { files: after });
    expect(textOf(await framesOf(home, meta.sessionId, after), 'o')).toBe('stored');
  });
});

describe('when the keys of a session cannot be kept', () => {
  test('it is not begun, and nothing else is recorded either', async () => {
    const { disk, recorder, writer } = await running();
    disk.before = (call, path) => {
      if (call === 'sync' && path.endsWith('.age')) throw errno('EIO');
      return undefined;
    };
    await expect(recorder.openRecording(newMeta())).rejects.toEqual(unavailable);
    expect(writer.failed).toMatchObject({ aborted: true, reason: unavailable });
  });
});

describe('a session is not begun', () => {
  test('when little room is left under the recorder', async () => {
    const disk = new MemoryDisk();
    await using recorder = await start(home, { files: disk, limits: { ...SMALL, recorderFreeBytesMin: 1_000_000 } });
    disk.freeBytes = 999_999;
    await expect(recorder.openRecording(newMeta())).rejects.toMatchObject({
      code: 'recording_unavailable',
      message: expect.stringContaining('almost full'),
    });
    disk.freeBytes = 1_004_096;
    await (await recorder.openRecording(newMeta())).close();
  });

  test('when the recorder could not even start', async () => {
    const disk = new MemoryDisk();
    disk.before = (call, path) => {
      if (call === 'write' && path.endsWith('.wal')) throw errno('ENOSPC');
      return undefined;
    };
    await expect(start(home, { files: disk })).rejects.toMatchObject({ code: 'start_refused' });
    disk.before = () => undefined;
    await using recorder = await start(home, { files: disk }); // The lock was given back.
    expect(recorder.recovered).toEqual([]);
  });
});
