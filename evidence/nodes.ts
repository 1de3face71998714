/** The inner nodes of a tree, kept so that proofs can be made. */
import { concat, EvidenceError } from './bytes.ts';
import type { Hashing } from './crypto.ts';
import type { NodeSource } from './proofs.ts';
import { parseHashTile, type Tile, TILE_HEIGHT, TILE_WIDTH, tilePath, tilesOf } from './tiles.ts';
import { type CompactTree, createTree, hashChildren } from './tree.ts';

const HASH_BYTES = 32;
const FIRST_NODES = 1_024;

/** A growing tree with all its full subtrees in memory: 64 bytes a leaf. */
export interface NodeStore extends CompactTree {
  readonly nodes: NodeSource;
  /** Every hash tile of the tree as it stands, with its path. */
  tiles(): Generator<Tile & { path: string; bytes: Uint8Array }>;
}

export function createNodeStore(hashing: Hashing): NodeStore {
  const levels: Uint8Array[] = [];
  const at = (level: number, index: number): Uint8Array => {
    const bytes = levels[level]?.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
    if (bytes?.length !== HASH_BYTES) throw new EvidenceError('A node of the tree is asked for that it does not have.');
    return bytes;
  };
  const tree = createTree(hashing, undefined, (level, index, hash) => {
    let bytes = levels[level] ?? new Uint8Array(FIRST_NODES * HASH_BYTES);
    if (bytes.length < (index + 1) * HASH_BYTES) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    bytes.set(hash, index * HASH_BYTES);
    levels[level] = bytes;
  });
  return {
    get size() {
      return tree.size;
    },
    append: (hash) => {
      tree.append(hash);
    },
    root: () => tree.root(),
    state: () => tree.state(),
    nodes: at,
    *tiles() {
      for (const tile of tilesOf(tree.size)) {
        const first = tile.number * TILE_WIDTH;
        const hashes = Array.from({ length: tile.width }, (_, offset) => at(tile.level * TILE_HEIGHT, first + offset));
        yield { ...tile, path: tilePath(tile), bytes: concat(hashes) };
      }
    },
  };
}

/**
 * Nodes from the hash tiles of a log of `size` entries. What the tiles say is believed: check the proof that is made
 * of it against a signed root.
 *
 * @throws {EvidenceError} when a tile is missing or cut short.
 */
export function tileNodes(
  hashing: Hashing,
  size: number,
  read: (path: string) => Uint8Array | undefined | Promise<Uint8Array | undefined>,
): NodeSource {
  const kept = new Map<string, Promise<Uint8Array[]>>();
  const load = async (path: string, width: number): Promise<Uint8Array[]> => {
    const bytes = await read(path);
    if (bytes === undefined) throw new EvidenceError(`${path} is missing.`);
    return parseHashTile(bytes, width);
  };
  return async (level, index) => {
    const row = Math.floor(level / TILE_HEIGHT);
    const span = 2 ** (level % TILE_HEIGHT);
    const first = index * span;
    const number = Math.floor(first / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, Math.floor(size / 2 ** (TILE_HEIGHT * row)) - number * TILE_WIDTH);
    const path = tilePath({ level: row, number, width });
    const tile = kept.get(path) ?? load(path, width);
    kept.set(path, tile);
    let hashes = (await tile).slice(first % TILE_WIDTH, (first % TILE_WIDTH) + span);
    while (hashes.length > 1) hashes = pairs(hashing, hashes);
    const [hash] = hashes;
    if (hash === undefined) throw new EvidenceError(`${path} has no such node.`);
    return hash;
  };
}

function pairs(hashing: Hashing, hashes: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let at = 0; at < hashes.length; at += 2) {
    const [left, right] = [hashes[at], hashes[at + 1]];
    if (left === undefined || right === undefined) throw new EvidenceError('A tile is cut short.');
    above.push(hashChildren(hashing, left, right));
  }
  return above;
}
