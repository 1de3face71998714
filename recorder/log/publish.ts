/** Entry bundles, hash tiles and the checkpoint as files, each put in place whole. */
import { dirname, join } from 'node:path';
import { bundlePath, encodeBundle, type NodeSource, TILE_WIDTH, tileNodes, tilePath } from '../../evidence/index.ts';
import { hasErrno } from '../../foundation/index.ts';
import { type FileSystem, makeDirectory, readWhole, removeFile, replaceFile } from '../files.ts';
import { CHECKPOINT } from './read-log.ts';
import { HASH_BYTES, type HashTile } from './tiles.ts';
import { nodeCrypto } from '../node-crypto.ts';

interface Place {
  readonly directory: string;
  readonly files: FileSystem;
}

/** Writes the bundles that changed, the first of which begins before `size`; @returns the last one's when not full. */
export async function storeBundles(
  place: Place,
  size: number,
  entries: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  let rest = entries;
  for (let number = Math.floor(size / TILE_WIDTH); rest.length > 0; number += 1) {
    const bundle = rest.slice(0, TILE_WIDTH);
    await store(place, bundlePath(number, bundle.length), encodeBundle(bundle));
    if (bundle.length < TILE_WIDTH) return bundle;
    await removePartials(place, bundlePath(number, 1));
    rest = rest.slice(TILE_WIDTH);
  }
  return [];
}

export async function storeTiles(place: Place, tiles: readonly HashTile[]): Promise<void> {
  for (const { level, number, hashes } of tiles) {
    await store(place, tilePath({ level, number, width: hashes.length }), Buffer.concat(hashes));
    if (hashes.length === TILE_WIDTH) await removePartials(place, tilePath({ level, number, width: 1 }));
  }
}

export async function storeCheckpoint({ directory, files }: Place, note: string, name = CHECKPOINT): Promise<void> {
  await replaceFile(files, join(directory, name), Buffer.from(note));
}

/** The inner nodes of the tree of `size` leaves, out of its tiles. They say so @throws {EvidenceError} when one is not there. */
export function storedNodes({ directory, files }: Place, size: number): NodeSource {
  const read = (path: string): Promise<Buffer | undefined> =>
    readWhole(files, join(directory, path), TILE_WIDTH * HASH_BYTES).catch(() => undefined);
  return tileNodes(nodeCrypto, size, async (path) => {
    const [whole = '', width] = path.split('.p/');
    // A log that went on has the full one in the place of the partial.
    return (await read(path)) ?? (await read(whole))?.subarray(0, Number(width) * HASH_BYTES);
  });
}

async function store({ directory, files }: Place, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(directory, name);
  await makeDirectory(files, dirname(path), directory);
  await replaceFile(files, path, bytes);
}

/** Partial ones may go once the full one is durable; readers of an older checkpoint take its beginning. */
async function removePartials({ directory, files }: Place, partial: string): Promise<void> {
  const place = join(directory, dirname(partial));
  const names = await files.readdir(place).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return [];
    throw thrown;
  });
  for (const name of names) await removeFile(files, join(place, name));
}
