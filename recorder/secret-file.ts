/** A secret of 32 bytes in a file of its own, made by the first start. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { GatewayError } from '../foundation/index.ts';
import { nodeFiles, readWhole, replaceFile } from './files.ts';

const SECRET_BYTES = 32;
const OTHERS = 0o077;

/**
 * Durable when it resolves: what is sealed with it must not outlive it.
 * @throws {GatewayError} `start_refused` when others may read it or it is none.
 */
export async function loadSecretFile(path: string): Promise<Buffer> {
  const known = await readWhole(nodeFiles, path, SECRET_BYTES + 1).catch((cause: unknown) => {
    throw new GatewayError('start_refused', `The secret ${path} cannot be read.`, { cause });
  });
  if (known === undefined) {
    const made = randomBytes(SECRET_BYTES);
    await replaceFile(nodeFiles, path, made);
    return made;
  }
  if (known.length !== SECRET_BYTES) throw new GatewayError('start_refused', `The secret ${path} is none.`);
  const { mode } = await stat(path);
  if ((mode & OTHERS) !== 0) throw new GatewayError('start_refused', `Others may read the secret ${path}.`);
  return known;
}
