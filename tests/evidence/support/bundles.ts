import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeManifest, type Manifest, PATHS, toHex } from '../../../evidence/index.ts';
import { makeBundle } from '../../../main/bundle/make.ts';
import { recorderEvidence } from '../../../recorder/index.ts';
import { nodeCrypto } from '../../../recorder/node-crypto.ts';
import { type Files, type House, policyOf, writeHouse } from './house.ts';

export function manifestOf(scope: Manifest['scope'], more: Partial<Manifest> = {}): Manifest {
  return {
    ...{ v: 1, type: 'sekisho.evidence', made: '2026-11-02T00:00:00.000Z', build: 'test', ticket: null },
    ...{ scope, streams: ['screen', 'keystrokes'], ...more },
  };
}

/** The files of a bundle, without the zip around them, and with sums that are right. */
export function bundleFiles(files: Files, manifest: Manifest): Files {
  const all: Files = new Map([...files, [PATHS.manifest, encodeManifest(manifest)]]);
  return all.set(PATHS.sums, sumsOf(all));
}

export function sumsOf(files: Files): Uint8Array {
  const lines = [...files].filter(([path]) => path !== PATHS.sums);
  return Buffer.from(lines.map(([path, bytes]) => `${toHex(nodeCrypto.sha256(bytes))}  ${path}\n`).join(''));
}

/** The house as a recorder's directory on the disk. */
export async function writeDirectory(house: House, directory: string): Promise<void> {
  for (const [path, bytes] of writeHouse(house)) {
    if (path === PATHS.policy || path === PATHS.submitter || path === PATHS.events) continue;
    const id = /^objects\/(([0-9a-f]{2})[0-9a-f]{62})$/.exec(path);
    const file = join(directory, id === null ? path : `objects/${id[2] ?? ''}/${id[1] ?? ''}`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
}

/** A bundle of the house as the command makes it, of a directory on the disk. */
export async function zipBundle(house: House, directory: string, out: string, manifest: Manifest) {
  await writeDirectory(house, directory);
  const source = recorderEvidence({ directory, policy: policyOf(house), submitter: house.submitter.publicKey });
  return makeBundle({
    ...{ source, crypto: nodeCrypto, manifest, out },
    openEvents: (_sessions, numbers) => Promise.resolve(house.events.filter(({ n }) => numbers.includes(n))),
    extras: () => Promise.resolve(new Map([['README.md', Buffer.from('read me\n')]])),
  });
}
