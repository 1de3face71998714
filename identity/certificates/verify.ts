import { BlockList, isIP } from 'node:net';
import { ByteReader, GatewayError } from '../../foundation/index.ts';
import { verifySshSignature } from '../keys/signature.ts';
import { keyReading, readWireKey } from '../keys/wire-key.ts';
import { CERTIFICATE_KIND, type Certificate, decodeCertificate } from './certificate.ts';

export interface CertificateFacts {
  /** SSH key blobs of the authorities believed. */
  readonly authorities: readonly Buffer[];
  readonly principal: string;
  readonly now: Date;
  /** Where the connection comes from; without it a certificate bound to addresses is refused. */
  readonly sourceAddress?: string;
}

export interface VerifiedCertificate {
  /** SSH blob of the subject's key: the one whose signature must follow. */
  readonly publicKey: Buffer;
  readonly keyId: string;
  readonly serial: bigint;
  readonly principals: readonly string[];
}

/**
 * Believes a user certificate, or throws. What remains for the caller is the proof of possession: a signature of the
 * returned `publicKey` over the session, see `verifySshSignature`.
 * @throws {GatewayError} `key_invalid`
 */
export function verifyUserCertificate(blob: Buffer, facts: CertificateFacts): VerifiedCertificate {
  const certificate = decodeCertificate(blob);
  // A host's certificate, shown as a person's, would let every server be somebody.
  if (certificate.kind !== CERTIFICATE_KIND.user) refuse('is not for a user');
  if (!facts.authorities.some((authority) => authority.equals(certificate.authority))) refuse('has a foreign issuer');
  if (!verifySshSignature(certificate.authority, certificate.signed, certificate.signature)) refuse('is not genuine');
  checkValidity(certificate, facts.now);
  // OpenSSH once took an empty list for "everybody"; here it is nobody.
  if (!certificate.principals.includes(facts.principal)) refuse('is for somebody else');
  for (const [name, data] of certificate.criticalOptions) checkCriticalOption(name, data, facts.sourceAddress);
  readWireKey(certificate.publicKey);
  const { publicKey, keyId, serial, principals } = certificate;
  return { publicKey, keyId, serial, principals };
}

function refuse(why: string): never {
  throw new GatewayError('key_invalid', `The certificate ${why}.`);
}

export function checkValidity(certificate: Certificate, now: Date): void {
  const seconds = BigInt(Math.floor(now.getTime() / 1000));
  if (seconds < certificate.validAfter) refuse('is not valid yet');
  if (seconds >= certificate.validBefore) refuse('has expired');
}

/** An option we cannot keep (force-command, verify-required, one of tomorrow) must not be ignored: that is its point. */
function checkCriticalOption(name: string, data: Buffer, sourceAddress: string | undefined): void {
  if (name !== 'source-address') refuse('carries a critical option that is not supported');
  const list = keyReading(() => {
    const reader = new ByteReader(data);
    const value = reader.sshString().toString('latin1');
    if (reader.remaining > 0) throw new GatewayError('key_invalid', 'Bytes follow the end of an option.');
    return value.split(',');
  });
  if (sourceAddress === undefined || !matchesAddress(list, sourceAddress)) refuse('is not valid from this address');
}

function matchesAddress(list: readonly string[], sourceAddress: string): boolean {
  const address = sourceAddress.replace(/^::ffff:(?=\d+\.)/i, '');
  const allowed = new BlockList();
  for (const item of list) {
    const [network = '', prefix, ...more] = item.split('/');
    const version = isIP(network);
    const bits = version === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : Number(/^\d{1,3}$/.test(prefix) ? prefix : Number.NaN);
    if (version === 0 || more.length > 0 || !(length <= bits)) refuse('names an address that cannot be read');
    allowed.addSubnet(network, length, version === 4 ? 'ipv4' : 'ipv6');
  }
  const version = isIP(address);
  return version !== 0 && allowed.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
