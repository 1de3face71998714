import { expect, test } from '@jest/globals';
import { type Clock, createLog, LIMITS, systemClock } from '../../../foundation/index.ts';
import { openObjects } from '../../../recorder/objects/open-objects.ts';
import type { OwnedObjects } from '../../../recorder/objects/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryDisk } from '../support/memory-disk.ts';
import { newObject } from './contract.ts';

const unavailable = expect.objectContaining({ code: 'storage_unavailable' });
const S3 = {
  kind: 's3',
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  bucket: 'recordings',
  prefix: '',
  retentionDays: 30,
} as const;
const SMALL = {
  storageSpoolRefuseBytes: 1_000,
  storageSpoolBytesMax: 2_000,
  storageSpoolPauseMillis: 1,
  storageSpoolWaitMillis: 20,
};

/** The spool of a worker: it only writes, another process moves. */
function opened(disk: MemoryDisk, clock: Clock): Promise<OwnedObjects> {
  return openObjects({
    directory: '/data',
    files: disk,
    clock,
    log: createLog('silent'),
    limits: { ...LIMITS, ...SMALL },
    storage: S3,
    role: 'worker',
    credentials: null,
  });
}

function newDisk(): MemoryDisk {
  const disk = new MemoryDisk();
  disk.put('/data/format', Buffer.from(''));
  return disk;
}

/** @returns the path of the new object. */
async function fill(store: OwnedObjects, bytes: number): Promise<string> {
  const { id, parts } = newObject(bytes);
  await store.put(parts, id);
  return `/data/objects/${id.slice(0, 2)}/${id}`;
}

test('no session begins while too much waits for the object storage, and one does when it was moved', async () => {
  const disk = newDisk();
  const clock = new ManualClock();
  const store = await opened(disk, clock);
  await expect(store.admit()).resolves.toBeUndefined();
  const path = await fill(store, 1_000);
  await expect(store.admit()).rejects.toEqual(unavailable);
  disk.remove(path); // As the process that moves does.
  clock.advance(SMALL.storageSpoolPauseMillis);
  await expect(store.admit()).resolves.toBeUndefined();
});

test('what a stop left is counted at the next start', async () => {
  const disk = newDisk();
  await fill(await opened(disk, new ManualClock()), 1_000);
  await expect((await opened(disk, new ManualClock())).admit()).rejects.toEqual(unavailable);
});

test('what is recorded waits for room, is refused when none comes in time, and what was taken stays', async () => {
  const disk = newDisk();
  const store = await opened(disk, systemClock);
  const path = await fill(store, 2_000);
  const late = newObject(10);
  await expect(store.put(late.parts, late.id)).rejects.toEqual(unavailable);
  expect(await store.has(late.id)).toBe(false);
  expect(disk.get(path)?.length).toBe(2_000);
});

test('what is recorded goes on as soon as there is room again', async () => {
  const disk = newDisk();
  const store = await opened(disk, systemClock);
  const path = await fill(store, 2_000);
  const late = newObject(10);
  const putting = store.put(late.parts, late.id);
  disk.remove(path);
  await putting;
  expect(await store.get(late.id)).toEqual(late.whole);
});

test('a worker promises no more than that what it wrote is on the disk', async () => {
  const store = await opened(newDisk(), new ManualClock());
  expect(await store.protection()).toEqual({ mode: 'detected', detail: 'object_lock_unconfirmed' });
});
