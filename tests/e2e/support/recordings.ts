import { join } from 'node:path';
import { recordingFiles } from '../../../main/recording-source.ts';
import { findUnechoed, openRecordingReader } from '../../../recorder/index.ts';

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

/** What was typed and not shown. @param directory the recorder's. */
export async function unechoedOf(directory: string, sessionId: string): Promise<string> {
  const reader = openRecordingReader(await recordingFiles(join(directory, '..')));
  const unechoed = await findUnechoed(reader.frames(sessionId, { keystrokes: true }));
  let typed = '';
  for await (const { seq, payload } of reader.frames(sessionId, { keystrokes: true }))
    if (unechoed.has(seq)) typed += payload.toString();
  return typed;
}
