import { constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

export type Compression = 'gzip' | 'zlib' | 'raw';

const INFLATE = { gzip: gunzipSync, zlib: inflateSync, raw: inflateRawSync } as const;

/**
 * What the beginning of a compressed stream holds (RFC 1950, 1951, 1952); the stream may end anywhere.
 * @returns undefined where it is none, is broken, or holds more than `bytesMax`.
 */
export function inflatePrefix(bytes: Uint8Array, compression: Compression, bytesMax: number): Buffer | undefined {
  try {
    return INFLATE[compression](bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: bytesMax });
  } catch {
    return undefined;
  }
}
