/**
 * Proof that a client holds the private key of what it showed: a plain key, a security key, or a certificate's subject.
 * Sources: RFC 4252 §7, OpenSSH PROTOCOL.u2f ("SSH U2F Signatures") and PROTOCOL.certkeys.
 */
import { verify } from 'node:crypto';
import { ByteReader, hasCode, sha256, uint32 } from '../../foundation/index.ts';
import { decodeCertificate } from '../certificates/certificate.ts';
import { verifyEcdsa, verifySshSignature } from './signature.ts';
import { readAnyWireKey, type WireKey } from './wire-key.ts';

/** What an authenticator says of one signature. */
export interface SecurityKeyUse {
  /** Bit 0: somebody touched it; bit 2: it verified who (PIN or finger). */
  readonly flags: number;
  /** Of all signatures of this authenticator, 0 always when it does not count. */
  readonly counter: number;
}

export interface Proof {
  /** Null for a key that signs by itself. */
  readonly securityKey: SecurityKeyUse | null;
}

const CERTIFICATE = /-cert-v01@openssh\.com$/;
const TOUCHED = 0x01;
const VERIFIED = 0x04;

/**
 * Checks that `signature` (an SSH signature blob) over `data` was made with the key in `blob` (an SSH key blob, or a
 * certificate: then with its subject's key). A security key that nobody touched proves nothing.
 * @returns undefined when it was not, or when either cannot be read.
 */
export function verifyPossession(blob: Uint8Array, data: Uint8Array, signature: Uint8Array): Proof | undefined {
  try {
    const subject = isCertificate(blob) ? decodeCertificate(blob).publicKey : blob;
    const key = readAnyWireKey(subject);
    if (key.application === null)
      return verifySshSignature(subject, data, signature) ? { securityKey: null } : undefined;
    const use = verifySecurityKey(key, data, signature);
    return use === undefined ? undefined : { securityKey: use };
  } catch (thrown) {
    if (hasCode(thrown, 'key_invalid') || hasCode(thrown, 'protocol_violation')) return undefined;
    throw thrown;
  }
}

/** Whether the blob is that of a certificate, by the algorithm it names. */
export function isCertificate(blob: Uint8Array): boolean {
  try {
    return CERTIFICATE.test(new ByteReader(blob).sshString().toString('latin1'));
  } catch (thrown) {
    if (hasCode(thrown, 'protocol_violation')) return false;
    throw thrown;
  }
}

/** Whether the authenticator verified who touched it. */
export function wasUserVerified(use: SecurityKeyUse): boolean {
  return (use.flags & VERIFIED) !== 0;
}

function verifySecurityKey(key: WireKey, data: Uint8Array, signature: Uint8Array): SecurityKeyUse | undefined {
  const reader = new ByteReader(signature);
  if (reader.sshString().toString('latin1') !== key.algorithm) return undefined;
  const bytes = reader.sshString();
  const use = { flags: reader.uint8(), counter: reader.uint32() };
  if (reader.remaining > 0) return undefined;
  // A program on the person's machine could otherwise use a key that is plugged in without anybody noticing.
  if ((use.flags & TOUCHED) === 0) return undefined;
  const signed = Buffer.concat([
    sha256(key.application ?? ''),
    Buffer.of(use.flags),
    uint32(use.counter),
    sha256(data),
  ]);
  const isEd25519 = key.algorithm === 'sk-ssh-ed25519@openssh.com';
  const genuine = isEd25519
    ? verify(null, signed, key.key, bytes)
    : verifyEcdsa(key.key, { name: 'ecdsa-sha2-nistp256', data: signed, bytes });
  return genuine ? use : undefined;
}
