import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLog, LIMITS, Secret, systemClock } from '../../../foundation/index.ts';
import { nodeFiles } from '../../../recorder/files.ts';
import { openObjects, readObjects } from '../../../recorder/objects/open-objects.ts';
import { verifySession } from '../../../recorder/index.ts';
import { objectPath, type OwnedObjects } from '../../../recorder/objects/store.ts';
import { freePort } from '../../support/free-port.ts';
import { describeWith } from '../../support/partners.ts';
import { ACCESS, type ObjectStorageServer, startRadosgw } from '../../support/radosgw.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { waitFor } from '../../support/wait-for.ts';
import { record, rootOf, start } from '../support/recordings.ts';
import { collect, newObject, objectStoreContract } from './contract.ts';
import { startCuttingProxy } from './cutting-proxy.ts';

const QUICK = { storageLookMillis: 20, storageRetryMillis: 20, storageRetryMillisMax: 50 };

interface Place {
  readonly directory: string;
  readonly endpoint: string;
  readonly bucket?: string;
  readonly prefix?: string;
}

const optionsOf = ({ directory, endpoint, bucket = 'locked', prefix = '' }: Place) =>
  ({
    directory,
    files: nodeFiles,
    clock: systemClock,
    log: createLog('silent'),
    limits: { ...LIMITS, ...QUICK },
    storage: { kind: 's3', endpoint, region: 'us-east-1', bucket, prefix, retentionDays: 1 },
    role: 'owner',
    credentials: {
      accessKeyId: new Secret(ACCESS.accessKeyId),
      secretAccessKey: new Secret(ACCESS.secretAccessKey),
      sessionToken: null,
    },
  }) as const;

const opened = (place: Place): Promise<OwnedObjects> => openObjects(optionsOf(place));

/** The ids of the objects on the disk. */
async function onDisk(directory: string): Promise<string[]> {
  const names = await readdir(join(directory, 'objects'), { recursive: true });
  return names.filter((name) => /^[0-9a-f]{2}\//.test(name)).map((name) => name.slice(3));
}

const moved = (directory: string) =>
  waitFor('the objects to be moved', async () => (await onDisk(directory)).length === 0);

test('an object storage that does not answer keeps nobody from recording: objects are on the disk', async () => {
  await using directory = await tempDirectory();
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  await using store = await opened({ directory: directory.path, endpoint });
  const { id, parts, whole } = newObject();
  await store.put(parts, id);
  expect(await store.get(id)).toEqual(whole);
  expect(await store.protection()).toEqual({
    mode: 'detected',
    detail: 'object_lock_unconfirmed',
    waitingBytes: whole.length,
  });
  await expect(store.get(newObject().id)).rejects.toMatchObject({ code: 'storage_unavailable' });
});

describeWith('radosgw', 'objects that are moved to an object storage', () => {
  let server: ObjectStorageServer;
  let prefixes = 0;
  const newPrefix = (): string => {
    prefixes += 1;
    return `spooled-${prefixes}/`;
  };

  beforeAll(async () => {
    server = await startRadosgw();
    await server.makeBucket('locked', 'locked');
    await server.makeBucket('versioned', 'versions');
  }, 90_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  describe('as every store', () => {
    const cleanup: AsyncDisposable[] = [];
    afterAll(async () => {
      for (const each of cleanup.reverse()) await each[Symbol.asyncDispose]();
    });
    objectStoreContract(async () => {
      const directory = await tempDirectory();
      const store = await opened({ directory: directory.path, endpoint: server.endpoint, prefix: newPrefix() });
      cleanup.push(directory, store);
      return store;
    });
  });

  test('a bucket that does not lock objects is refused at the start', async () => {
    await using directory = await tempDirectory();
    const place = { directory: directory.path, endpoint: server.endpoint, bucket: 'versioned' };
    await expect(opened(place)).rejects.toMatchObject({ code: 'start_refused' });
  });

  test('what was put is moved, is gone from the disk, and is read from the storage', async () => {
    await using directory = await tempDirectory();
    await using store = await opened({
      directory: directory.path,
      endpoint: server.endpoint,
      prefix: newPrefix(),
    });
    const objects = Array.from({ length: 20 }, (_, at) => newObject(100 + at));
    await Promise.all(objects.map(({ id, parts }) => store.put(parts, id)));
    await moved(directory.path);
    for (const { id, whole } of objects) expect(await store.get(id)).toEqual(whole);
    expect((await collect(store.list())).length).toBe(20);
    expect(await store.protection()).toEqual({ mode: 'prevented', detail: 'object_lock', days: 1, waitingBytes: 0 });
  });

  test('an outage in the middle of a move loses nothing, neither in it nor over a restart', async () => {
    await using directory = await tempDirectory();
    await using proxy = await startCuttingProxy(server.port);
    const place = { directory: directory.path, endpoint: `http://127.0.0.1:${proxy.port}`, prefix: newPrefix() };
    const objects = Array.from({ length: 6 }, () => newObject(200_000));
    {
      await using store = await opened(place);
      proxy.cutAfter(100_000);
      for (const { id, parts } of objects) await store.put(parts, id);
      const before = proxy.cuts();
      await waitFor('moves that are cut', () => proxy.cuts() > before + 2);
      expect((await onDisk(directory.path)).sort()).toEqual(objects.map(({ id }) => id).sort());
    }
    await using again = await opened(place);
    proxy.cutAfter(Infinity);
    await moved(directory.path);
    for (const { id, whole } of objects) expect((await again.get(id))?.equals(whole)).toBe(true);
  });

  test('what another process of the gateway wrote is moved too', async () => {
    await using directory = await tempDirectory();
    await using store = await opened({ directory: directory.path, endpoint: server.endpoint, prefix: newPrefix() });
    const { id, whole } = newObject();
    const path = join(directory.path, 'objects', objectPath(id));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, whole);
    await moved(directory.path);
    expect(await store.get(id)).toEqual(whole);
  });

  test('a copy that was left though the storage has the object only goes away', async () => {
    await using directory = await tempDirectory();
    const place = { directory: directory.path, endpoint: server.endpoint, prefix: newPrefix() };
    const { id, parts, whole } = newObject();
    const path = join(directory.path, 'objects', objectPath(id));
    {
      await using store = await opened(place);
      await store.put(parts, id);
      await moved(directory.path);
    }
    await writeFile(path, whole);
    await using again = await opened(place);
    await moved(directory.path);
    expect(await again.get(id)).toEqual(whole);
  });

  test('a session whose chunks were moved verifies from the bucket, and without it says that they are missing', async () => {
    await using directory = await tempDirectory();
    const home = directory.path;
    await mkdir(rootOf(home), { recursive: true });
    const place = { directory: rootOf(home), endpoint: server.endpoint, prefix: newPrefix() };
    await using objects = await opened(place);
    const { sessionId } = await (async () => {
      await using recorder = await start(home, { objects });
      return await record(recorder, ['一行目\n', 'two']);
    })();
    await moved(rootOf(home));
    const reader = await readObjects(optionsOf(place));
    const recording = { directory: rootOf(home), sessionId };
    expect(await verifySession({ ...recording, objects: reader })).toMatchObject({ verdict: 'VERIFIED-UNWITNESSED' });
    expect(await verifySession(recording)).toMatchObject({ verdict: 'INCOMPLETE' });
  });

  test('a file that was changed on the disk is not moved and stays to be found', async () => {
    await using directory = await tempDirectory();
    const { id } = newObject();
    const path = join(directory.path, 'objects', objectPath(id));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'changed by somebody');
    const place = { directory: directory.path, endpoint: server.endpoint, prefix: newPrefix() };
    await using store = await opened(place);
    const other = newObject();
    await store.put(other.parts, other.id);
    await waitFor('the sound object to be moved', async () => !(await onDisk(directory.path)).includes(other.id));
    expect(await readFile(path, 'utf8')).toBe('changed by somebody');
    expect((await store.get(id))?.toString()).toBe('changed by somebody');
    expect((await stat(path)).size).toBe(19);
  });
});
