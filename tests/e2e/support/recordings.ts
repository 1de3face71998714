import { join } from 'node:path';
import { recordingFiles } from '../../../main/recording-source.ts';
import { openRecordingReader } from '../../../recorder/index.ts';

/** What a recording says was shown on one stream, byte for byte. @param directory the recorder's. */
export async function outputOf(
  directory: string,
  sessionId: string,
  stream: 'o' | 'e' | 'i' | 'm' = 'o',
): Promise<Buffer> {
  const reader = openRecordingReader(await recordingFiles(join(directory, '..')));
  const chunks: Buffer[] = [];
  for await (const { type, payload } of reader.frames(sessionId, { keystrokes: stream === 'i' }))
    if (type === stream) chunks.push(payload);
  return Buffer.concat(chunks);
}
