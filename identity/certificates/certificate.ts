/**
 * OpenSSH certificates as bytes, both ways. Pure. Source: OpenSSH PROTOCOL.certkeys.
 */
import { ByteReader, GatewayError, invariant, LIMITS, sshString, uint32, uint64 } from '../../foundation/index.ts';
import { keyReading } from '../keys/wire-key.ts';

const SUFFIX = '-cert-v01@openssh.com';
/** Type of a certificate: whom it is for. */
export const CERTIFICATE_KIND = { user: 1, host: 2 } as const;

/** How many fields the subject's key has between nonce and serial. */
const SUBJECT_FIELDS: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 1],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
  ['ssh-rsa', 2],
]);

const PRINCIPALS_MAX = 256; // OpenSSH's own bound.
const OPTIONS_MAX = 64;

export interface CertificateFields {
  readonly nonce: Buffer;
  /** The subject's raw Ed25519 key, 32 bytes. */
  readonly publicKey: Buffer;
  readonly serial: bigint;
  readonly keyId: string;
  readonly principals: readonly string[];
  readonly validAfter: Date;
  readonly validBefore: Date;
  /** Name to value; an unknown one makes every verifier refuse. */
  readonly criticalOptions: Readonly<Record<string, string>>;
  readonly extensions: readonly string[];
  /** SSH blob of the authority's key. */
  readonly authority: Buffer;
}

/** The certificate's bytes for an Ed25519 subject. `sign` returns an SSH signature blob over what it is given. */
export async function encodeUserCertificate(
  fields: CertificateFields,
  sign: (body: Buffer) => Buffer | Promise<Buffer>,
): Promise<Buffer> {
  const body = bodyOf(CERTIFICATE_KIND.user, fields);
  return Buffer.concat([body, sshString(await sign(body))]);
}

/** The same for a host: its principals are host names. */
export function encodeHostCertificate(fields: CertificateFields, sign: (body: Buffer) => Buffer): Buffer {
  const body = bodyOf(CERTIFICATE_KIND.host, fields);
  return Buffer.concat([body, sshString(sign(body))]);
}

/** Everything that is signed. */
function bodyOf(kind: number, fields: CertificateFields): Buffer {
  invariant(fields.publicKey.length === 32, 'an Ed25519 key has 32 bytes');
  invariant(fields.principals.length > 0, 'a certificate without principals is valid for everybody');
  invariant(fields.validAfter < fields.validBefore, 'a certificate is valid for some time');
  return Buffer.concat([
    sshString(`ssh-ed25519${SUFFIX}`),
    sshString(fields.nonce),
    sshString(fields.publicKey),
    uint64(fields.serial),
    uint32(kind),
    sshString(fields.keyId),
    sshString(Buffer.concat(fields.principals.map((principal) => sshString(principal)))),
    uint64(unixSeconds(fields.validAfter)),
    uint64(unixSeconds(fields.validBefore)),
    sshString(packOptions(Object.entries(fields.criticalOptions).map(([name, value]) => [name, sshString(value)]))),
    sshString(packOptions(fields.extensions.map((name) => [name, Buffer.alloc(0)]))),
    sshString(''),
    sshString(fields.authority),
  ]);
}

export interface Certificate {
  /** SSH blob of the subject's plain key. */
  readonly publicKey: Buffer;
  readonly serial: bigint;
  /** 1 for a user, 2 for a host. */
  readonly kind: number;
  readonly keyId: string;
  readonly principals: readonly string[];
  /** Unix seconds, first valid one. */
  readonly validAfter: bigint;
  /** Unix seconds, first one no longer valid. */
  readonly validBefore: bigint;
  readonly criticalOptions: ReadonlyMap<string, Buffer>;
  readonly extensions: ReadonlyMap<string, Buffer>;
  readonly authority: Buffer;
  /** The bytes the authority signed. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Reads a certificate's form; says nothing about whether to believe it. @throws {GatewayError} `key_invalid` */
export function decodeCertificate(blob: Uint8Array): Certificate {
  if (blob.length > LIMITS.sshPublicKeyBytesMax) throw new GatewayError('key_invalid', 'The certificate is too long.');
  return keyReading(() => {
    const bytes = Buffer.from(blob);
    const reader = new ByteReader(bytes);
    const publicKey = readSubject(reader, bytes);
    const fields = {
      publicKey,
      serial: reader.uint64(),
      kind: reader.uint32(),
      keyId: utf8(reader.sshString()),
      principals: readPrincipals(reader.sshString()),
      validAfter: reader.uint64(),
      validBefore: reader.uint64(),
      criticalOptions: readOptions(reader.sshString()),
      extensions: readOptions(reader.sshString()),
    };
    reader.sshString(); // Reserved: signed, without meaning today.
    const authority = reader.sshString();
    const signed = bytes.subarray(0, reader.offset);
    const signature = reader.sshString();
    if (reader.remaining > 0) throw new GatewayError('key_invalid', 'Bytes follow the end of the certificate.');
    return { ...fields, authority, signed, signature };
  });
}

function readSubject(reader: ByteReader, bytes: Buffer): Buffer {
  const type = reader.sshString().toString('latin1');
  const plain = type.endsWith(SUFFIX) ? type.slice(0, -SUFFIX.length) : '';
  const count = SUBJECT_FIELDS.get(plain);
  if (count === undefined) throw new GatewayError('key_invalid', 'This kind of certificate is not accepted.');
  reader.sshString(); // The nonce.
  const start = reader.offset;
  for (let field = 0; field < count; field += 1) reader.sshString();
  return Buffer.concat([sshString(plain), bytes.subarray(start, reader.offset)]);
}

function readPrincipals(bytes: Buffer): string[] {
  const reader = new ByteReader(bytes);
  const principals: string[] = [];
  while (reader.remaining > 0) {
    principals.push(utf8(reader.sshString()));
    if (principals.length > PRINCIPALS_MAX) throw new GatewayError('key_invalid', 'Too many principals.');
  }
  return principals;
}

/** Names ascend strictly, so that none appears twice with two meanings. */
function readOptions(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const reader = new ByteReader(bytes);
  const options = new Map<string, Buffer>();
  let previous: Buffer | undefined;
  while (reader.remaining > 0) {
    const name = reader.sshString();
    if (previous !== undefined && Buffer.compare(previous, name) >= 0) {
      throw new GatewayError('key_invalid', 'The options are not in order.');
    }
    if (options.size >= OPTIONS_MAX) throw new GatewayError('key_invalid', 'Too many options.');
    options.set(utf8(name), reader.sshString());
    previous = name;
  }
  return options;
}

function packOptions(entries: readonly (readonly [string, Buffer])[]): Buffer {
  const sorted = entries
    .map(([name, data]) => ({ name: Buffer.from(name, 'utf8'), data }))
    .toSorted((left, right) => Buffer.compare(left.name, right.name));
  return Buffer.concat(sorted.flatMap(({ name, data }) => [sshString(name), sshString(data)]));
}

function unixSeconds(date: Date): bigint {
  return BigInt(Math.floor(date.getTime() / 1000));
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string {
  return strictUtf8.decode(bytes);
}
