/**
 * SSH public keys as bytes (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, OpenSSH PROTOCOL.u2f): read strictly, one writing
 * for one key.
 *
 * A key with two writings would have two fingerprints, and then one key could be enrolled by two people.
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { asError, ByteReader, GatewayError, LIMITS } from '../../foundation/index.ts';

export interface WireKey {
  /** As in the blob: `ssh-ed25519`, `ecdsa-sha2-nistp256`/`384`/`521` or `ssh-rsa`; a security key's begins with `sk-`. */
  readonly algorithm: string;
  readonly blob: Buffer;
  readonly key: KeyObject;
  /** What a security key signs for (`ssh:`); null for every other key. */
  readonly application: string | null;
}

interface Curve {
  readonly name: string;
  readonly jwk: string;
  readonly coordinateBytes: number;
  readonly hash: string;
}

export const CURVES: ReadonlyMap<string, Curve> = new Map([
  ['ecdsa-sha2-nistp256', { name: 'nistp256', jwk: 'P-256', coordinateBytes: 32, hash: 'sha256' }],
  ['ecdsa-sha2-nistp384', { name: 'nistp384', jwk: 'P-384', coordinateBytes: 48, hash: 'sha384' }],
  ['ecdsa-sha2-nistp521', { name: 'nistp521', jwk: 'P-521', coordinateBytes: 66, hash: 'sha512' }],
]);

/** Algorithms of security keys, and the algorithm of the key inside. */
const SECURITY_KEYS: ReadonlyMap<string, string> = new Map([
  ['sk-ssh-ed25519@openssh.com', 'ssh-ed25519'],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 'ecdsa-sha2-nistp256'],
]);
/** A key that signs for a web site could be asked for a signature by that site. */
const APPLICATION = /^ssh:[\x21-\x7e]{0,250}$/;

const RSA_BITS_MIN = 3072;
const RSA_BITS_MAX = 16_384;
const RSA_EXPONENT_BYTES_MAX = 8;

/**
 * Reads one public key of a kind that signs by itself; every byte must belong to it.
 * @throws {GatewayError} `key_invalid`, for a security key too: who takes one has to judge its flags and its counter.
 */
export function readWireKey(blob: Uint8Array): WireKey {
  const key = readAnyWireKey(blob);
  if (key.application !== null) throw new GatewayError('key_invalid', 'This kind of key is not accepted.');
  return key;
}

/** Reads one public key of any accepted kind, security keys among them. @throws {GatewayError} `key_invalid` */
export function readAnyWireKey(blob: Uint8Array): WireKey {
  if (blob.length > LIMITS.sshPublicKeyBytesMax) throw new GatewayError('key_invalid', 'The key is too long.');
  return keyReading(() => {
    const bytes = Buffer.from(blob);
    const reader = new ByteReader(bytes);
    const algorithm = reader.sshString().toString('latin1');
    const inner = SECURITY_KEYS.get(algorithm);
    const jwk = readFields(inner ?? algorithm, reader);
    const application = inner === undefined ? null : readApplication(reader);
    if (reader.remaining > 0) throw new GatewayError('key_invalid', 'Bytes follow the end of the key.');
    return { algorithm, blob: bytes, key: createPublicKey({ key: jwk, format: 'jwk' }), application };
  });
}

/** Turns whatever goes wrong while hostile bytes are read (short, off the curve) into `key_invalid`. */
export function keyReading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'key_invalid') throw thrown;
    throw new GatewayError('key_invalid', 'The key cannot be read.', { cause: asError(thrown) });
  }
}

function readFields(algorithm: string, reader: ByteReader): JsonWebKey {
  if (algorithm === 'ssh-ed25519') return readEd25519(reader);
  if (algorithm === 'ssh-rsa') return readRsa(reader);
  const curve = CURVES.get(algorithm);
  if (curve === undefined) throw new GatewayError('key_invalid', 'This kind of key is not accepted.');
  return readPoint(curve, reader);
}

function readApplication(reader: ByteReader): string {
  const application = reader.sshString().toString('latin1');
  if (!APPLICATION.test(application)) {
    throw new GatewayError('key_invalid', 'This security key was not made for SSH.');
  }
  return application;
}

function readEd25519(reader: ByteReader): JsonWebKey {
  const point = reader.sshString();
  if (point.length !== 32) throw new GatewayError('key_invalid', 'An Ed25519 key has 32 bytes.');
  if (!isCanonicalPoint(point) || hasSmallOrder(point)) {
    throw new GatewayError('key_invalid', 'This Ed25519 key is not a safe one.');
  }
  return { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') };
}

/** Reports whether the y coordinate is below p = 2^255 - 19: other writings are the same key once more. */
function isCanonicalPoint(point: Buffer): boolean {
  const top = point.readUInt8(31) & 0x7f;
  const middleFull = point.subarray(1, 31).every((byte) => byte === 0xff);
  return !(top === 0x7f && middleFull && point.readUInt8(0) >= 0xed);
}

/** The y coordinates of the eight points of small order, little-endian, sign bit clear. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((hex) => Buffer.from(hex, 'hex'));

/** Under a key of small order anybody can forge a signature, and its holder could then disown what they did. */
function hasSmallOrder(point: Buffer): boolean {
  const unsigned = Buffer.from(point);
  unsigned.writeUInt8(point.readUInt8(31) & 0x7f, 31);
  return SMALL_ORDER.some((small) => small.equals(unsigned));
}

function readPoint(curve: Curve, reader: ByteReader): JsonWebKey {
  if (reader.sshString().toString('latin1') !== curve.name) {
    throw new GatewayError('key_invalid', 'The key names two different curves.');
  }
  const point = reader.sshString();
  const size = curve.coordinateBytes;
  if (point.length !== 1 + 2 * size || point.readUInt8(0) !== 0x04) {
    throw new GatewayError('key_invalid', 'The point of the key has the wrong length or form.');
  }
  return {
    kty: 'EC',
    crv: curve.jwk,
    x: point.subarray(1, 1 + size).toString('base64url'),
    y: point.subarray(1 + size).toString('base64url'),
  };
}

function readRsa(reader: ByteReader): JsonWebKey {
  const exponent = readPositive(reader);
  const modulus = readPositive(reader);
  const bits = modulus.length * 8 - (Math.clz32(modulus.readUInt8(0)) - 24);
  if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
    throw new GatewayError(
      'key_invalid',
      `An RSA key needs ${RSA_BITS_MIN} to ${RSA_BITS_MAX} bits; this has ${bits}.`,
    );
  }
  const odd = (number: Buffer): boolean => (number.readUInt8(number.length - 1) & 1) === 1;
  const exponentIsOne = exponent.length === 1 && exponent.readUInt8(0) === 1;
  if (!odd(modulus) || !odd(exponent) || exponentIsOne || exponent.length > RSA_EXPONENT_BYTES_MAX) {
    throw new GatewayError('key_invalid', 'The numbers of this RSA key are not those of an RSA key.');
  }
  return { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') };
}

/** A positive `mpint` (RFC 4251 §5) in its one shortest form, without the leading zero. */
export function readPositive(reader: ByteReader): Buffer {
  const bytes = reader.sshString();
  const first = bytes.length === 0 ? 0 : bytes.readUInt8(0);
  const second = bytes.length < 2 ? 0 : bytes.readUInt8(1);
  const padded = first === 0;
  if (first >= 0x80 || (padded && second < 0x80)) {
    throw new GatewayError('key_invalid', 'A number of the key is not written in its shortest form.');
  }
  return padded ? bytes.subarray(1) : bytes;
}
