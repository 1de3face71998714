import { readFile, writeFile } from 'node:fs/promises';
import { GatewayError, hasErrno } from '../../foundation/index.ts';
import { fingerprintOf, generateSshKey } from '../../identity/index.ts';
import { utils } from './library/index.ts';

export interface HostKey {
  /** OpenSSH private key text. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, as for known_hosts. */
  readonly publicKeyLine: string;
  /** `SHA256:…` as ssh prints it. */
  readonly fingerprint: string;
  /** Private text of the key that follows this one, when there is one: clients learn it while this one is shown. */
  readonly next: string | undefined;
}

/**
 * Rotation: put the new key beside the old one under this name; OpenSSH clients that know the old one learn the new one
 * as they come. Some weeks later rename it over the old one.
 */
const NEXT = '.next';

/**
 * Reads the host key at `path`, making an Ed25519 one (mode 0600) at the first start, and the one that follows it.
 * @throws {GatewayError} `start_refused` when one of them is no Ed25519 private key.
 */
export async function loadHostKey(path: string): Promise<HostKey> {
  const privateKey = (await read(path)) ?? (await create(path));
  const next = await read(`${path}${NEXT}`);
  if (next !== undefined) publicBlob(next, `${path}${NEXT}`);
  const blob = publicBlob(privateKey, path);
  const publicKeyLine = `ssh-ed25519 ${blob.toString('base64')}`;
  return { privateKey, publicKeyLine, fingerprint: fingerprintOf(blob), next };
}

function publicBlob(privateKey: string, path: string): Buffer {
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error || !parsed.isPrivateKey() || parsed.type !== 'ssh-ed25519') {
    throw new GatewayError('start_refused', `The SSH host key at ${path} is not a readable Ed25519 private key.`);
  }
  return parsed.getPublicSSH();
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (!hasErrno(thrown, 'ENOENT')) throw thrown;
    return undefined;
  }
}

async function create(path: string): Promise<string> {
  const { privateKey } = generateSshKey('sekisho gateway');
  await writeFile(path, privateKey, { mode: 0o600, flag: 'wx' });
  return privateKey;
}
