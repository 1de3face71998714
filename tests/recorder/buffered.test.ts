import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { verifySession } from '../../recorder/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { errno, MemoryDisk } from './support/memory-disk.ts';
import { newMeta, rootOf, start } from './support/recordings.ts';

const home = '/';
const unavailable = expect.objectContaining({ code: 'recording_unavailable' });

/** A disk whose flushes of the write-ahead log wait until they are let through. */
async function slowDisk() {
  const disk = new MemoryDisk();
  const clock = new ManualClock('2026-04-01T00:00:00Z');
  const recorder = await start(home, { files: disk, clock, durability: 'buffered' });
  const meta = newMeta();
  const writer = await recorder.openRecording(meta);
  return { disk, clock, recorder, meta, writer };
}

describe('a buffered recording', () => {
  test('waits for the disk once it is further behind than it may be', async () => {
    const { disk, clock, recorder, meta, writer } = await slowDisk();
    await using _recorder = recorder;
    const order: string[] = [];
    disk.before = (call, path) => {
      if (call === 'datasync' && path.endsWith('.wal')) order.push('durable');
      return undefined;
    };
    const first = writer.append('o', Buffer.from('at once')).then(() => order.push('forwarded'));
    clock.advance(LIMITS.recorderBufferedMillis);
    const late = writer.append('o', Buffer.from('late')).then(() => order.push('late forwarded'));
    await Promise.all([first, late]);
    expect(order[0]).toBe('forwarded');
    expect(order.indexOf('late forwarded')).toBeGreaterThan(order.indexOf('durable'));
    await writer.close();
    expect(await verifySession({ directory: rootOf(home), sessionId: meta.sessionId, files: disk })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
    });
  });

  test('ends its session when the disk refuses what was forwarded already', async () => {
    const { disk, recorder, writer } = await slowDisk();
    disk.before = (call, path) => {
      if (call === 'datasync' && path.endsWith('.wal')) throw errno('EIO');
      return undefined;
    };
    await writer.append('o', Buffer.from('forwarded'));
    await expect(writer.close()).rejects.toEqual(unavailable);
    expect(writer.failed.aborted).toBe(true);
    await recorder[Symbol.asyncDispose]();
  });
});
