/** Entry bundles, hash tiles and the checkpoint as files, each put in place whole. */
import { dirname, join } from 'node:path';
import { GatewayError, hasErrno } from '../../foundation/index.ts';
import { type FileSystem, makeDirectory, readWhole, removeFile, replaceFile } from '../files.ts';
import { BUNDLE_ENTRIES, bundlePath, encodeBundle } from './bundles.ts';
import { CHECKPOINT } from './read-log.ts';
import { HASH_BYTES, type ReadTile, TILE_HASHES, type Tile, tilePath, tileWidth } from './tiles.ts';

interface Place {
  readonly directory: string;
  readonly files: FileSystem;
}

/** Writes the bundles that changed, the first of which begins before `size`; @returns the last one's when not full. */
export async function storeBundles(place: Place, size: number, entries: readonly Buffer[]): Promise<readonly Buffer[]> {
  let rest = entries;
  for (let number = Math.floor(size / BUNDLE_ENTRIES); rest.length > 0; number += 1) {
    const bundle = rest.slice(0, BUNDLE_ENTRIES);
    await store(place, bundlePath(number, bundle.length), encodeBundle(bundle));
    if (bundle.length < BUNDLE_ENTRIES) return bundle;
    await removePartials(place, bundlePath(number, 1));
    rest = rest.slice(BUNDLE_ENTRIES);
  }
  return [];
}

export async function storeTiles(place: Place, tiles: readonly Tile[]): Promise<void> {
  for (const { level, number, hashes } of tiles) {
    await store(place, tilePath(level, number, hashes.length), Buffer.concat(hashes));
    if (hashes.length === TILE_HASHES) await removePartials(place, tilePath(level, number, 1));
  }
}

export async function storeCheckpoint({ directory, files }: Place, note: string, name = CHECKPOINT): Promise<void> {
  await replaceFile(files, join(directory, name), Buffer.from(note));
}

/** The tiles of the tree of `size` leaves; @throws {GatewayError} `recording_unavailable` when one is not there. */
export function tilesOf({ directory, files }: Place, size: number): ReadTile {
  return async (level, number) => {
    const width = tileWidth(level, number, size);
    for (const held of width === TILE_HASHES ? [width] : [width, TILE_HASHES]) {
      const path = join(directory, tilePath(level, number, held));
      const bytes = await readWhole(files, path, TILE_HASHES * HASH_BYTES).catch(() => undefined);
      if (bytes === undefined || bytes.length !== held * HASH_BYTES) continue;
      return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
    }
    throw new GatewayError('recording_unavailable', `${tilePath(level, number, width)} of the log is not there.`);
  };
}

async function store({ directory, files }: Place, name: string, bytes: Buffer): Promise<void> {
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
