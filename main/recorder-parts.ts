/** What a recorder needs beside its directory: keys for its sessions, secrets of its own, a place for chunks. */
import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { type Cleanup, type Clock, LIMITS, type Log } from '../foundation/index.ts';
import {
  loadSecretFile,
  nodeFiles,
  openObjects,
  type OwnedObjects,
  type RecorderOptions,
  type Recipients,
  SessionKeyPool,
} from '../recorder/index.ts';
import { VERSION } from './version.ts';

export interface RecorderPartsOptions {
  /** The recorder's directory, and that of the private keys. */
  readonly directory: { readonly recorder: string; readonly keys: string };
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Config['recorder'];
  /** All of them, the console's own among them. */
  readonly recipients: Recipients;
  /** The workers of a gateway only write, and are told no credentials. */
  readonly role: 'owner' | 'worker';
  readonly credentials: Config['storageCredentials'];
}

/** Closed with `cleanup`, so after the recorder. @throws {GatewayError} `start_refused`. */
export async function openRecorderParts(
  { directory, recorder, recipients, ...options }: RecorderPartsOptions,
  cleanup: Cleanup,
): Promise<Pick<RecorderOptions, 'build' | 'durability' | 'keys' | 'secrets'> & { readonly objects: OwnedObjects }> {
  const objects = cleanup.use(
    await openObjects({
      ...options,
      ...{ directory: directory.recorder, files: nodeFiles, limits: LIMITS, storage: recorder.storage },
    }),
  );
  const keys = new SessionKeyPool(recipients, LIMITS.sessionKeysReady);
  cleanup.defer(() => keys[Symbol.dispose]());
  const [wal, pseudonym] = [
    await loadSecretFile(join(directory.keys, 'wal_key')),
    await loadSecretFile(join(directory.keys, 'pseudonym_key')),
  ];
  return { objects, keys, secrets: { wal, pseudonym }, durability: recorder.durability, build: `sekisho ${VERSION}` };
}
