import { describe, expect, test } from '@jest/globals';
import { openFileObjects } from '../../../recorder/objects/file-store.ts';
import { errno, MemoryDisk } from '../support/memory-disk.ts';
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
