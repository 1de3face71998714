import { randomBytes, sign } from 'node:crypto';
import { sshString } from '../../foundation/index.ts';
import { publicKeyBlob, readAuthorityKeys } from './authority-key.ts';
import { encodeHostCertificate, encodeUserCertificate } from './certificate.ts';

interface UserCertificateRequest {
  /** The subject's raw Ed25519 key, 32 bytes. */
  readonly publicKey: Buffer;
  readonly principal: string;
  readonly keyId: string;
  /** To the second, rounded down. */
  readonly validAfter: Date;
  /** To the second, rounded down; the first one no longer valid. */
  readonly validBefore: Date;
  readonly serial: bigint;
  readonly extensions: readonly string[];
  /** Addresses or CIDR ranges the certificate may be used from; anywhere when absent. */
  readonly sourceAddresses?: readonly string[];
  /** The one command the host runs for it, whatever is asked for; what is asked for when absent. */
  readonly forceCommand?: string;
}

interface HostCertificateRequest {
  /** The host's raw Ed25519 key, 32 bytes. */
  readonly publicKey: Buffer;
  /** Every name a client may reach it by; compared letter by letter. */
  readonly hostNames: readonly string[];
  readonly keyId: string;
  /** To the second, rounded down. */
  readonly validAfter: Date;
  /** To the second, rounded down; the first one no longer valid. */
  readonly validBefore: Date;
  readonly serial: bigint;
}

export interface CertificateAuthority {
  /** For `TrustedUserCAKeys` or `@cert-authority`: `ssh-ed25519 AAAA…`. */
  readonly publicKeyLine: string;
  /** That line first, then those of the key that follows it and of the one before it, while the key is exchanged. */
  readonly trustedLines: readonly string[];
  issueUserCertificate(request: UserCertificateRequest): Buffer;
  issueHostCertificate(request: HostCertificateRequest): Buffer;
}

const NONCE_BYTES = 32;

/**
 * The authority of the key at `path`, an Ed25519 key in PKCS#8 PEM readable by its owner alone; made when missing.
 * @throws {GatewayError} `start_refused` when the file is something else or others may read it.
 */
export async function loadCertificateAuthority(path: string): Promise<CertificateAuthority> {
  const { current: key, next, former } = await readAuthorityKeys(path);
  const authority = publicKeyBlob(key);
  const known = [key, next, former].flatMap((one) => (one === undefined ? [] : [publicKeyBlob(one)]));
  const signature = (body: Buffer): Buffer =>
    Buffer.concat([sshString('ssh-ed25519'), sshString(sign(null, body, key))]);
  return {
    publicKeyLine: lineOf(authority),
    trustedLines: [...new Set(known.map((blob) => lineOf(blob)))],
    issueUserCertificate: ({ principal, sourceAddresses, forceCommand, ...request }) =>
      encodeUserCertificate(
        {
          ...request,
          authority,
          nonce: randomBytes(NONCE_BYTES),
          principals: [principal],
          criticalOptions: {
            ...(forceCommand === undefined ? {} : { 'force-command': forceCommand }),
            ...(sourceAddresses === undefined ? {} : { 'source-address': sourceAddresses.join(',') }),
          },
        },
        signature,
      ),
    issueHostCertificate: ({ hostNames, ...request }) =>
      encodeHostCertificate(
        {
          ...request,
          authority,
          nonce: randomBytes(NONCE_BYTES),
          principals: hostNames,
          criticalOptions: {},
          extensions: [],
        },
        signature,
      ),
  };
}

function lineOf(blob: Buffer): string {
  return `ssh-ed25519 ${blob.toString('base64')}`;
}
