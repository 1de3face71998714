import { randomBytes } from 'node:crypto';

/** A string that cannot be mistaken for another kind of id. */
export type Brand<Name extends string> = string & { readonly __brand: Name };

/**
 * A fresh UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then 74 random bits, so ids sort by time.
 */
export function newUuid(now: Date): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return formatUuid(bytes);
}

/** The 36-character form of a 16-byte UUID. */
export function formatUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** The 16 bytes of a UUID in its 36-character form. */
export function parseUuid(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
