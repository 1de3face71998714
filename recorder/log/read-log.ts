/** Reads a log from its files alone and believes nothing that the signed root does not cover. */
import {
  bundlePath,
  type CompactTree,
  equal,
  EVIDENCE_LIMITS,
  hashLeaf,
  parseBundle,
  TILE_WIDTH,
  tilePath,
  type VerifierKey,
} from '../../evidence/index.ts';
import { hasErrno } from '../../foundation/index.ts';
import { join } from 'node:path';
import { readWhole, type FileSystem } from '../files.ts';
import { type JournalRecord, readJournal } from './journal.ts';
import { openCheckpoint, parseVerifierLine, type TreeHead, unlessMalformed } from './note.ts';
import { GrowingTiles, HASH_BYTES, type HashTile, type TileEdge } from './tiles.ts';
import { nodeCrypto } from '../node-crypto.ts';

export const CHECKPOINT = 'checkpoint';
export const VERIFIER = 'verifier';
const SMALL_FILE_BYTES_MAX = 64 * 1024;
/** Of an entry bundle. */
export const BUNDLE_BYTES_MAX = TILE_WIDTH * (2 + EVIDENCE_LIMITS.leafBytesMax);

export interface LogEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

interface LogPlace {
  readonly directory: string;
  readonly files: FileSystem;
}

type Unsound = { readonly condition: 'missing' | 'altered'; readonly detail: string };

export type LogReading =
  | {
      readonly condition: 'sound';
      readonly tree: CompactTree;
      /** What stands in bundles: how many entries, those of the last one when it is not full, and the edge of the tiles. */
      readonly published: {
        readonly size: number;
        readonly lastBundle: readonly Uint8Array[];
        readonly edge: TileEdge;
        /** That behind the last bundle that is full. */
        readonly full: TileEdge;
      };
      /** What stands in the journal alone. */
      readonly journalled: readonly Uint8Array[];
      /** Of the sizes that were asked for and are not beyond the end. */
      readonly roots: ReadonlyMap<number, Uint8Array>;
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
  /** Where an earlier reading that was sound had all bundles full: what stands before is not read again. */
  readonly from?: TileEdge;
  /** Told of each full bundle that was read, with the root over its entries. */
  readonly onBundle?: (number: number, root: Uint8Array) => void;
  /** As `openCheckpoint`: for who reads the same notes again and again. */
  readonly openNote?: typeof openCheckpoint;
}

/** Recomputes the root from the entries and compares it with the signed checkpoints, and the hash tiles with the entries. */
export async function readLog({ directory, files, verifier, ...options }: ReadLogOptions): Promise<LogReading> {
  const line =
    verifier ?? (await readWhole(files, join(directory, VERIFIER), SMALL_FILE_BYTES_MAX))?.toString().trimEnd();
  if (line === undefined) return { condition: 'missing', detail: 'The verifier key of the log is missing.' };
  const key = parseVerifierLine(line);
  if (key === undefined) return { condition: 'altered', detail: 'The verifier key of the log is no such key.' };
  // First: what is carried over from it to the bundles meanwhile is then read twice, and not never.
  const journal = await readJournal(files, directory);
  if (journal.condition !== 'sound') return journal;
  const growing = new Growing(options);
  const published = await new PublishedReading({ directory, files }, growing).read(key);
  if ('condition' in published) return published;
  const journalled: Uint8Array[] = [];
  for (const record of journal.records) {
    const read = readRecord(record, (options.openNote ?? openCheckpoint)(record.note, key), growing);
    if (!Array.isArray(read)) return read;
    journalled.push(...read);
  }
  return { condition: 'sound', tree: growing.tree, published, journalled, roots: growing.roots };
}

/** The tree as far as it was read. */
class Growing {
  readonly tiles: GrowingTiles;
  readonly roots = new Map<number, Uint8Array>();
  readonly #visit: (entry: LogEntry) => void;
  readonly #sizes: ReadonlySet<number>;

  constructor({ visit, sizes, from, onBundle }: Pick<ReadLogOptions, 'visit' | 'sizes' | 'from' | 'onBundle'>) {
    this.tiles = new GrowingTiles(from, onBundle);
    this.#visit = visit ?? (() => undefined);
    this.#sizes = new Set(sizes);
    this.#noteRoot();
  }

  get tree(): CompactTree {
    return this.tiles.tree;
  }

  add(bytes: Uint8Array): void {
    const entry = { index: this.tree.size, bytes, hash: hashLeaf(nodeCrypto, bytes) };
    this.tree.append(entry.hash);
    this.#noteRoot();
    this.#visit(entry);
  }

  #noteRoot(): void {
    if (this.#sizes.has(this.tree.size)) this.roots.set(this.tree.size, this.tree.root());
  }
}

class PublishedReading {
  readonly #place: LogPlace;
  readonly #growing: Growing;

  constructor(place: LogPlace, growing: Growing) {
    this.#place = place;
    this.#growing = growing;
  }

  async read(key: VerifierKey): Promise<Extract<LogReading, { condition: 'sound' }>['published'] | Unsound> {
    const { directory, files } = this.#place;
    const note = await readWhole(files, join(directory, CHECKPOINT), SMALL_FILE_BYTES_MAX);
    if (note === undefined) return { condition: 'missing', detail: 'The checkpoint of the log is missing.' };
    const checkpoint = openCheckpoint(note, key);
    if (checkpoint === undefined)
      return { condition: 'altered', detail: 'The checkpoint of the log is not signed by its key.' };
    const { size } = checkpoint;
    let lastBundle: readonly Uint8Array[] = [];
    const { tiles } = this.#growing;
    if (tiles.tree.size > size)
      return { condition: 'altered', detail: `The log held ${tiles.tree.size} entries before.` };
    let full: TileEdge | undefined;
    for (let number = tiles.tree.size / TILE_WIDTH; this.#growing.tree.size < size; number += 1) {
      const width = Math.min(TILE_WIDTH, size - this.#growing.tree.size);
      if (width < TILE_WIDTH) full = tiles.edge;
      const read = await readBundle(this.#place, number, width);
      if (!Array.isArray(read)) return read;
      for (const bytes of read) this.#growing.add(bytes);
      const fault = await this.#checkTiles(this.#growing.tiles.takeFull());
      if (fault !== undefined) return fault;
      lastBundle = width === TILE_WIDTH ? [] : read;
    }
    if (!equal(this.#growing.tree.root(), checkpoint.root)) {
      return { condition: 'altered', detail: `The ${size} entries of the log do not give the signed root.` };
    }
    // Those that are not full are looked at when all entries are known.
    const fault = await this.#checkTiles(this.#growing.tiles.unfinished());
    return fault ?? { size, lastBundle, edge: tiles.edge, full: full ?? tiles.edge };
  }

  async #checkTiles(tiles: readonly HashTile[]): Promise<Unsound | undefined> {
    for (const tile of tiles) {
      const fault = await this.#checkTile(tile);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  async #checkTile({ level, number, hashes }: HashTile): Promise<Unsound | undefined> {
    const width = hashes.length;
    const path = tilePath({ level, number, width });
    const bytes = await readEither(
      this.#place,
      [path, ...(width === TILE_WIDTH ? [] : [tilePath({ level, number, width: TILE_WIDTH })])],
      TILE_WIDTH * HASH_BYTES,
    );
    if (bytes === undefined) return { condition: 'missing', detail: `${path} of the log is missing.` };
    // What outsiders verify by; one that differs would make the honest log look false to them, or a false one honest.
    if (!bytes.subarray(0, width * HASH_BYTES).equals(Buffer.concat(hashes)))
      return { condition: 'altered', detail: `${path} of the log does not hold the hashes of its entries.` };
    return undefined;
  }
}

/** A partial bundle may have been replaced by the full one since the checkpoint was read. */
export async function readBundle(place: LogPlace, number: number, width: number): Promise<Uint8Array[] | Unsound> {
  for (const held of width === TILE_WIDTH ? [width] : [width, TILE_WIDTH]) {
    const path = bundlePath(number, held);
    const bytes = await readEither(place, [path], BUNDLE_BYTES_MAX);
    if (bytes === undefined) continue;
    const entries = unlessMalformed(() => parseBundle(bytes, held));
    if (entries === undefined)
      return { condition: 'altered', detail: `${path} of the log does not hold ${held} entries.` };
    return entries.slice(0, width);
  }
  return { condition: 'missing', detail: `${bundlePath(number, width)} of the log is missing.` };
}

async function readEither(place: LogPlace, paths: readonly string[], bytesMax: number): Promise<Buffer | undefined> {
  for (const path of paths) {
    const bytes = await readWhole(place.files, join(place.directory, path), bytesMax).catch((thrown: unknown) => {
      if (hasErrno(thrown, 'ENOTDIR')) return undefined;
      throw thrown;
    });
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** The leaves of a record that stand in no bundle yet; each record is signed as the checkpoint is. */
function readRecord(
  { first, leaves }: JournalRecord,
  checkpoint: TreeHead | undefined,
  growing: Growing,
): Uint8Array[] | Unsound {
  const { size } = growing.tree;
  const altered: Unsound = {
    condition: 'altered',
    detail: `The journal of the log from entry ${first} on is not what its key signed.`,
  };
  if (checkpoint?.size !== first + leaves.length || first > size) return altered;
  const fresh = leaves.slice(size - first);
  for (const bytes of fresh) growing.add(bytes);
  if (fresh.length > 0 && !equal(growing.tree.root(), checkpoint.root)) return altered;
  return fresh;
}
