/**
 * Objects in an S3 bucket with versions and Object Lock in compliance mode: each version is held for its time against
 * everybody, the bucket's owner included. Somebody may still put a newer version or a deletion before it; reading takes
 * the version whose hash is the id.
 */
import { type Clock, GatewayError, LIMITS } from '../../foundation/index.ts';
import type { Bucket, ObjectVersion, S3Settings } from './s3-bucket.ts';
import { hashOf, isObjectId, objectPath, type ObjectStore, type Protection, type StoredObject } from './store.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface S3Objects extends ObjectStore {
  /** Whether the object stands there whole and locked for long enough; then a copy of it elsewhere may go. */
  confirms(id: string, bytes: number): Promise<boolean>;
  /**
   * Asks the bucket whether it protects what `settings` promises.
   * @throws {GatewayError} `start_refused` when it does not; `storage_unavailable` when it does not answer.
   */
  check(): Promise<void>;
}

interface S3ObjectsOptions {
  readonly settings: S3Settings;
  readonly bucket: Bucket;
  readonly clock: Clock;
}

export function openS3Objects({ settings, bucket, clock }: S3ObjectsOptions): S3Objects {
  const { prefix, retentionDays } = settings;
  let isChecked = false;
  const keyOf = (id: string): string => prefix + objectPath(id);
  const lockUntil = (): Date | undefined =>
    retentionDays === 0 ? undefined : new Date(clock.now().getTime() + retentionDays * DAY_MS);

  const put = async (parts: readonly Uint8Array[], id: string): Promise<void> => {
    const key = keyOf(id);
    const bytes = Buffer.concat(parts);
    if (await bucket.put(key, bytes, { lockUntil: lockUntil(), mayReplace: false })) return;
    // The key is taken. By these bytes: done. By others: ours stand before them, as the version whose hash is the id.
    if ((await versionThatFits(bucket, key, id)) !== undefined) return;
    await bucket.put(key, bytes, { lockUntil: lockUntil(), mayReplace: true });
  };

  const confirms = async (id: string, bytes: number): Promise<boolean> => {
    const head = await bucket.head(keyOf(id));
    if (head?.bytes !== bytes) return false;
    // An hour of difference between two clocks, or since the object was put, is not a shorter lock.
    const wanted = lockUntil();
    if (wanted === undefined) return true;
    return head.lockedUntil !== undefined && head.lockedUntil.getTime() >= wanted.getTime() - DAY_MS / 24;
  };

  const get = async (id: string): Promise<Buffer | undefined> => {
    const key = keyOf(id);
    const latest = await bucket.get(key);
    if (latest !== undefined && hashOf(latest) === id) return latest;
    return (await versionThatFits(bucket, key, id)) ?? latest;
  };

  const check = async (): Promise<void> => {
    const { versions, locks } = await bucket.protection();
    if (!versions) throw new GatewayError('start_refused', `The bucket ${settings.bucket} does not keep versions.`);
    if (retentionDays > 0 && !locks) {
      throw new GatewayError('start_refused', `The bucket ${settings.bucket} was made without Object Lock.`);
    }
    isChecked = true;
  };

  return {
    put,
    get,
    confirms,
    check,
    has: async (id) => {
      const key = keyOf(id);
      if ((await bucket.head(key)) !== undefined) return true;
      for await (const version of bucket.versions(key)) if (version.key === key) return true;
      return false;
    },
    list: () => listObjects(bucket, prefix),
    protection: () => Promise.resolve(protectionOf(retentionDays, isChecked)),
    admit: () => Promise.resolve(),
  };
}

function protectionOf(retentionDays: number, isChecked: boolean): Protection {
  if (retentionDays === 0) return { mode: 'detected', detail: 'object_versions' };
  return isChecked
    ? { mode: 'prevented', detail: 'object_lock', days: retentionDays }
    : { mode: 'detected', detail: 'object_lock_unconfirmed' };
}

/** Whoever hides an object puts newer versions before it: the oldest are looked at, and they are listed last. */
async function versionThatFits(bucket: Bucket, key: string, id: string): Promise<Buffer | undefined> {
  let oldest: ObjectVersion[] = [];
  let seen = 0;
  for await (const version of bucket.versions(key)) {
    seen += 1;
    if (seen > LIMITS.objectVersionsMax)
      throw new GatewayError('storage_unavailable', 'An object has too many versions.');
    if (version.key === key && version.bytes <= LIMITS.objectBytesMax) {
      oldest = [...oldest.slice(1 - LIMITS.objectVersionsRead), version];
    }
  }
  for (const { versionId } of oldest.reverse()) {
    const bytes = await bucket.get(key, versionId);
    if (bytes !== undefined && hashOf(bytes) === id) return bytes;
  }
  return undefined;
}

/** By versions, so that a deletion put before an object does not hide it. The size is that of its oldest version. */
async function* listObjects(bucket: Bucket, prefix: string): AsyncGenerator<StoredObject> {
  let at: ObjectVersion | undefined;
  for await (const version of bucket.versions(prefix)) {
    if (at !== undefined && at.key !== version.key) yield* objectAt(at, prefix);
    at = version;
  }
  if (at !== undefined) yield* objectAt(at, prefix);
}

function* objectAt({ key, bytes }: ObjectVersion, prefix: string): Generator<StoredObject> {
  const id = key.slice(prefix.length + 3);
  if (isObjectId(id) && key === prefix + objectPath(id)) yield { id, bytes };
}
