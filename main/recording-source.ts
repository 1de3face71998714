/** Recordings from the files of a data directory alone: for commands that need no gateway and no configuration. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyRing, fileObjects, KeyFiles, loadIdentities, type RecordingSource } from '../recorder/index.ts';

/**
 * @param identity file of age identities. Default: the console's own, where it lies in the data directory.
 * @throws {GatewayError} `start_refused` when the identity cannot be used.
 */
export async function recordingFiles(dataDirectory: string, identity?: string): Promise<RecordingSource> {
  const directory = join(dataDirectory, 'recorder');
  const own = join(dataDirectory, 'keys', 'replay_identity.age.txt');
  const path = identity ?? ((await isThere(own)) ? own : undefined);
  const identities = path === undefined ? [] : await loadIdentities(path);
  return recordingsOf(directory, identities);
}

/** @param directory the recorder's. */
export function recordingsOf(
  directory: string,
  identities: readonly string[],
  objects: RecordingSource['objects'] = fileObjects(directory),
): RecordingSource {
  return { directory, objects, keys: createKeyRing(new KeyFiles(directory), identities) };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
