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
}

/** Reads the host key at `path`, making an Ed25519 one (mode 0600) at the first start. */
export async function loadHostKey(path: string): Promise<HostKey> {
  const privateKey = await readOrCreate(path);
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error || !parsed.isPrivateKey() || parsed.type !== 'ssh-ed25519') {
    throw new GatewayError('start_refused', 'The SSH host key is not a readable Ed25519 private key.');
  }
  const blob = parsed.getPublicSSH();
  return { privateKey, publicKeyLine: `ssh-ed25519 ${blob.toString('base64')}`, fingerprint: fingerprintOf(blob) };
}

async function readOrCreate(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (!hasErrno(thrown, 'ENOENT')) throw thrown;
  }
  const { privateKey } = generateSshKey('sekisho gateway');
  await writeFile(path, privateKey, { mode: 0o600, flag: 'wx' });
  return privateKey;
}
