import { createHash, createHmac, createPublicKey, hash, type KeyObject } from 'node:crypto';
import { GatewayError } from './errors.ts';

/** Copying this much costs less than an object that hashes piece by piece. */
const HASHED_AT_ONCE_BYTES = 4_096;

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(...parts: readonly (string | Uint8Array)[]): Buffer {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return hash('sha256', only, 'buffer');
  const pieces = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (bytes <= HASHED_AT_ONCE_BYTES) return hash('sha256', Buffer.concat(pieces, bytes), 'buffer');
  const whole = createHash('sha256');
  for (const piece of pieces) whole.update(piece);
  return whole.digest();
}

/** The first 64 bits of HMAC-SHA-256 (RFC 2104) over `text`: the same for the same text and key, and nothing more. */
export function keyedHash64(key: Uint8Array, text: string): bigint {
  return createHmac('sha256', key).update(text, 'utf8').digest().readBigUInt64BE();
}

/**
 * A copy in memory of its own, for what is kept as long as a session: a small buffer is cut from a pool of 8 KiB, all of
 * which stays as long as any part of it does.
 */
export function unpooled(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

const RAW_BYTES = 32;

/**
 * The 32 bytes of an Ed25519 public key: the end of its SPKI (RFC 8410). Not by JWK: the runtime can wait for itself
 * for ever when it collects the job that made a key while that key is exported so.
 */
export function rawPublicKey(key: KeyObject): Buffer {
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' });
  return Buffer.from(spki.subarray(-RAW_BYTES));
}

/** The 32 bytes of an Ed25519 private key: the end of its PKCS #8 (RFC 8410). */
export function rawPrivateKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'der', type: 'pkcs8' }).subarray(-RAW_BYTES));
}

/** Bytes as characters of the same number, without a copy: to look for ASCII in them. */
export function latin1({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}

/** A big-endian uint32. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A big-endian uint64. */
export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** An SSH `string` (RFC 4251 §5): uint32 length, then the bytes. */
export function sshString(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Reads wire structures front to back; never past the end. @throws {GatewayError} `protocol_violation` when short. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Buffer {
    if (length > this.remaining) throw new GatewayError('protocol_violation', 'A length points past the end.');
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  uint8(): number {
    return this.take(1).readUInt8();
  }

  uint16(): number {
    return this.take(2).readUInt16BE();
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  uint64(): bigint {
    return this.take(8).readBigUInt64BE();
  }

  /** An SSH `string` (RFC 4251 §5). */
  sshString(): Buffer {
    return this.take(this.uint32());
  }
}
