/** Objects that are durable on the disk first and stand in an object storage a moment later; reading looks in both. */
import { type Clock, hasCode, type Limits, type Log } from '../../foundation/index.ts';
import type { FileObjects } from './file-store.ts';
import { Mover } from './mover.ts';
import { openBucket, type S3Credentials, type S3Settings } from './s3-bucket.ts';
import { openS3Objects, type S3Objects } from './s3-store.ts';
import { openSpool, type Spool } from './spool.ts';
import type { OwnedObjects, StoredObject } from './store.ts';

interface SpooledOptions {
  readonly local: FileObjects;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Limits;
  readonly settings: S3Settings;
  readonly credentials: S3Credentials | null;
}

/** @throws {GatewayError} `start_refused` when the bucket answers and does not protect what it should. */
export async function openSpooledObjects(options: SpooledOptions): Promise<OwnedObjects> {
  const { local, clock, log, limits, settings, credentials } = options;
  const { remote, close } = openRemoteObjects({ clock, settings, credentials });
  const isChecked = await checked(remote);
  const spool = await openSpool({ local, clock, limits });
  const mover = new Mover({ spool, remote, log, limits });
  mover.start(isChecked);
  return {
    ...both(spool, remote),
    put: (bytes, id, pages) => spool.put(bytes, id, pages),
    admit: () => spool.admit(),
    protection: async () => ({ ...(await remote.protection()), waitingBytes: spool.waitingBytes() }),
    [Symbol.asyncDispose]: async () => {
      await mover[Symbol.asyncDispose]();
      close();
      await spool[Symbol.asyncDispose]();
    },
  };
}

/** The bucket alone. */
export function openRemoteObjects({
  clock,
  settings,
  credentials,
}: Pick<SpooledOptions, 'clock' | 'credentials' | 'settings'>): { remote: S3Objects; close: () => void } {
  const bucket = openBucket(settings, { credentials });
  return { remote: openS3Objects({ settings, bucket, clock }), close: () => bucket[Symbol.dispose]() };
}

async function checked(remote: S3Objects): Promise<boolean> {
  try {
    await remote.check();
    return true;
  } catch (thrown) {
    if (hasCode(thrown, 'storage_unavailable')) return false;
    throw thrown;
  }
}

/** The disk first: an object leaves it only when it stands in the storage, so what is in neither was never there. */
function both(spool: Spool, remote: S3Objects) {
  return {
    get: async (id: string) => (await spool.get(id)) ?? (await remote.get(id)),
    has: async (id: string) => (await spool.has(id)) || (await remote.has(id)),
    list: () => listBoth(spool, remote),
  };
}

async function* listBoth(spool: Spool, remote: S3Objects): AsyncGenerator<StoredObject> {
  const waiting = new Set<string>();
  for await (const object of spool.list()) {
    waiting.add(object.id);
    yield object;
  }
  for await (const object of remote.list()) if (!waiting.has(object.id)) yield object;
}
