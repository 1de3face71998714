/** What is known of a chunk before it is sealed; its form is the evidence room's (docs/formats/recording-v2.md). */
import { type ChunkHeader, encodeChunkHead } from '../../evidence/index.ts';

/** Room for all that stands before the ciphertext: a header says little, and of numbers and fixed words only. */
export const CHUNK_FRONT_BYTES = 4096;

/** What the leaf says of a chunk too; times are Unix microseconds. */
export type ChunkContents = Readonly<Omit<ChunkHeader, 'v' | 'alg'>>;

/** What stands before the ciphertext. */
export function chunkHead(contents: ChunkContents, alg: ChunkHeader['alg']): Uint8Array {
  const { sid, stream, seq, first, frames, bytes, t0, t1 } = contents;
  return encodeChunkHead({ v: 2, sid, stream, seq, alg, first, frames, bytes, t0, t1 }).head;
}
