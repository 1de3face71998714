import { readRecording } from '../../../recorder/index.ts';

/** What a recording says was shown on one stream, byte for byte. */
export async function outputOf(path: string, stream: 'o' | 'e' | 'i' | 'm' = 'o'): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const { type, payload } of readRecording(path)) if (type === stream) chunks.push(payload);
  return Buffer.concat(chunks);
}
