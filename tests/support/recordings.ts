import { join } from 'node:path';
import {
  createKeyRing,
  fileObjects,
  KeyFiles,
  openRecordingReader,
  type RecordingSource,
} from '../../recorder/index.ts';
import { reader as testReader } from '../recorder/support/recordings.ts';

/** Recordings of a recorder that the tests started. @param directory the recorder's. */
export function testRecordings(directory: string): RecordingSource {
  const keys = createKeyRing(new KeyFiles(directory), [testReader.identity]);
  return { directory, objects: fileObjects(directory), keys };
}

/** Where the sealed parts of a recording lie, in the order of the log. @param directory the recorder's. */
export async function objectPathsOf(directory: string, sessionId: string): Promise<string[]> {
  const keys = { unwrap: () => Promise.resolve({ missing: 'no_identity' } as const) };
  const reader = openRecordingReader({ directory, objects: fileObjects(directory), keys });
  const chunks = await reader.chunks(sessionId);
  return chunks.map(({ object }) => join(directory, 'objects', object.slice(0, 2), object));
}
