import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../../foundation/index.ts';
import { copyInto, FloodBuffers } from '../../../recorder/chunks/flood-buffers.ts';
import { nodeFiles } from '../../../recorder/files.ts';
import { openFileObjects } from '../../../recorder/objects/file-store.ts';
import { errno, MemoryDisk } from '../support/memory-disk.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { collect, newObject, objectStoreContract } from './contract.ts';

const DIRECTORY = '/data/objects';
const unavailable = expect.objectContaining({ code: 'recording_unavailable' });

function newDisk(): MemoryDisk {
  const disk = new MemoryDisk();
  disk.put('/data/format', Buffer.from('sekisho-recorder/2\n'));
  return disk;
}

async function opened(disk = newDisk()) {
  return { disk, store: await openFileObjects({ directory: DIRECTORY, files: disk }) };
}

const pathOf = (id: string): string => `${DIRECTORY}/${id.slice(0, 2)}/${id}`;

describe('objects in files', () => {
  objectStoreContract(async () => (await opened()).store);

  test('other bytes under an id that is taken are refused, and those there stay', async () => {
    const { disk, store } = await opened();
    const { id, whole } = newObject();
    disk.put(pathOf(id), Buffer.from('somebody wrote this here'));
    await expect(store.put([whole], id)).rejects.toMatchObject({ code: 'recording_corrupt' });
    expect(disk.get(pathOf(id))?.toString()).toBe('somebody wrote this here');
  });

  test.each([
    ['a full disk at the making', 'create', 'ENOSPC'],
    ['a full disk at the write', 'write', 'ENOSPC'],
    ['an error of the disk at the write', 'write', 'EIO'],
    ['an error of the disk at the flush', 'datasync', 'EIO'],
    ['an error of the disk at the rename', 'rename', 'EIO'],
  ] as const)('%s is told, leaves nothing under the id, and the next try is whole', async (_name, failing, code) => {
    const { disk, store } = await opened();
    const { id, parts, whole } = newObject();
    let faults = 0;
    disk.before = (call, path) => {
      if (call !== failing || !path.endsWith(id) || faults > 0) return undefined;
      faults += 1;
      throw errno(code);
    };
    await expect(store.put(parts, id)).rejects.toEqual(unavailable);
    expect(await store.has(id)).toBe(false);
    await store.put(parts, id);
    expect(await store.get(id)).toEqual(whole);
    expect(disk.paths().filter((path) => path.includes('unfinished'))).toEqual([]);
  });

  test('after names could not be synced once nothing is stored any more, though the disk says yes again', async () => {
    const { disk, store } = await opened();
    const { id, parts } = newObject();
    await store.put(parts, id);
    disk.before = (call, path) => {
      if (call === 'syncdir' && path.includes('/objects/')) throw errno('EIO');
      return undefined;
    };
    await expect(store.put(parts, id)).rejects.toEqual(unavailable);
    disk.before = () => undefined;
    await expect(store.put(parts, id)).rejects.toEqual(unavailable);
    await expect(store.admit()).rejects.toEqual(unavailable);
  });

  test('short writes are carried on', async () => {
    const { disk, store } = await opened();
    disk.before = (call, _path, bytes) => (call === 'write' ? Math.max(1, bytes >> 1) : undefined);
    const { id, parts, whole } = newObject(2_000);
    await store.put(parts, id);
    expect(await store.get(id)).toEqual(whole);
  });

  test.each([2_000, 4_096, 10_000])(
    'an object of %i bytes in whole pages has its own size, not theirs',
    async (bytes) => {
      const { disk, store } = await opened();
      const { id, whole, pages } = inPages(bytes);
      await store.put([whole], id, pages);
      expect(await store.get(id)).toEqual(whole);
      expect(disk.calls.filter(({ call }) => call === 'write').at(-1)?.bytes).toBe(pages.length);
      expect(disk.afterPowerCut({ torn: 0, namesKept: false }).get(pathOf(id))).toEqual(whole);
    },
  );

  test('a file system that refuses whole pages gets the bytes the ordinary way, and keeps nothing of the try', async () => {
    const { disk, store } = await opened();
    disk.before = (call, _path, bytes) => {
      if (call === 'write' && bytes % 4096 === 0) throw errno('EINVAL');
      return undefined;
    };
    for (const { id, whole, pages } of [inPages(2_000), inPages(5_000)]) {
      await store.put([whole], id, pages);
      expect(await store.get(id)).toEqual(whole);
    }
    expect(disk.calls.filter(({ call }) => call === 'create')).toHaveLength(3);
    expect(disk.paths().filter((path) => path.includes('unfinished'))).toEqual([]);
  });

  test('a disk that fails under whole pages is told, and leaves nothing under the id', async () => {
    const { disk, store } = await opened();
    const { id, whole, pages } = inPages(5_000);
    for (const failing of ['write', 'truncate', 'datasync']) {
      disk.before = (call) => {
        if (call === failing) throw errno('EIO');
        return undefined;
      };
      await expect(store.put([whole], id, pages)).rejects.toEqual(unavailable);
      expect(await store.has(id)).toBe(false);
    }
  });

  test('of a real file system are read-only and whole, whichever way they came', async () => {
    await using directory = await tempDirectory();
    await using store = await openFileObjects({ directory: join(directory.path, 'objects'), files: nodeFiles });
    const { id, whole, pages } = inPages(70_000);
    const other = newObject(70_000);
    await Promise.all([store.put([whole], id, pages), store.put(other.parts, other.id)]);
    for (const object of [{ id, whole }, other]) {
      expect(await store.get(object.id)).toEqual(object.whole);
      expect((await stat(store.path(object.id))).mode & 0o777).toBe(0o400);
    }
    await nodeFiles.unlink(store.path(id)); // And again over what a crash left.
    await nodeFiles.rename(store.path(other.id), join(directory.path, 'objects/unfinished', id));
    await store.put([whole], id, pages);
    expect(await store.get(id)).toEqual(whole);
  });

  test('puts of one directory share a sync of it', async () => {
    const { disk, store } = await opened();
    const objects = sameShard(8);
    await store.put(objects[0]!.parts, objects[0]!.id);
    const before = disk.calls.length;
    await Promise.all(objects.slice(1).map(({ id, parts }) => store.put(parts, id)));
    const syncs = disk.calls.slice(before).filter(({ call }) => call === 'syncdir');
    expect(syncs.length).toBeGreaterThan(0);
    expect(syncs.length).toBeLessThanOrEqual(3);
  });
});

/** An object in memory as a flood's is. */
function inPages(bytes: number): { id: string; whole: Buffer; pages: Buffer } {
  const { memory } = new FloodBuffers({ ...LIMITS, recorderFloodBuffersMax: 1 });
  memory.grow(2);
  const { id, whole } = newObject(bytes);
  const pages = Buffer.from(memory.buffer, 0, Math.ceil(bytes / 4096) * 4096);
  copyInto(pages, whole, 0);
  return { id, whole, pages };
}

/** Objects whose ids begin alike. */
function sameShard(count: number): ReturnType<typeof newObject>[] {
  const found = [newObject()];
  while (found.length < count) {
    const next = newObject();
    if (next.id.slice(0, 2) === found[0]!.id.slice(0, 2)) found.push(next);
  }
  return found;
}

describe('when the power goes', () => {
  test('at any call: an object that was acknowledged is whole, one that was not is whole or absent', async () => {
    const first = newObject();
    const second = newObject(700);
    const counting = await opened();
    await counting.store.put(first.parts, first.id);
    await counting.store.put(second.parts, second.id);
    const total = counting.disk.calls.length;
    expect(total).toBeGreaterThan(8);
    for (let cutAt = 0; cutAt < total; cutAt += 1) {
      for (const namesKept of [false, true]) await cutOnce({ cutAt, namesKept, objects: [first, second] });
    }
  });
});

async function cutOnce(trial: {
  cutAt: number;
  namesKept: boolean;
  objects: readonly ReturnType<typeof newObject>[];
}): Promise<void> {
  const disk = newDisk();
  let calls = 0;
  disk.before = () => {
    if (calls === trial.cutAt) disk.cut();
    calls += 1;
    return undefined;
  };
  const acknowledged = new Set<string>();
  const work = async (): Promise<void> => {
    const { store } = await opened(disk);
    for (const { id, parts } of trial.objects) {
      await store.put(parts, id);
      acknowledged.add(id);
    }
  };
  await Promise.race([work(), disk.died]);
  const { store } = await opened(disk.afterPowerCut({ torn: 100, namesKept: trial.namesKept }));
  for (const { id, parts, whole } of trial.objects) {
    const found = await store.get(id);
    if (acknowledged.has(id)) expect(found).toEqual(whole);
    else expect([undefined, whole]).toContainEqual(found);
    await store.put(parts, id); // What the recovery does again.
    expect(await store.get(id)).toEqual(whole);
  }
  expect((await collect(store.list())).length).toBe(trial.objects.length);
}
