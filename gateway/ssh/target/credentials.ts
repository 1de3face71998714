/** The key of one entry into one account, and its certificate of minutes. The key never leaves memory. */
import { generateKeyPairSync } from 'node:crypto';
import { type Clock, LIMITS, rawPublicKey } from '../../../foundation/index.ts';
import type { UserAuthority } from '../../../identity/index.ts';
import type { Target } from '../../../policy/index.ts';
import { clientKey, type ParsedKey } from '../library/index.ts';

export interface CredentialDeps {
  readonly clock: Clock;
  readonly authority: UserAuthority;
}

export interface CredentialRequest {
  readonly target: Target;
  readonly account: string;
  /** What the target writes into its own log of this entry. */
  readonly keyId: string;
  readonly serial: bigint;
  readonly extensions: readonly string[];
  /** The one command the target runs for it. */
  readonly forceCommand?: string;
}

/** Clocks of two hosts differ; a certificate that begins now would not have begun there. */
const CLOCK_SKEW_MS = 60_000;

/** A new key and its certificate, in the shape the library signs with. @throws {GatewayError} `authority_unavailable` */
export async function issueCredential(deps: CredentialDeps, request: CredentialRequest): Promise<ParsedKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const now = deps.clock.now().getTime();
  const { sourceAddress } = request.target;
  const certificate = await deps.authority.issueUserCertificate({
    publicKey: rawPublicKey(publicKey),
    principal: request.account,
    keyId: request.keyId,
    serial: request.serial,
    validAfter: new Date(now - CLOCK_SKEW_MS),
    validBefore: new Date(now + LIMITS.sessionCertificateMinutes * 60_000),
    extensions: request.extensions,
    ...(request.forceCommand === undefined ? {} : { forceCommand: request.forceCommand }),
    ...(sourceAddress === null ? {} : { sourceAddresses: sourceAddress.split(',') }),
  });
  return clientKey(privateKey, certificate);
}
