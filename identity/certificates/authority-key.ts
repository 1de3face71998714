/** The key files of an authority: the one that signs, the one that will, and the one that did. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asError, GatewayError, hasErrno, rawPublicKey, sshString } from '../../foundation/index.ts';

/** Published beside the one that signs, so that everybody trusts it before it signs anything. */
const nextOf = (path: string): string => `${path}.next`;
/** What it signed is still trusted, until it is forgotten. */
const formerOf = (path: string): string => `${path}.former`;

export type RotationStep = 'none' | 'announced' | 'switched';

export interface AuthorityKeys {
  readonly current: KeyObject;
  readonly next: KeyObject | undefined;
  readonly former: KeyObject | undefined;
}

/** @throws {GatewayError} `start_refused`. */
export async function readAuthorityKeys(path: string): Promise<AuthorityKeys> {
  const current = await readAuthorityKey(path);
  const also = async (file: string): Promise<KeyObject | undefined> =>
    (await exists(file)) ? readAuthorityKey(file) : undefined;
  return { current, next: await also(nextOf(path)), former: await also(formerOf(path)) };
}

/** How far the exchange of the key is. */
export async function rotationOf(path: string): Promise<RotationStep> {
  if (await exists(nextOf(path))) return 'announced';
  return (await exists(formerOf(path))) ? 'switched' : 'none';
}

/** Makes the key that follows. @throws {GatewayError} `transition_forbidden`: an exchange is under way. */
export async function announceKey(path: string): Promise<void> {
  await requireStep(path, 'none');
  await createKeyWhenMissing(nextOf(path));
}

/**
 * The key that was announced signs from the next start or reload on; the former one is kept, so that what it signed is
 * trusted. Broken off in between, it is done again: the former one is a second name of the current one then.
 * @throws {GatewayError} `transition_forbidden`: nothing was announced.
 */
export async function switchKey(path: string): Promise<void> {
  await requireStep(path, 'announced');
  await link(path, formerOf(path)).catch(async (thrown: unknown) => {
    if (!hasErrno(thrown, 'EEXIST')) throw thrown;
    const [kept, current] = [await stat(formerOf(path)), await stat(path)];
    if (kept.ino !== current.ino)
      throw new GatewayError('transition_forbidden', 'An earlier key is not forgotten yet.');
  });
  await rename(nextOf(path), path);
  await syncDirectory(dirname(path));
}

/** What the former key signed is trusted no more. @throws {GatewayError} `transition_forbidden`: there is none. */
export async function forgetKey(path: string): Promise<void> {
  await requireStep(path, 'switched');
  await rm(formerOf(path));
  await syncDirectory(dirname(path));
}

async function requireStep(path: string, wanted: RotationStep): Promise<void> {
  const step = await rotationOf(path);
  if (step !== wanted) throw new GatewayError('transition_forbidden', `The exchange of this key is: ${step}.`);
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

export function publicKeyBlob(key: KeyObject): Buffer {
  return Buffer.concat([sshString('ssh-ed25519'), sshString(rawPublicKey(key))]);
}
