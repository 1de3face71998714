/** Reads a log from its files alone and believes nothing that the signed root does not cover. */
import { hasErrno } from '../../foundation/index.ts';
import { join } from 'node:path';
import { readWhole, type FileSystem } from '../files.ts';
import { BUNDLE_BYTES_MAX, BUNDLE_ENTRIES, bundlePath, decodeBundle } from './bundles.ts';
import { appendLeaf, EMPTY_TREE, hashLeaf, rootOf, type Tree } from './merkle.ts';
import { type JournalRecord, readJournal } from './journal.ts';
import { openCheckpoint, parseVerifierLine, type Verifier } from './note.ts';
import { growTiles, HASH_BYTES, NO_TILES, TILE_HASHES, type Tile, type TileEdge, tilePath } from './tiles.ts';

export const CHECKPOINT = 'checkpoint';
export const VERIFIER = 'verifier';
const SMALL_FILE_BYTES_MAX = 64 * 1024;

export interface LogEntry {
  readonly index: number;
  readonly bytes: Buffer;
  readonly hash: Buffer;
}

type Unsound = { readonly condition: 'missing' | 'altered'; readonly detail: string };

export type LogReading =
  | {
      readonly condition: 'sound';
      readonly tree: Tree;
      /** What stands in bundles: how many entries, those of the last one when it is not full, and the edge of the tiles. */
      readonly published: { readonly size: number; readonly lastBundle: readonly Buffer[]; readonly edge: TileEdge };
      /** What stands in the journal alone. */
      readonly journalled: readonly Buffer[];
      /** Of the sizes that were asked for and are not beyond the end. */
      readonly roots: ReadonlyMap<number, Buffer>;
    }
  | Unsound;

export interface ReadLogOptions {
  readonly directory: string;
  readonly files: FileSystem;
  /** A verifier key held elsewhere; without it the one beside the log is believed. */
  readonly verifier?: string;
  /** Sees every entry in order, before the root is known to be right: use nothing of it when the log is not `sound`. */
  readonly visit?: (entry: LogEntry) => void;
  /** Sizes whose roots are wanted. */
  readonly sizes?: readonly number[];
}

/** Recomputes the root from the entries and compares it with the signed checkpoints, and the hash tiles with the entries. */
export async function readLog({ directory, files, verifier, visit, sizes }: ReadLogOptions): Promise<LogReading> {
  const line =
    verifier ?? (await readWhole(files, join(directory, VERIFIER), SMALL_FILE_BYTES_MAX))?.toString().trimEnd();
  if (line === undefined) return { condition: 'missing', detail: 'The verifier key of the log is missing.' };
  const key = parseVerifierLine(line);
  if (key === undefined) return { condition: 'altered', detail: 'The verifier key of the log is no such key.' };
  // First: what is carried over from it to the bundles meanwhile is then read twice, and not never.
  const journal = await readJournal(files, directory);
  if (journal.condition !== 'sound') return journal;
  const growing = new Growing(visit ?? (() => undefined), new Set(sizes));
  const published = await new PublishedReading({ directory, files }, growing).read(key);
  if ('condition' in published) return published;
  const journalled: Buffer[] = [];
  for (const record of journal.records) {
    const read = readRecord(record, key, growing);
    if (!Array.isArray(read)) return read;
    journalled.push(...read);
  }
  return { condition: 'sound', tree: growing.tree, published, journalled, roots: growing.roots };
}

/** The tree as far as it was read. */
class Growing {
  tree: Tree = EMPTY_TREE;
  readonly roots = new Map<number, Buffer>();
  readonly #visit: (entry: LogEntry) => void;
  readonly #sizes: ReadonlySet<number>;

  constructor(visit: (entry: LogEntry) => void, sizes: ReadonlySet<number>) {
    this.#visit = visit;
    this.#sizes = sizes;
    this.#noteRoot();
  }

  /** @returns its leaf hash. */
  add(bytes: Buffer): Buffer {
    const entry = { index: this.tree.size, bytes, hash: hashLeaf(bytes) };
    this.tree = appendLeaf(this.tree, entry.hash);
    this.#noteRoot();
    this.#visit(entry);
    return entry.hash;
  }

  #noteRoot(): void {
    if (this.#sizes.has(this.tree.size)) this.roots.set(this.tree.size, rootOf(this.tree));
  }
}

class PublishedReading {
  readonly #place: { readonly directory: string; readonly files: FileSystem };
  readonly #growing: Growing;
  #edge: TileEdge = NO_TILES;

  constructor(place: { directory: string; files: FileSystem }, growing: Growing) {
    this.#place = place;
    this.#growing = growing;
  }

  async read(key: Verifier): Promise<Extract<LogReading, { condition: 'sound' }>['published'] | Unsound> {
    const { directory, files } = this.#place;
    const note = await readWhole(files, join(directory, CHECKPOINT), SMALL_FILE_BYTES_MAX);
    if (note === undefined) return { condition: 'missing', detail: 'The checkpoint of the log is missing.' };
    const checkpoint = openCheckpoint(note, key);
    if (checkpoint === undefined)
      return { condition: 'altered', detail: 'The checkpoint of the log is not signed by its key.' };
    const { size } = checkpoint;
    let lastBundle: readonly Buffer[] = [];
    for (let number = 0; this.#growing.tree.size < size; number += 1) {
      const width = Math.min(BUNDLE_ENTRIES, size - this.#growing.tree.size);
      const read = await this.#readBundle(number, width);
      if (!Array.isArray(read)) return read;
      const fault = await this.#takeTiles(read.map((bytes) => this.#growing.add(bytes)));
      if (fault !== undefined) return fault;
      lastBundle = width === BUNDLE_ENTRIES ? [] : read;
    }
    if (!rootOf(this.#growing.tree).equals(checkpoint.root)) {
      return { condition: 'altered', detail: `The ${size} entries of the log do not give the signed root.` };
    }
    return (await this.#checkLastTiles()) ?? { size, lastBundle, edge: this.#edge };
  }

  /** Full tiles as they come; those that are not full are looked at when all entries are known. */
  async #takeTiles(hashes: readonly Buffer[]): Promise<Unsound | undefined> {
    const { edge, changed } = growTiles(this.#edge, hashes);
    this.#edge = edge;
    for (const tile of changed) {
      const fault = tile.hashes.length === TILE_HASHES ? await this.#checkTile(tile) : undefined;
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  async #checkLastTiles(): Promise<Unsound | undefined> {
    for (const [level, { full, hashes }] of this.#edge.levels.entries()) {
      const fault = hashes.length === 0 ? undefined : await this.#checkTile({ level, number: full, hashes });
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  async #checkTile({ level, number, hashes }: Tile): Promise<Unsound | undefined> {
    const width = hashes.length;
    const path = tilePath(level, number, width);
    const bytes = await this.#readEither(
      [path, ...(width === TILE_HASHES ? [] : [tilePath(level, number, TILE_HASHES)])],
      TILE_HASHES * HASH_BYTES,
    );
    if (bytes === undefined) return { condition: 'missing', detail: `${path} of the log is missing.` };
    // What outsiders verify by; one that differs would make the honest log look false to them, or a false one honest.
    if (!bytes.subarray(0, width * HASH_BYTES).equals(Buffer.concat(hashes)))
      return { condition: 'altered', detail: `${path} of the log does not hold the hashes of its entries.` };
    return undefined;
  }

  /** A partial bundle may have been replaced by the full one since the checkpoint was read. */
  async #readBundle(number: number, width: number): Promise<Buffer[] | Unsound> {
    for (const held of width === BUNDLE_ENTRIES ? [width] : [width, BUNDLE_ENTRIES]) {
      const path = bundlePath(number, held);
      const bytes = await this.#readEither([path], BUNDLE_BYTES_MAX);
      if (bytes === undefined) continue;
      const entries = decodeBundle(bytes, held);
      if (entries === undefined)
        return { condition: 'altered', detail: `${path} of the log does not hold ${held} entries.` };
      return entries.slice(0, width);
    }
    return { condition: 'missing', detail: `${bundlePath(number, width)} of the log is missing.` };
  }

  async #readEither(paths: readonly string[], bytesMax: number): Promise<Buffer | undefined> {
    for (const path of paths) {
      const bytes = await readWhole(this.#place.files, join(this.#place.directory, path), bytesMax).catch(
        (thrown: unknown) => {
          if (hasErrno(thrown, 'ENOTDIR')) return undefined;
          throw thrown;
        },
      );
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }
}

/** The leaves of a record that stand in no bundle yet; each record is signed as the checkpoint is. */
function readRecord({ first, leaves, note }: JournalRecord, key: Verifier, growing: Growing): Buffer[] | Unsound {
  const { size } = growing.tree;
  const checkpoint = openCheckpoint(note, key);
  const altered: Unsound = {
    condition: 'altered',
    detail: `The journal of the log from entry ${first} on is not what its key signed.`,
  };
  if (checkpoint?.size !== first + leaves.length || first > size) return altered;
  const fresh = leaves.slice(size - first);
  for (const bytes of fresh) growing.add(bytes);
  if (fresh.length > 0 && !rootOf(growing.tree).equals(checkpoint.root)) return altered;
  return fresh;
}
