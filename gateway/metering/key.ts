import { randomBytes } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { GatewayError, hasErrno } from '../../foundation/index.ts';

const KEY_BYTES = 32;
const OTHERS = 0o077;

/**
 * The key of the hashes by which persons are counted; the first start makes it. Who has it and the database could try
 * out whether somebody's number was seen, so it lies beside the other keys and not in the database. With another key the
 * counts begin anew.
 * @throws {GatewayError} `start_refused` when others may read it or it is none.
 */
export async function loadMeterKey(path: string): Promise<Buffer> {
  const known = await read(path);
  if (known !== undefined) return known;
  const made = `${path}.new`;
  await writeFile(made, randomBytes(KEY_BYTES), { mode: 0o600 });
  await rename(made, path);
  const key = await read(path);
  if (key === undefined) throw new GatewayError('start_refused', `The meter key ${path} cannot be kept.`);
  return key;
}

async function read(path: string): Promise<Buffer | undefined> {
  try {
    const [key, { mode }] = await Promise.all([readFile(path), stat(path)]);
    if ((mode & OTHERS) !== 0) throw new GatewayError('start_refused', `Others may read the meter key ${path}.`);
    if (key.length !== KEY_BYTES) throw new GatewayError('start_refused', `The meter key ${path} is none.`);
    return key;
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}
