/** Opens the store of a gateway's chunks as it is configured. */
import { join } from 'node:path';
import type { Clock, Limits, Log } from '../../foundation/index.ts';
import type { FileSystem } from '../files.ts';
import { FileObjects, openFileObjects } from './file-store.ts';
import { createImmutability } from './immutable.ts';
import type { S3Credentials, S3Settings } from './s3-bucket.ts';
import type { ObjectStore, OwnedObjects } from './store.ts';

export const OBJECTS = 'objects';

export type StorageSettings =
  | {
      readonly kind: 'file';
      /** Whether files are made immutable (`chattr +i`) where that is permitted. */
      readonly immutable: boolean;
    }
  | ({ readonly kind: 's3' } & S3Settings);

export interface ObjectsOptions {
  /** The recorder's, which exists; the objects stand in `objects/` below it. */
  readonly directory: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Limits;
  readonly storage: StorageSettings;
  /**
   * `owner`: the one process that also moves objects into the object storage and reads them there. `worker`: writes
   * only, and knows no credentials.
   */
  readonly role: 'owner' | 'worker';
  /** Null: those of the machine, as the storage's own programs find them. */
  readonly credentials: S3Credentials | null;
}

/** Objects to read and nothing else, beside a gateway that may run: nothing is made, moved or marked. */
export async function readObjects(
  options: Pick<ObjectsOptions, 'clock' | 'credentials' | 'directory' | 'files' | 'storage'>,
): Promise<Pick<ObjectStore, 'get'>> {
  const { clock, credentials, files, storage } = options;
  const local = new FileObjects({ directory: join(options.directory, OBJECTS), files });
  if (storage.kind === 'file') return local;
  const { openRemoteObjects } = await import('./spooled-objects.ts');
  const { remote } = openRemoteObjects({ clock, credentials, settings: storage });
  return { get: async (id) => (await local.get(id)) ?? (await remote.get(id)) };
}

/**
 * An object storage that does not answer is no reason not to start: what is recorded waits on the disk.
 * @throws {GatewayError} `start_refused` when the bucket does not protect what it should; what the disk said.
 */
export async function openObjects(options: ObjectsOptions): Promise<OwnedObjects> {
  const { files, log, storage, role } = options;
  const directory = join(options.directory, OBJECTS);
  if (storage.kind === 'file') {
    if (!storage.immutable) return await openFileObjects({ directory, files });
    const immutability = await createImmutability(options.directory, { files, log });
    const marked = await openFileObjects({ directory, files, immutability });
    if (role === 'owner') marked.markAll();
    return marked;
  }
  const local = await openFileObjects({ directory, files });
  const { openSpool } = await import('./spool.ts');
  if (role === 'worker') return openSpool({ ...options, local });
  const { openSpooledObjects } = await import('./spooled-objects.ts');
  return openSpooledObjects({ ...options, local, settings: storage });
}
