/** The identities that a process of ours holds, in a file as `age-keygen` writes it. */
import { stat } from 'node:fs/promises';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { nodeFiles, readWhole, replaceFile } from '../files.ts';
import { createIdentity, parseIdentities } from './age.ts';

const OTHERS = 0o077;

/** @throws {GatewayError} `start_refused` when it cannot be read, others may read it, or it is none. */
export async function loadIdentities(path: string): Promise<string[]> {
  const bytes = await readWhole(nodeFiles, path, LIMITS.identityFileBytesMax).catch((cause: unknown) => {
    throw new GatewayError('start_refused', `The identity ${path} cannot be read.`, { cause });
  });
  if (bytes === undefined) throw new GatewayError('start_refused', `There is no identity ${path}.`);
  const { mode } = await stat(path);
  if ((mode & OTHERS) !== 0) throw new GatewayError('start_refused', `Others may read the identity ${path}.`);
  try {
    return parseIdentities(bytes.toString('utf8'));
  } catch (cause) {
    throw new GatewayError('start_refused', `${path} holds no age identity.`, { cause });
  }
}

/** The same; the first start makes one. Durable when it resolves: what is wrapped to it must not outlive it. */
export async function loadOrMakeIdentities(path: string): Promise<string[]> {
  const there = await readWhole(nodeFiles, path, LIMITS.identityFileBytesMax).catch(() => true);
  if (there === undefined) {
    const { identity, recipient } = await createIdentity();
    await replaceFile(nodeFiles, path, Buffer.from(`# public key: ${recipient}\n${identity}\n`));
  }
  return loadIdentities(path);
}
