/** The bytes of a chunk, apart from what is sealed in it (docs/formats/recording-v2.md). */
import { canonicalJson } from '../../evidence/index.ts';
import type { StreamName } from '../keys/session-keys.ts';
import { uint32 } from '../../foundation/index.ts';

export const CHUNK_MAGIC = Buffer.from('SKCHUNK\x02', 'latin1');
export const TAG_BYTES = 16;
/** Room for all that stands before the ciphertext: a header says little, and of numbers and fixed words only. */
export const CHUNK_FRONT_BYTES = 4096;

/** How the frames were compressed before they were sealed. */
export const CHUNK_ALGORITHMS = ['none', 'gzip', 'zstd'] as const;
export type ChunkAlgorithm = (typeof CHUNK_ALGORITHMS)[number];

/** What the leaf says of a chunk too; times are Unix microseconds. */
export interface ChunkContents {
  readonly sid: string;
  readonly stream: StreamName;
  /** Of the chunk in its stream: 0, 1, 2, … */
  readonly seq: number;
  /** Number of its first frame in the session. */
  readonly first: number;
  readonly frames: number;
  /** Of the frames, as they were before they were compressed. */
  readonly bytes: number;
  readonly t0: number;
  readonly t1: number;
}

/** Canonical JSON, and the additional data that the seal covers. */
export function encodeChunkHeader(contents: ChunkContents, alg: ChunkAlgorithm): Buffer {
  const { sid, stream, seq, first, frames, bytes, t0, t1 } = contents;
  return Buffer.from(canonicalJson({ v: 2, sid, stream, seq, alg, first, frames, bytes, t0, t1 }));
}

/** What stands before the ciphertext: magic | length u32 | header. */
export function chunkHead(header: Buffer): Buffer {
  return Buffer.concat([CHUNK_MAGIC, uint32(header.length), header]);
}
