import { randomBytes, sign } from 'node:crypto';
import { sshString } from '../../foundation/index.ts';
import { type AgentKey, openAgentKey } from './agent.ts';
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

/** Signs certificates by which its targets, or the gateway itself, let somebody in. */
export interface UserAuthority {
  /** For `TrustedUserCAKeys`: `ssh-ed25519 AAAA…`. */
  readonly publicKeyLine: string;
  /** That line first, then those of the key that follows it and of the one before it, while the key is exchanged. */
  readonly trustedLines: readonly string[];
  /** @throws {GatewayError} `authority_unavailable`: its key lies elsewhere and does not answer. */
  issueUserCertificate(request: UserCertificateRequest): Promise<Buffer>;
}

export interface CertificateAuthority extends UserAuthority {
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
    issueUserCertificate: (request) => issueUser(request, { authority, signature }),
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

/** The authority whose key lies in an ssh-agent. @throws {GatewayError} `start_refused` when it is not there. */
export async function openAgentAuthority(key: AgentKey): Promise<UserAuthority> {
  const { algorithm, blob, sign: signature } = await openAgentKey(key);
  const publicKeyLine = `${algorithm} ${blob.toString('base64')}`;
  return {
    publicKeyLine,
    trustedLines: [publicKeyLine],
    issueUserCertificate: (request) => issueUser(request, { authority: blob, signature }),
  };
}

function issueUser(
  { principal, sourceAddresses, forceCommand, ...request }: UserCertificateRequest,
  { authority, signature }: { authority: Buffer; signature: (body: Buffer) => Buffer | Promise<Buffer> },
): Promise<Buffer> {
  return encodeUserCertificate(
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
  );
}

function lineOf(blob: Buffer): string {
  return `ssh-ed25519 ${blob.toString('base64')}`;
}
