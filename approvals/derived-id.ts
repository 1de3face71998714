import { formatUuid, sha256 } from '../foundation/index.ts';

/**
 * The same for the same parts (RFC 9562 §5.8, version 8), so that what is written again is written once. Every part but
 * the last is of a fixed length: no two lists of parts read as one.
 */
export function derivedUuid(...parts: readonly string[]): string {
  const bytes = sha256(...parts).subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return formatUuid(bytes);
}
