import type { AuthContext, PublicKeyAuthContext } from 'ssh2';
import { type Clock, GatewayError } from '../../foundation/index.ts';
import { type VerifiedCertificate, verifySshSignature, verifyUserCertificate } from '../../identity/index.ts';

export interface AuthenticationFacts {
  /** SSH blobs of the authorities whose certificates are believed. */
  readonly authorities: readonly Buffer[];
  readonly accounts: readonly string[];
  readonly sourceAddress: string;
  readonly clock: Clock;
}

const CERTIFICATE = 'ssh-ed25519-cert-v01@openssh.com';

/**
 * Decides one authentication request. Only a user certificate of our authority opens an account, and only the account
 * its principal names; the signature over the session (RFC 4252 §7) is checked here, since ssh2 does not know certificates.
 * @returns the certificate when this request signs in; undefined when it was the question whether a key would do.
 * @throws {GatewayError} `key_invalid` for everything else.
 */
export function authenticate(ctx: AuthContext, facts: AuthenticationFacts): VerifiedCertificate | undefined {
  if (ctx.method !== 'publickey') throw new GatewayError('key_invalid', 'Only a certificate opens this target.');
  const certificate = believe(ctx, facts);
  if (ctx.signature === undefined) return undefined;
  // Without this check whoever once saw a certificate, which is public, could be its subject.
  if (ctx.blob === undefined || !verifySshSignature(certificate.publicKey, ctx.blob, ctx.signature)) {
    throw new GatewayError('key_invalid', 'The signature is not that of the certificate.');
  }
  return certificate;
}

function believe(ctx: PublicKeyAuthContext, facts: AuthenticationFacts): VerifiedCertificate {
  if (ctx.key.algo !== CERTIFICATE) throw new GatewayError('key_invalid', 'A plain key opens nothing here.');
  if (!facts.accounts.includes(ctx.username)) throw new GatewayError('key_invalid', 'There is no such account.');
  return verifyUserCertificate(ctx.key.data, {
    authorities: facts.authorities,
    principal: ctx.username,
    now: facts.clock.now(),
    sourceAddress: facts.sourceAddress,
  });
}
