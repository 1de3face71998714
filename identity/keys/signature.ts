import { type KeyObject, verify } from 'node:crypto';
import { ByteReader, hasCode } from '../../foundation/index.ts';
import { CURVES, readPositive, readWireKey } from './wire-key.ts';

const RSA_HASHES: ReadonlyMap<string, string> = new Map([
  ['rsa-sha2-256', 'sha256'],
  ['rsa-sha2-512', 'sha512'],
]);

/**
 * Reports whether `signature` (an SSH signature blob: string algorithm, string bytes) is that of `publicKey` (an SSH
 * key blob) over `data`. The algorithm must fit the key; `ssh-rsa`, which is SHA-1, never does.
 * Sources: RFC 4253 §6.6, RFC 5656 §3.1.2, RFC 8332 §3, RFC 8709 §6.
 */
export function verifySshSignature(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    const { algorithm, key } = readWireKey(publicKey);
    const reader = new ByteReader(signature);
    const name = reader.sshString().toString('latin1');
    const bytes = reader.sshString();
    if (reader.remaining > 0) return false;
    if (algorithm === 'ssh-rsa') return verifyRsa(key, { name, data, bytes });
    if (name !== algorithm) return false;
    return algorithm === 'ssh-ed25519' ? verify(null, data, key, bytes) : verifyEcdsa(key, { name, data, bytes });
  } catch (thrown) {
    if (hasCode(thrown, 'key_invalid') || hasCode(thrown, 'protocol_violation')) return false;
    throw thrown;
  }
}

export interface Signed {
  readonly name: string;
  readonly data: Uint8Array;
  readonly bytes: Buffer;
}

function verifyRsa(key: KeyObject, { name, data, bytes }: Signed): boolean {
  const hash = RSA_HASHES.get(name);
  return hash !== undefined && verify(hash, data, key, bytes);
}

/** `name` is that of the curve's plain algorithm; `bytes` are the two numbers (RFC 5656 §3.1.2). */
export function verifyEcdsa(key: KeyObject, { name, data, bytes }: Signed): boolean {
  const curve = CURVES.get(name);
  if (curve === undefined) return false;
  const reader = new ByteReader(bytes);
  const parts = [readPositive(reader), readPositive(reader)];
  if (reader.remaining > 0 || parts.some((part) => part.length > curve.coordinateBytes)) return false;
  const fixed = parts.map((part) => Buffer.concat([Buffer.alloc(curve.coordinateBytes - part.length), part]));
  return verify(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat(fixed));
}
