/** The directory of `sekisho login`: its owner's alone, all the way, before anything is read from it or written to it. */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Stats } from 'node:fs';
import { GatewayError, hasErrno } from '../../foundation/index.ts';

export const FILES = {
  key: 'id_ed25519',
  publicKey: 'id_ed25519.pub',
  certificate: 'id_ed25519-cert.pub',
  knownHosts: 'known_hosts',
  config: 'config',
  gateway: 'gateway',
  token: 'token',
} as const;

const OTHERS = 0o077;

/** Makes the directory, mode 0700, or checks it. @throws {GatewayError} `login_directory_refused`. */
export async function openPlace(directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  await mkdir(directory, { mode: 0o700 }).catch((thrown: unknown) => {
    if (!hasErrno(thrown, 'EEXIST')) throw thrown;
  });
  const found = await lstat(directory);
  if (!found.isDirectory()) refuse(`${directory} is no directory; a link is not followed.`);
  checkOwner(directory, found, '700');
}

/** What a file of ours holds; undefined when there is none. @throws {GatewayError} `login_directory_refused`. */
export async function readOwn(directory: string, file: string): Promise<string | undefined> {
  const path = join(directory, file);
  if (!(await isOwnFile(path))) return undefined;
  return readFile(path, 'utf8');
}

/** Writes beside and renames, mode 0600: a crash leaves the old file or the new one, and no link is written through. */
export async function writeOwn(directory: string, file: string, text: string): Promise<void> {
  const path = join(directory, file);
  await isOwnFile(path);
  const beside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

export async function removeOwn(directory: string): Promise<void> {
  for (const file of Object.values(FILES)) await rm(join(directory, file), { force: true });
}

/** Of somebody who signed in here before, and may be somebody else. */
export async function removeSshFiles(directory: string): Promise<void> {
  for (const file of [FILES.certificate, FILES.config, FILES.knownHosts])
    await rm(join(directory, file), { force: true });
}

async function isOwnFile(path: string): Promise<boolean> {
  const found = await lstat(path).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  });
  if (found === undefined) return false;
  if (!found.isFile()) refuse(`${path} is no ordinary file; a link is not followed.`);
  checkOwner(path, found, '600');
  return true;
}

/** What others may write there they could have written; what they may read is no secret. */
function checkOwner(path: string, found: Stats, mode: string): void {
  if (process.getuid !== undefined && found.uid !== process.getuid()) refuse(`${path} belongs to somebody else.`);
  if ((found.mode & OTHERS) !== 0) refuse(`Others may reach ${path}: chmod ${mode} it.`);
}

function refuse(why: string): never {
  throw new GatewayError('login_directory_refused', why);
}
