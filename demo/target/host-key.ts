import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { GatewayError, Secret, hasErrno } from '../../foundation/index.ts';
import { generateSshKey } from '../../identity/index.ts';

export interface HostKey {
  /** In OpenSSH's private form. */
  readonly privateKey: Secret<string>;
  /** `ssh-ed25519 AAAA…`, as a target's key is pinned. */
  readonly publicLine: string;
}

/** The target's own Ed25519 key at `path`, made at the first start. @throws {GatewayError} `start_refused` */
export async function loadHostKey(path: string): Promise<HostKey> {
  const text = await readFile(path, 'utf8').catch(async (thrown: unknown) => {
    if (!hasErrno(thrown, 'ENOENT')) throw thrown;
    return createHostKey(path);
  });
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error || key.type !== 'ssh-ed25519' || !key.isPrivateKey()) {
    throw new GatewayError('start_refused', `${path} is no Ed25519 host key; remove it and start again.`);
  }
  return { privateKey: new Secret(text), publicLine: `${key.type} ${key.getPublicSSH().toString('base64')}` };
}

async function createHostKey(path: string): Promise<string> {
  const { privateKey: text } = generateSshKey('crm-db');
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(beside, text, { mode: 0o600, flag: 'wx' });
  await rename(beside, path);
  return text;
}
