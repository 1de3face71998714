/** Recordings from the files of a data directory alone: for commands that need no gateway and no configuration. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { systemClock } from '../foundation/index.ts';
import {
  createKeyRing,
  fileObjects,
  indexLeaves,
  type Identities,
  KeyFiles,
  loadIdentities,
  nodeFiles,
  readObjects,
  type RecordingSource,
} from '../recorder/index.ts';
import { configuredPolicy } from './witness-policy.ts';

/** Where a configured gateway's objects stand. */
export type ObjectPlace = Pick<Config, 'recorder' | 'storageCredentials'>;

/**
 * @param identity file of age identities. Default: the console's own, where it lies in the data directory.
 * @param place without it objects are read from the data directory alone.
 * @throws {GatewayError} `start_refused` when the identity cannot be used.
 */
export async function recordingFiles(
  dataDirectory: string,
  identity?: string,
  place?: ObjectPlace,
): Promise<RecordingSource> {
  const directory = join(dataDirectory, 'recorder');
  const own = join(dataDirectory, 'keys', 'replay_identity.age.txt');
  const path = identity ?? ((await isThere(own)) ? own : undefined);
  const identities = path === undefined ? [] : await loadIdentities(path);
  if (place === undefined) return recordingsOf(directory, identities);
  const policy = await configuredPolicy(place.recorder.log);
  return { ...recordingsOf(directory, identities, await objectsAt(directory, place)), policy };
}

/**
 * The objects of a recorder's directory, wherever they are, to be read alone.
 * @param place without it they are read from the directory alone.
 */
export async function objectsAt(directory: string, place?: ObjectPlace): Promise<RecordingSource['objects']> {
  if (place === undefined) return fileObjects(directory);
  const { storage } = place.recorder;
  return readObjects({
    ...{ directory, files: nodeFiles, clock: systemClock },
    ...{ storage, credentials: place.storageCredentials },
  });
}

/** @param directory the recorder's. */
export function recordingsOf(
  directory: string,
  identities: Identities,
  objects: RecordingSource['objects'] = fileObjects(directory),
): RecordingSource {
  const keys = createKeyRing(new KeyFiles(directory), identities);
  return { directory, objects, keys, leaves: indexLeaves(directory) };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
