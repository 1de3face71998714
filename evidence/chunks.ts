/**
 * Chunks as objects: magic, length of the header, header (canonical JSON), then frames, compressed and sealed with
 * AES-256-GCM under the header. An object's name is the SHA-256 of all its bytes.
 */
import { z } from 'zod';
import { concat, equal, EvidenceError, fromUtf8, uint32be, utf8, viewOf } from './bytes.ts';
import { canonicalJson, parseCanonicalJson } from './canonical-json.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import { type Stream, STREAMS } from './leaves.ts';

const MAGIC = concat([utf8('SKCHUNK'), Uint8Array.of(2)]);
const LENGTH_BYTES = 4;
/** Of AES-GCM, behind the ciphertext. */
export const CHUNK_TAG_BYTES = 16;

const count = z.int().nonnegative();

const ChunkHeaderSchema = z.strictObject({
  v: z.literal(2),
  sid: z.uuid(),
  stream: z.enum(STREAMS),
  seq: count,
  alg: z.enum(['none', 'gzip', 'zstd']),
  /** `seq` of its first frame. */
  first: count,
  frames: z.int().positive(),
  /** Of the frames before compression. */
  bytes: z.int().positive().max(EVIDENCE_LIMITS.chunkPlaintextBytesMax),
  /** Unix microseconds of the first and last frame. */
  t0: count,
  t1: count,
});

export type ChunkHeader = z.infer<typeof ChunkHeaderSchema>;

export interface Chunk {
  readonly header: ChunkHeader;
  /** As they stand in the object: the additional data of AES-GCM. */
  readonly headerBytes: Uint8Array;
  /** With its tag. */
  readonly ciphertext: Uint8Array;
}

/** What stands before the ciphertext, and the part of it that is AES-GCM's additional data. */
export function encodeChunkHead(header: ChunkHeader): { head: Uint8Array; headerBytes: Uint8Array } {
  const headerBytes = utf8(canonicalJson(ChunkHeaderSchema.parse(header)));
  return { head: concat([MAGIC, uint32be(headerBytes.length), headerBytes]), headerBytes };
}

/** @throws {EvidenceError} when the bytes are no chunk. Nothing is decrypted. */
export function parseChunk(bytes: Uint8Array): Chunk {
  const start = MAGIC.length + LENGTH_BYTES;
  if (bytes.length > EVIDENCE_LIMITS.chunkObjectBytesMax)
    throw new EvidenceError('The chunk is larger than chunks are.');
  if (bytes.length < start || !equal(bytes.subarray(0, MAGIC.length), MAGIC))
    throw new EvidenceError('This is no chunk.');
  const length = viewOf(bytes).getUint32(MAGIC.length);
  const end = start + length;
  if (length > EVIDENCE_LIMITS.chunkHeaderBytesMax || bytes.length < end + CHUNK_TAG_BYTES) {
    throw new EvidenceError('The chunk is cut short.');
  }
  const headerBytes = bytes.subarray(start, end);
  const header = ChunkHeaderSchema.safeParse(parseCanonicalJson(fromUtf8(headerBytes)));
  if (!header.success) throw new EvidenceError("The chunk's header cannot be read.");
  return { header: header.data, headerBytes, ciphertext: bytes.subarray(end) };
}

/** HKDF-SHA512 (RFC 5869) labels: what a session key is turned into. The salt is empty. */
export const KEY_LABELS = {
  /** 32 bytes: the commitment in the open leaf. */
  commitment: (sid: string, stream: Stream): string => `sekisho/v2/commit|${sid}|${stream}`,
  /** 32 bytes of key, 12 of nonce. */
  chunk: (sid: string, stream: Stream, seq: number): string => `sekisho/v2/chunk|${sid}|${stream}|${seq}`,
  /** The key under which the open leaf's `meta` is an HMAC-SHA256 of the recording's first frame. */
  meta: 'sekisho/v2/meta',
} as const;
