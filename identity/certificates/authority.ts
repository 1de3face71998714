import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asError, GatewayError, rawPublicKey, sshString, hasErrno } from '../../foundation/index.ts';
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
  issueUserCertificate(request: UserCertificateRequest): Buffer;
  issueHostCertificate(request: HostCertificateRequest): Buffer;
}

const NONCE_BYTES = 32;

/**
 * The authority of the key at `path`, an Ed25519 key in PKCS#8 PEM readable by its owner alone; made when missing.
 * @throws {GatewayError} `start_refused` when the file is something else or others may read it.
 */
export async function loadCertificateAuthority(path: string): Promise<CertificateAuthority> {
  const key = await readAuthorityKey(path);
  const authority = publicKeyBlob(key);
  const signature = (body: Buffer): Buffer =>
    Buffer.concat([sshString('ssh-ed25519'), sshString(sign(null, body, key))]);
  return {
    publicKeyLine: `ssh-ed25519 ${authority.toString('base64')}`,
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

async function readAuthorityKey(path: string): Promise<KeyObject> {
  try {
    await createKeyWhenMissing(path);
    const { mode } = await stat(path);
    // Whoever can read this key can become anybody on every target.
    if ((mode & 0o077) !== 0) throw new GatewayError('start_refused', `Others may read ${path}: chmod 600 it.`);
    const key = createPrivateKey(await readFile(path));
    if (key.asymmetricKeyType !== 'ed25519') throw new GatewayError('start_refused', `${path} is no Ed25519 key.`);
    return key;
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    throw new GatewayError('start_refused', `The key of the certificate authority at ${path} cannot be used.`, {
      cause: asError(thrown),
    });
  }
}

/** Writes beside and links: a crash leaves no half key, and of two processes that start at once one key wins. */
async function createKeyWhenMissing(path: string): Promise<void> {
  if (await exists(path)) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    const { privateKey } = generateKeyPairSync('ed25519');
    await writeDurably(beside, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await link(beside, path).catch((thrown: unknown) => {
      if (!hasErrno(thrown, 'EEXIST')) throw thrown;
    });
    await syncDirectory(dirname(path));
  } finally {
    await rm(beside, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT')) return false;
    throw thrown;
  }
}

async function writeDurably(path: string, content: string | Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function publicKeyBlob(key: KeyObject): Buffer {
  return Buffer.concat([sshString('ssh-ed25519'), sshString(rawPublicKey(key))]);
}
