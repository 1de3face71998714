/** Keys and blobs that tests make; the wire forms are written out here and not borrowed from the code under test. */
import { createPublicKey, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

export const str = (value: string | Uint8Array): Buffer => {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
  return Buffer.concat([u32(bytes.length), bytes]);
};

export const mpint = (magnitude: Buffer): Buffer => {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const shortest = magnitude.subarray(start);
  return str((shortest[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), shortest]) : shortest);
};

/** Of the key read anew: one just made must not be exported as a JWK (see `rawPublicKey`). */
const field = (key: KeyObject, name: 'x' | 'y' | 'n' | 'e'): Buffer => {
  const read = createPublicKey(key.export({ format: 'pem', type: 'spki' }));
  return Buffer.from(String(read.export({ format: 'jwk' })[name]), 'base64url');
};

export interface TestKey {
  readonly algorithm: string;
  readonly blob: Buffer;
  readonly raw: Buffer;
  /** An SSH signature blob. */
  readonly sign: (data: Buffer) => Buffer;
}

export function ed25519(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = field(publicKey, 'x');
  return {
    algorithm: 'ssh-ed25519',
    raw,
    blob: Buffer.concat([str('ssh-ed25519'), str(raw)]),
    sign: (data) => Buffer.concat([str('ssh-ed25519'), str(sign(null, data, privateKey))]),
  };
}

const CURVES = {
  nistp256: ['P-256', 32, 'sha256'],
  nistp384: ['P-384', 48, 'sha384'],
  nistp521: ['P-521', 66, 'sha512'],
} as const;

export function ecdsa(name: keyof typeof CURVES): TestKey {
  const [namedCurve, size, hash] = CURVES[name];
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const raw = Buffer.concat([Buffer.of(4), field(publicKey, 'x'), field(publicKey, 'y')]);
  const algorithm = `ecdsa-sha2-${name}`;
  return {
    algorithm,
    raw,
    blob: Buffer.concat([str(algorithm), str(name), str(raw)]),
    sign: (data) => {
      const fixed = sign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return Buffer.concat([
        str(algorithm),
        str(Buffer.concat([mpint(fixed.subarray(0, size)), mpint(fixed.subarray(size))])),
      ]);
    },
  };
}

export function rsa(bits: number, hash: 'sha1' | 'sha256' | 'sha512' = 'sha512'): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const raw = field(publicKey, 'n');
  const named = { sha1: 'ssh-rsa', sha256: 'rsa-sha2-256', sha512: 'rsa-sha2-512' }[hash];
  return {
    algorithm: 'ssh-rsa',
    raw,
    blob: Buffer.concat([str('ssh-rsa'), mpint(field(publicKey, 'e')), mpint(raw)]),
    sign: (data) => Buffer.concat([str(named), str(sign(hash, data, privateKey))]),
  };
}

export const line = (key: Pick<TestKey, 'algorithm' | 'blob'>, comment = 'me@laptop'): string =>
  `${key.algorithm} ${key.blob.toString('base64')} ${comment}`.trim();

/** A certificate written field by field, so that each may be wrong. */
export function certificate(
  subject: TestKey,
  authority: TestKey,
  fields: {
    type?: string;
    kind?: number;
    serial?: bigint;
    keyId?: string;
    principals?: string[];
    after: bigint;
    before: bigint;
    critical?: [string, Buffer][];
    extensions?: [string, Buffer][];
    reserved?: Buffer;
    sign?: (data: Buffer) => Buffer;
    tail?: Buffer;
  },
): Buffer {
  const options = (list: [string, Buffer][] = []): Buffer =>
    str(Buffer.concat(list.flatMap(([name, data]) => [str(name), str(data)])));
  const subjectFields = subject.blob.subarray(4 + subject.algorithm.length);
  const body = Buffer.concat([
    str(fields.type ?? `${subject.algorithm}-cert-v01@openssh.com`),
    str(Buffer.alloc(32, 7)),
    subjectFields,
    u64(fields.serial ?? 1n),
    u32(fields.kind ?? 1),
    str(fields.keyId ?? 'key id'),
    str(Buffer.concat((fields.principals ?? ['aoki']).map(str))),
    u64(fields.after),
    u64(fields.before),
    options(fields.critical),
    options(fields.extensions),
    str(fields.reserved ?? ''),
    str(authority.blob),
  ]);
  return Buffer.concat([body, str((fields.sign ?? authority.sign)(body)), fields.tail ?? Buffer.alloc(0)]);
}

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

export interface TestSecurityKey extends Omit<TestKey, 'sign'> {
  /** What an authenticator answers (PROTOCOL.u2f): touched, with this counter, unless said otherwise. */
  readonly sign: (data: Buffer, said?: { flags?: number; counter?: number; application?: string }) => Buffer;
}

/** A security key as OpenSSH's PROTOCOL.u2f writes it, its authenticator included. */
export function securityKey(kind: 'ed25519' | 'ecdsa', application = 'ssh:'): TestSecurityKey {
  const inner = kind === 'ed25519' ? ed25519() : ecdsa('nistp256');
  const algorithm = kind === 'ed25519' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const point = kind === 'ed25519' ? [str(inner.raw)] : [str('nistp256'), str(inner.raw)];
  return {
    algorithm,
    raw: inner.raw,
    blob: Buffer.concat([str(algorithm), ...point, str(application)]),
    sign: (data, { flags = 1, counter = 1, application: signedFor = application } = {}) => {
      const tail = Buffer.concat([Buffer.of(flags), u32(counter)]);
      const signed = inner.sign(Buffer.concat([sha256(signedFor), tail, sha256(data)]));
      const bytes = signed.subarray(4 + inner.algorithm.length + 4);
      return Buffer.concat([str(algorithm), str(bytes), tail]);
    },
  };
}
