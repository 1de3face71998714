/** Secret keys that lie in the data directory and not in the database. */
import { randomBytes } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { GatewayError, hasErrno } from './errors.ts';

const KEY_BYTES = 32;
const OTHERS = 0o077;

/**
 * A key of 32 bytes; the first call makes it.
 * @param name what messages call it, for example `meter key`.
 * @throws {GatewayError} `start_refused` when others may read it or it is none.
 */
export async function loadKeyFile(path: string, name: string): Promise<Buffer> {
  const known = await read(path, name);
  if (known !== undefined) return known;
  const made = `${path}.new`;
  await writeFile(made, randomBytes(KEY_BYTES), { mode: 0o600 });
  await rename(made, path);
  const key = await read(path, name);
  if (key === undefined) throw new GatewayError('start_refused', `The ${name} ${path} cannot be kept.`);
  return key;
}

async function read(path: string, name: string): Promise<Buffer | undefined> {
  try {
    const [key, { mode }] = await Promise.all([readFile(path), stat(path)]);
    if ((mode & OTHERS) !== 0) throw new GatewayError('start_refused', `Others may read the ${name} ${path}.`);
    if (key.length !== KEY_BYTES) throw new GatewayError('start_refused', `The ${name} ${path} is none.`);
    return key;
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}
