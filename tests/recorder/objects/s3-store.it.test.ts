import {
  DeleteObjectCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret, systemClock } from '../../../foundation/index.ts';
import { openBucket, type S3Settings } from '../../../recorder/objects/s3-bucket.ts';
import { openS3Objects, type S3Objects } from '../../../recorder/objects/s3-store.ts';
import { objectPath } from '../../../recorder/objects/store.ts';
import { freePort } from '../../support/free-port.ts';
import { describeWith } from '../../support/partners.ts';
import { ACCESS, type ObjectStorageServer, startRadosgw } from '../../support/radosgw.ts';
import { collect, newObject, objectStoreContract } from './contract.ts';
import { startCuttingProxy } from './cutting-proxy.ts';

const CREDENTIALS = {
  accessKeyId: new Secret(ACCESS.accessKeyId),
  secretAccessKey: new Secret(ACCESS.secretAccessKey),
  sessionToken: null,
};
const unavailable = expect.objectContaining({ code: 'storage_unavailable' });
const HOUR_MS = 3_600_000;

function storeAt(settings: Partial<S3Settings> & Pick<S3Settings, 'endpoint' | 'bucket'>): S3Objects {
  const complete = { region: 'us-east-1', prefix: '', retentionDays: 1, ...settings };
  const bucket = openBucket(complete, { credentials: CREDENTIALS, requestMillis: 5_000 });
  return openS3Objects({ settings: complete, bucket, clock: systemClock });
}

test('a storage nobody answers for is told by its code', async () => {
  const store = storeAt({ endpoint: `http://127.0.0.1:${await freePort()}`, bucket: 'locked' });
  const { id, parts } = newObject();
  await expect(store.check()).rejects.toEqual(unavailable);
  await expect(store.put(parts, id)).rejects.toEqual(unavailable);
  await expect(store.get(id)).rejects.toEqual(unavailable);
  await expect(store.has(id)).rejects.toEqual(unavailable);
  await expect(collect(store.list())).rejects.toEqual(unavailable);
  expect(await store.protection()).toEqual({ mode: 'detected', detail: 'object_lock_unconfirmed' });
});

describeWith('radosgw', 'objects in an S3 bucket', () => {
  let server: ObjectStorageServer;
  let prefixes = 0;

  beforeAll(async () => {
    server = await startRadosgw();
    await server.makeBucket('locked', 'locked');
    await server.makeBucket('versioned', 'versions');
    await server.makeBucket('plain', 'plain');
  }, 90_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const opened = (settings: Partial<S3Settings> = {}): { store: S3Objects; prefix: string } => {
    prefixes += 1;
    const prefix = `test-${prefixes}/`;
    return { store: storeAt({ endpoint: server.endpoint, bucket: 'locked', prefix, ...settings }), prefix };
  };

  describe('as every store', () => {
    objectStoreContract(() => Promise.resolve(opened().store));
  });

  test('a bucket without versions or without locks is refused; one that has them prevents', async () => {
    await expect(opened({ bucket: 'plain' }).store.check()).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining('versions'),
    });
    await expect(opened({ bucket: 'versioned' }).store.check()).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining('Object Lock'),
    });
    await expect(opened({ bucket: 'absent' }).store.check()).rejects.toEqual(unavailable);
    const { store } = opened();
    await store.check();
    expect(await store.protection()).toEqual({ mode: 'prevented', detail: 'object_lock', days: 1 });
  });

  test('without retention versions alone are asked for, and only detection is promised', async () => {
    const { store } = opened({ bucket: 'versioned', retentionDays: 0 });
    await store.check();
    expect(await store.protection()).toEqual({ mode: 'detected', detail: 'object_versions' });
    const { id, parts, whole } = newObject();
    await store.put(parts, id);
    expect(await store.confirms(id, whole.length)).toBe(true);
  });

  test('a stored object cannot be removed, nor its time be shortened, by whoever owns the storage', async () => {
    const { store, prefix } = opened({ retentionDays: 2 });
    const { id, parts, whole } = newObject();
    await store.put(parts, id);
    expect(await store.confirms(id, whole.length)).toBe(true);

    const at = { Bucket: 'locked', Key: prefix + objectPath(id) };
    const { Versions } = await server.owner.send(new ListObjectVersionsCommand({ Bucket: 'locked', Prefix: at.Key }));
    const version = { ...at, VersionId: Versions?.[0]?.VersionId };
    await expect(server.owner.send(new DeleteObjectCommand(version))).rejects.toMatchObject({ name: 'AccessDenied' });
    const bypass = { ...version, BypassGovernanceRetention: true };
    await expect(server.owner.send(new DeleteObjectCommand(bypass))).rejects.toMatchObject({ name: 'AccessDenied' });
    const until = (ms: number) => ({ Mode: 'COMPLIANCE' as const, RetainUntilDate: new Date(Date.now() + ms) });
    const shorten = new PutObjectRetentionCommand({ ...version, Retention: until(HOUR_MS) });
    await expect(server.owner.send(shorten)).rejects.toMatchObject({ name: 'AccessDenied' });

    const { Retention } = await server.owner.send(new GetObjectRetentionCommand(version));
    expect(Retention?.Mode).toBe('COMPLIANCE');
    expect(Retention?.RetainUntilDate?.getTime()).toBeGreaterThan(Date.now() + 47 * HOUR_MS);
    expect(await store.get(id)).toEqual(whole);
  });

  test('a newer version, or a deletion put before an object, does not hide it', async () => {
    const { store, prefix } = opened();
    const { id, parts, whole } = newObject();
    await store.put(parts, id);
    const at = { Bucket: 'locked', Key: prefix + objectPath(id) };
    for (let at_ = 0; at_ < 12; at_ += 1) {
      await server.owner.send(new PutObjectCommand({ ...at, Body: `forged ${at_}` }));
    }
    expect(await store.get(id)).toEqual(whole);
    expect(await store.confirms(id, whole.length)).toBe(false);
    await server.owner.send(new DeleteObjectCommand(at));
    expect(await store.get(id)).toEqual(whole);
    expect(await store.has(id)).toBe(true);
    expect(await collect(store.list())).toEqual([{ id, bytes: whole.length }]);
    await store.put(parts, id);
    expect(await store.confirms(id, whole.length)).toBe(true);
  });

  test('bytes that are not those of the id are given as they are, for the caller to say so', async () => {
    const { store, prefix } = opened();
    const { id } = newObject();
    const Key = prefix + objectPath(id);
    await server.owner.send(new PutObjectCommand({ Bucket: 'locked', Key, Body: 'never ours' }));
    expect((await store.get(id))?.toString()).toBe('never ours');
  });

  test('an object larger than any of ours is not read to its end', async () => {
    const { store, prefix } = opened();
    const { id } = newObject();
    const Key = prefix + objectPath(id);
    await server.owner.send(new PutObjectCommand({ Bucket: 'locked', Key, Body: Buffer.alloc(3 * 1024 * 1024) }));
    await expect(store.get(id)).rejects.toEqual(unavailable);
  });

  test('a network that is cut in the middle of a put stores nothing; the next try is whole', async () => {
    await using proxy = await startCuttingProxy(server.port);
    const { store } = opened({ endpoint: `http://127.0.0.1:${proxy.port}` });
    const { id, parts, whole } = newObject(512 * 1024);
    for (const bytes of [300, 64 * 1024, 400 * 1024]) {
      proxy.cutAfter(bytes);
      const before = proxy.cuts();
      await expect(store.put(parts, id)).rejects.toEqual(unavailable);
      expect(proxy.cuts()).toBeGreaterThan(before);
      proxy.cutAfter(Infinity);
      expect(await store.has(id)).toBe(false);
    }
    await store.put(parts, id);
    expect((await store.get(id))?.equals(whole)).toBe(true);
    expect(await store.confirms(id, whole.length)).toBe(true);
  });
});
