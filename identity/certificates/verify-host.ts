import { GatewayError } from '../../foundation/index.ts';
import { verifySshSignature } from '../keys/signature.ts';
import { readWireKey } from '../keys/wire-key.ts';
import { decodeCertificate } from './certificate.ts';
import { checkValidity } from './verify.ts';

export interface HostCertificateFacts {
  /** SSH key blob of the authority believed. */
  readonly authority: Buffer;
  /** What the host may call itself; one of them must be a principal. Case does not matter, as in DNS. */
  readonly names: readonly string[];
  readonly now: Date;
}

export interface VerifiedHostCertificate {
  /** SSH blob of the host's key: the one whose signature ends the key exchange. */
  readonly publicKey: Buffer;
  readonly keyId: string;
  readonly serial: bigint;
  /** Unix seconds, first one no longer valid. */
  readonly validBefore: bigint;
}

const HOST = 2;

/**
 * Believes a host certificate (OpenSSH PROTOCOL.certkeys), or throws. What remains for the caller is the proof of
 * possession, which is the signature of the key exchange.
 * @throws {GatewayError} `key_invalid`
 */
export function verifyHostCertificate(blob: Buffer, facts: HostCertificateFacts): VerifiedHostCertificate {
  const certificate = decodeCertificate(blob);
  // A person's certificate, shown as a host's, would let everybody who signs in be a server.
  if (certificate.kind !== HOST) refuse('is not for a host');
  if (!certificate.authority.equals(facts.authority)) refuse('has a foreign issuer');
  // SHA-1 signatures (`ssh-rsa`) are none: a collision would be a certificate for any host.
  if (!verifySshSignature(certificate.authority, certificate.signed, certificate.signature)) refuse('is not genuine');
  checkValidity(certificate, facts.now);
  // An empty list is nobody: read as "every host", one stolen certificate would be all of them.
  const names = facts.names.map((name) => name.toLowerCase());
  if (!certificate.principals.some((principal) => names.includes(principal.toLowerCase()))) {
    refuse('is for another host');
  }
  // There is none for hosts, and one that is not understood must not be ignored.
  if (certificate.criticalOptions.size > 0) refuse('carries a critical option');
  readWireKey(certificate.publicKey);
  const { publicKey, keyId, serial, validBefore } = certificate;
  return { publicKey, keyId, serial, validBefore };
}

function refuse(why: string): never {
  throw new GatewayError('key_invalid', `The certificate ${why}.`);
}
