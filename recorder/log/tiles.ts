/** The tree of a log that grows, and which of its hash tiles (c2sp.org/tlog-tiles) change on the way. */
import { type CompactTree, createTree, TILE_HEIGHT, TILE_WIDTH, type TreeState } from '../../evidence/index.ts';
import { nodeCrypto } from '../node-crypto.ts';

export const HASH_BYTES = 32;

export interface HashTile {
  readonly level: number;
  readonly number: number;
  readonly hashes: readonly Uint8Array[];
}

/** Where a log stands: its tree, and of each level of tiles the hashes of the one that is not full. Immutable. */
export interface TileEdge {
  readonly tree: TreeState;
  readonly rows: readonly (readonly Uint8Array[])[];
}

export class GrowingTiles {
  readonly tree: CompactTree;
  readonly #rows: Uint8Array[][];
  readonly #touched = new Set<number>();
  #full: HashTile[] = [];

  /**
   * @param edge where to go on; from the empty log unless said.
   * @param onBundle told of each bundle of entries that is full, with the root over them.
   */
  constructor({ tree, rows }: Partial<TileEdge> = {}, onBundle?: (number: number, root: Uint8Array) => void) {
    this.#rows = (rows ?? []).map((hashes) => [...hashes]);
    this.tree = createTree(nodeCrypto, tree, (height, index, hash) => {
      if (height % TILE_HEIGHT === 0) this.#take(height / TILE_HEIGHT, index, hash);
      if (height === TILE_HEIGHT) onBundle?.(index, hash);
    });
  }

  get edge(): TileEdge {
    return { tree: this.tree.state(), rows: this.#rows.map((hashes) => [...hashes]) };
  }

  /** The tiles that became full since this was asked last. */
  takeFull(): HashTile[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** The tiles that are not full, those alone that changed here if `changed`. */
  unfinished({ changed = false } = {}): HashTile[] {
    return this.#rows.flatMap((hashes, level) => {
      if (hashes.length === 0 || (changed && !this.#touched.has(level))) return [];
      return [{ level, number: Math.floor(this.tree.size / TILE_WIDTH ** (level + 1)), hashes: [...hashes] }];
    });
  }

  #take(level: number, index: number, hash: Uint8Array): void {
    const hashes = this.#rows[level] ?? [];
    this.#rows[level] = hashes;
    this.#touched.add(level);
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    this.#full.push({ level, number: Math.floor(index / TILE_WIDTH), hashes });
    this.#rows[level] = [];
  }
}
