import { describe, expect, test } from '@jest/globals';
import { adoptHead } from '../../../recorder/log/adopt-head.ts';
import { readLog } from '../../../recorder/log/read-log.ts';
import { errno, MemoryDisk } from '../support/memory-disk.ts';
import { DIRECTORY, HEAD, killed, leaf, open } from './support/logs.ts';

async function grown(leaves: number, second = 0): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const { log } = await open(disk);
  for (let at = 0; at < leaves; at += 1) await log.append(leaf(second));
  await log[Symbol.asyncDispose]();
  return disk;
}

/** The whole directory of `older` with the head file of `newer`, and the other way round. */
function mixed(log: MemoryDisk, head: MemoryDisk): MemoryDisk {
  const disk = killed(log);
  disk.put(HEAD, head.get(HEAD)!);
  return disk;
}

/** A later state of the same log. */
async function continued(disk: MemoryDisk, leaves: number): Promise<MemoryDisk> {
  const next = killed(disk);
  const { log } = await open(next, { mayCreate: false });
  for (let at = 0; at < leaves; at += 1) await log.append(leaf());
  await log[Symbol.asyncDispose]();
  return next;
}

describe('the head of the log', () => {
  test('refuses a start from an older copy of the log', async () => {
    const older = await grown(3);
    const newer = await continued(older, 2);
    await expect(open(mixed(older, newer))).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining('this is an older copy'),
    });
  });

  test('refuses a start with an older copy of itself', async () => {
    const older = await grown(3);
    const newer = await continued(older, 2);
    await expect(open(mixed(newer, older))).rejects.toThrow('an older head file was put back');
  });

  test('refuses a start without it, and says what to do', async () => {
    const disk = await grown(3);
    disk.remove(HEAD);
    await expect(open(disk)).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining('sekisho log adopt'),
    });
  });

  test('refuses a start on another log, a broken file, and a log begun anew in the place of one that is gone', async () => {
    const [one, other] = [await grown(3), await grown(3, 1)];
    await expect(open(mixed(one, other))).rejects.toThrow('is not the one that');
    const broken = killed(one);
    broken.put(HEAD, Buffer.from('nothing'));
    await expect(open(broken)).rejects.toThrow('is no head of the log');
    const gone = killed(one);
    for (const path of gone.paths().filter((name) => name.startsWith(`${DIRECTORY}/`))) gone.remove(path);
    await expect(open(gone)).rejects.toThrow('speaks of a log that is gone');
  });

  test('stops a writer as soon as another one signs', async () => {
    const disk = await grown(3);
    const { log: first, fault } = await open(disk, { mayCreate: false });
    const { log: second } = await open(disk, { mayCreate: false });
    await second.append(leaf());
    await expect(first.append(leaf())).rejects.toMatchObject({
      code: 'recording_unavailable',
      cause: { code: 'log_conflict' },
    });
    expect(fault.signal.aborted).toBe(true);
    await expect(first.append(leaf())).rejects.toMatchObject({ code: 'recording_unavailable' });
  });

  test('stops a writer whose head file was put back or taken away while it runs', async () => {
    for (const change of ['older', 'gone'] as const) {
      const disk = await grown(3);
      const before = Buffer.from(disk.get(HEAD)!);
      const { log } = await open(disk, { mayCreate: false });
      await log.append(leaf());
      if (change === 'older') disk.put(HEAD, before);
      else disk.remove(HEAD);
      await expect(log.append(leaf())).rejects.toMatchObject({ cause: { code: 'log_conflict' } });
    }
  });

  test('is adopted anew on somebody’s word when it is lost, and never in the place of one that is there', async () => {
    const disk = await grown(3);
    const place = { directory: DIRECTORY, path: HEAD, files: disk };
    expect(await adoptHead(place)).toBeUndefined();
    disk.remove(HEAD);
    const altered = killed(disk);
    altered.put(`${DIRECTORY}/tile/entries/000.p/3`, Buffer.alloc(9));
    await expect(adoptHead({ ...place, files: altered })).rejects.toMatchObject({ code: 'start_refused' });
    expect(await adoptHead(place)).toBe(3);
    const { log } = await open(disk, { mayCreate: false });
    expect((await log.append(leaf())).index).toBe(3);
  });

  test('goes on from one that a crash left behind what was journalled', async () => {
    const disk = await grown(3);
    const before = Buffer.from(disk.get(HEAD)!);
    const { log } = await open(disk, { mayCreate: false });
    await log.append(leaf());
    const after = killed(disk);
    after.put(HEAD, before);
    const { log: next } = await open(after, { mayCreate: false });
    expect((await next.append(leaf())).index).toBe(4);
  });
});

describe('a failing disk', () => {
  /** Appends until something fails or all is done; @returns how many were answered. */
  async function work(disk: MemoryDisk): Promise<number> {
    let answered = 0;
    try {
      const { log } = await open(disk, { mayCreate: false });
      for (let at = 0; at < 4; at += 1) {
        await log.append(leaf());
        answered += 1;
      }
      await log[Symbol.asyncDispose]();
    } catch {
      // Refused or stopped: what was answered counts.
    }
    return answered;
  }

  test.each(['EIO', 'ENOSPC'])(
    'with %s in any step loses nothing that was answered, whatever reached the disk',
    async (name) => {
      const start = await grown(254); // The next leaves fill a bundle and a tile.
      const whole = killed(start);
      const before = whole.calls.length;
      await work(whole);
      const steps = whole.calls.length - before;
      expect(steps).toBeGreaterThan(30);
      for (let step = 0; step < steps; step += 1) {
        const disk = killed(start);
        let call = 0;
        disk.before = () => {
          call += 1;
          if (call > step) throw errno(name);
          return undefined;
        };
        const answered = await work(disk);
        for (const cut of [
          { torn: 0, namesKept: true },
          { torn: 0, namesKept: false },
          { torn: 100, namesKept: true },
        ]) {
          const next = disk.afterPowerCut(cut);
          const { log } = await open(next, { mayCreate: false });
          const { index } = await log.append(leaf());
          expect(index).toBeGreaterThanOrEqual(254 + answered);
          expect(index).toBeLessThanOrEqual(254 + answered + 1);
          await log[Symbol.asyncDispose]();
          expect(await readLog({ directory: DIRECTORY, files: next })).toMatchObject({ condition: 'sound' });
        }
      }
    },
  );
});

describe('the published files', () => {
  test('are refused when a hash tile is missing or differs from its entries', async () => {
    const disk = await grown(300);
    expect(disk.paths().filter((path) => path.includes('/tile/'))).toEqual(
      ['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/000', 'tile/entries/001.p/44'].map(
        (path) => `${DIRECTORY}/${path}`,
      ),
    );
    for (const path of disk.paths().filter((name) => /tile\/[01]\//.test(name))) {
      const missing = killed(disk);
      missing.remove(path);
      await expect(open(missing)).rejects.toThrow('is missing');
      const altered = killed(disk);
      const bytes = Buffer.from(altered.get(path)!);
      bytes[7] = bytes.readUInt8(7) ^ 1;
      altered.put(path, bytes);
      await expect(open(altered)).rejects.toThrow('does not hold the hashes of its entries');
    }
  });

  test('are durable before the checkpoint that commits to them', async () => {
    const disk = new MemoryDisk();
    const { log } = await open(disk);
    for (let at = 0; at < 3; at += 1) await log.append(leaf());
    const before = disk.calls.length;
    await log[Symbol.asyncDispose]();
    const names = disk.calls.slice(before).filter(({ call, path }) => call === 'rename' || /\.p$|^.log$/.test(path));
    expect(names.map(({ call, path }) => `${call} ${path}`).filter((step, at, all) => step !== all[at - 1])).toEqual([
      `syncdir ${DIRECTORY}`,
      `rename ${DIRECTORY}/tile/entries/000.p/3.tmp`,
      `syncdir ${DIRECTORY}/tile/entries/000.p`,
      `syncdir ${DIRECTORY}`,
      `rename ${DIRECTORY}/tile/0/000.p/3.tmp`,
      `syncdir ${DIRECTORY}/tile/0/000.p`,
      `rename ${DIRECTORY}/checkpoint.tmp`,
      `syncdir ${DIRECTORY}`,
    ]);
  });
});
