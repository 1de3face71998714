/** Opens what `sealChunk` sealed, and believes none of it before the seal was checked (docs/formats/recording-v2.md). */
import { createDecipheriv } from 'node:crypto';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { type Chunk, CHUNK_TAG_BYTES, type ChunkHeader, parseChunk as parse } from '../../evidence/index.ts';
import { asError, GatewayError, LIMITS } from '../../foundation/index.ts';
import { type Frame, parseFrames, streamOf, unlessCorrupt } from '../frames.ts';
import { chunkKey } from '../keys/session-keys.ts';

/** Takes the bytes of an object apart, without a key. @throws {GatewayError} `recording_corrupt`. */
export function parseChunk(bytes: Uint8Array): Chunk {
  return unlessCorrupt(() => parse(bytes));
}

/**
 * The frames of a chunk, which are those its header counts.
 * @param key the session's key of that stream.
 * @throws {GatewayError} `recording_corrupt`; `recording_unavailable` where this runtime cannot unpack it.
 */
export async function openChunk({ header, headerBytes, ciphertext }: Chunk, key: Uint8Array): Promise<Frame[]> {
  const { sid: sessionId, stream, seq, alg } = header;
  const plain = await unpack(unseal(headerBytes, ciphertext, chunkKey(key, { sessionId, stream, seq })), alg);
  if (plain.length !== header.bytes) throw corrupt('A chunk holds more or less than it says.');
  const frames = parseFrames(plain);
  checkFrames(frames, header);
  return frames;
}

function unseal(header: Uint8Array, sealed: Uint8Array, { key, nonce }: { key: Buffer; nonce: Buffer }): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: CHUNK_TAG_BYTES });
  decipher.setAAD(header);
  decipher.setAuthTag(sealed.subarray(sealed.length - CHUNK_TAG_BYTES));
  try {
    const plain = decipher.update(sealed.subarray(0, sealed.length - CHUNK_TAG_BYTES));
    decipher.final();
    return plain;
  } catch (cause) {
    throw corrupt('A chunk does not open with the key of its session.', cause);
  } finally {
    key.fill(0);
  }
}

const gunzip = promisify(zlib.gunzip);

/** The bound stops a chunk that unpacks to more than memory holds. */
async function unpack(packed: Buffer, alg: ChunkHeader['alg']): Promise<Buffer> {
  if (alg === 'none') return packed;
  const bound = { maxOutputLength: LIMITS.chunkPlaintextBytesMax };
  try {
    return await (alg === 'gzip' ? gunzip(packed, bound) : unzstd(packed, bound));
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw corrupt('A chunk does not unpack.', cause);
  }
}

/** Node.js has it from 22.15 on. */
function unzstd(packed: Buffer, bound: { readonly maxOutputLength: number }): Promise<Buffer> {
  const call: unknown = Reflect.get(zlib, 'zstdDecompress');
  if (typeof call !== 'function') {
    throw new GatewayError('recording_unavailable', 'This Node.js cannot read zstd: use 22.15 or later.');
  }
  return new Promise((resolve, reject) => {
    const done = (error: unknown, plain: unknown): void => {
      if (Buffer.isBuffer(plain)) resolve(plain);
      else reject(asError(error));
    };
    Reflect.apply(call, zlib, [packed, bound, done]);
  });
}

function checkFrames(frames: readonly Frame[], header: ChunkHeader): void {
  const [first] = frames;
  const last = frames.at(-1);
  const right =
    frames.length === header.frames &&
    first?.seq === header.first &&
    first.micros === BigInt(header.t0) &&
    last?.micros === BigInt(header.t1) &&
    frames.every(({ type }) => streamOf(type) === header.stream);
  if (!right) throw corrupt('A chunk holds other frames than it says.');
}

function corrupt(message: string, cause?: unknown): GatewayError {
  return new GatewayError('recording_corrupt', message, cause === undefined ? {} : { cause: asError(cause) });
}
