import { expect, test } from '@jest/globals';
import { Cleanup, createLog, LIMITS, systemClock } from '../../foundation/index.ts';
import { startDiskWatch } from '../../main/disk-watch.ts';
import { listAuditEvents } from '../../recorder/index.ts';
import { freshDatabase } from '../support/database.ts';

test('a disk that is too full is told of once, and once when it has room again', async () => {
  await using db = await freshDatabase();
  await using cleanup = new Cleanup();
  const { database } = db;
  let free = LIMITS.recorderFreeBytesMin;
  const parts = { database, clock: systemClock, log: createLog('silent'), directory: '/' };
  const { look } = startDiskWatch({ ...parts, freeBytes: () => Promise.resolve(free) }, cleanup);
  const types = ['recorder.disk_low', 'recorder.disk_recovered'] as const;
  const told = async () =>
    (await listAuditEvents(database, { types, limit: 10 })).map(({ type, body }) => [type, body['free']]).reverse();
  await look();
  expect(await told()).toEqual([]);
  free = 5;
  await look();
  await look();
  expect(await told()).toEqual([['recorder.disk_low', '5']]);
  free = LIMITS.recorderFreeBytesMin + 1;
  await look();
  await look();
  expect(await told()).toEqual([
    ['recorder.disk_low', '5'],
    ['recorder.disk_recovered', String(free)],
  ]);
});
