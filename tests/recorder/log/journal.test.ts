import { describe, expect, test } from '@jest/globals';
import { RECORD_LEAVES_BYTES_MAX } from '../../../recorder/log/journal.ts';
import { readLog } from '../../../recorder/log/read-log.ts';
import { errno, MemoryDisk } from '../support/memory-disk.ts';
import { DIRECTORY as directory, HEAD, killed, leaf, open } from './support/logs.ts';

const JOURNAL = `${directory}/journal`;

describe('the journal of the log', () => {
  test('has what was appended when the process is killed before any bundle was written', async () => {
    const disk = new MemoryDisk();
    const { log } = await open(disk);
    for (let at = 0; at < 5; at += 1) expect((await log.append(leaf())).index).toBe(at);
    expect(disk.paths().filter((path) => path.includes('/tile/'))).toEqual([]);
    const after = killed(disk);
    const seen: number[] = [];
    const { log: next } = await open(after, { visit: ({ index }) => seen.push(index), mayCreate: false });
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(after.paths()).toContain('/log/tile/entries/000.p/5');
    expect((await next.append(leaf())).index).toBe(5);
  });

  test('costs two writes a leaf: one of the leaf, one of the head', async () => {
    const disk = new MemoryDisk();
    const { log } = await open(disk);
    const before = disk.calls.length;
    await log.append(leaf());
    expect(disk.calls.slice(before).map(({ call, path }) => [call, path])).toEqual([
      ['write', JOURNAL],
      ['datasync', JOURNAL],
      ['write', HEAD],
      ['datasync', HEAD],
    ]);
  });

  test.each([0, 1, 2])('is refused when any byte of record %i of four is changed', async (record) => {
    const disk = new MemoryDisk();
    const { log } = await open(disk);
    const ends: number[] = [16];
    for (let at = 0; at < 4; at += 1) {
      await log.append(leaf());
      ends.push(ends.at(-1)! + disk.calls.findLast(({ call, path }) => call === 'write' && path === JOURNAL)!.bytes);
    }
    for (let at = ends[record]!; at < ends[record + 1]!; at += 7) {
      const changed = killed(disk);
      const bytes = Buffer.from(changed.get(JOURNAL)!);
      bytes[at] = bytes[at]! ^ 1;
      changed.put(JOURNAL, bytes);
      await expect(open(changed, { mayCreate: false })).rejects.toMatchObject({ code: 'start_refused' });
    }
  });

  test('loses a record that a crash cut, and nothing before it', async () => {
    const disk = new MemoryDisk();
    const { log } = await open(disk);
    await log.append(leaf());
    const written = () => disk.calls.findLast(({ call, path }) => call === 'write' && path === JOURNAL)!.bytes;
    const first = written();
    const heads = [Buffer.from(disk.get(HEAD)!)];
    await log.append(leaf());
    const size = written();
    for (const torn of [1, 9, 40, 200, size - 1]) {
      const after = killed(disk);
      const bytes = Buffer.from(after.get(JOURNAL)!);
      bytes.fill(0, 16 + first + torn);
      after.put(JOURNAL, bytes);
      after.put(HEAD, heads[0]!); // Nobody was told: the head is written after the record.
      expect((await (await open(after, { mayCreate: false })).log.append(leaf())).index).toBe(1);
    }
  });

  test('is not followed where its key did not sign', async () => {
    const disk = new MemoryDisk();
    const { log } = await open(disk);
    const strange = new MemoryDisk();
    const { log: other } = await open(strange);
    await log.append(leaf());
    await other.append(leaf());
    const mixed = killed(disk);
    mixed.put(JOURNAL, killed(strange).get(JOURNAL)!);
    await expect(open(mixed, { mayCreate: false })).rejects.toThrow('not what its key signed');
    mixed.put(JOURNAL, Buffer.from('no journal'));
    await expect(open(mixed, { mayCreate: false })).rejects.toThrow('is no journal');
  });

  test('is begun anew when it is full, and everything of it stands in bundles', async () => {
    const disk = new MemoryDisk();
    const { log } = await open(disk);
    const before = disk.calls.filter(({ call, path }) => call === 'rename' && path === `${JOURNAL}.tmp`).length;
    let appended = 0;
    for (let bytes = 0; bytes < 3 * RECORD_LEAVES_BYTES_MAX; bytes += 200 * 60) {
      const all = await Promise.all(Array.from({ length: 200 }, () => log.append(leaf())));
      expect(all.map(({ index }) => index)).toEqual(Array.from({ length: 200 }, (_, at) => appended + at));
      appended += 200;
    }
    const renewed = disk.calls.filter(({ call, path }) => call === 'rename' && path === `${JOURNAL}.tmp`).length;
    expect(renewed).toBeGreaterThan(before);
    expect(await readLog({ directory, files: disk })).toMatchObject({ condition: 'sound', tree: { size: appended } });
    expect(await readLog({ directory, files: killed(disk) })).toMatchObject({ tree: { size: appended } });
  });

  test('hides nothing from who reads while bundles are written', async () => {
    const disk = new MemoryDisk();
    const { log } = await open(disk);
    await Promise.all([log.append(leaf()), log.append(leaf())]);
    const sizes: unknown[] = [];
    disk.before = (call, path) => {
      if (call !== 'write' && !path.includes('.tmp')) return undefined;
      void readLog({ directory, files: disk }).then((reading) => sizes.push('tree' in reading && reading.tree.size));
      return undefined;
    };
    await log[Symbol.asyncDispose]();
    expect(sizes.length).toBeGreaterThan(3);
    expect(new Set(sizes)).toEqual(new Set([2]));
  });

  test('ends the log when what stands in it cannot be written to bundles', async () => {
    const disk = new MemoryDisk();
    const { log, fault } = await open(disk);
    await log.append(leaf());
    disk.before = (call, path) => {
      if (call === 'create' && path.includes('/tile/')) throw errno('ENOSPC');
      return undefined;
    };
    await log[Symbol.asyncDispose]();
    expect(fault.signal.aborted).toBe(true);
    await expect(log.append(leaf())).rejects.toMatchObject({ code: 'recording_unavailable' });
    expect(await readLog({ directory, files: killed(disk) })).toMatchObject({ tree: { size: 1 } });
  });
});
