/** Hash tiles of c2sp.org/tlog-tiles: of each level of 8 the hashes, 256 a file. */
import { invariant } from '../../foundation/index.ts';
import { hashChildren } from './proofs.ts';

export const TILE_HASHES = 256;
export const HASH_BYTES = 32;
const LEVELS = 8;

/** `tile/0/x001/067`, with `.p/<width>` behind it while the tile is not full. */
export function tilePath(level: number, number: number, width: number): string {
  return `tile/${level}/${numberPath(number, width === TILE_HASHES ? undefined : width)}`;
}

/** `x001/x234/067`, with `.p/<width>` behind it while what it names is not full. */
export function numberPath(number: number, width: number | undefined): string {
  const groups = [String(number % 1000).padStart(3, '0')];
  for (let left = Math.floor(number / 1000); left > 0; left = Math.floor(left / 1000)) {
    groups.unshift(`x${String(left % 1000).padStart(3, '0')}`);
  }
  const path = groups.join('/');
  return width === undefined ? path : `${path}.p/${width}`;
}

/** The root over `2^n` neighbouring hashes. */
function foldHashes(hashes: readonly Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2) above.push(hashChildren(hashAt(level, at), hashAt(level, at + 1)));
    level = above;
  }
  return hashAt(level, 0);
}

function hashAt(hashes: readonly Buffer[], at: number): Buffer {
  const hash = hashes[at];
  invariant(hash, 'a subtree is full');
  return hash;
}

/** How many hashes tile `number` of `level` holds in a tree of `size` leaves: 0 when there is no such tile. */
export function tileWidth(level: number, number: number, size: number): number {
  const hashes = Math.floor(size / TILE_HASHES ** level);
  return Math.max(0, Math.min(TILE_HASHES, hashes - number * TILE_HASHES));
}

export interface Tile {
  readonly level: number;
  readonly number: number;
  readonly hashes: readonly Buffer[];
}

/** The last tile of each level, and what changes as leaves come; immutable. */
export interface TileEdge {
  readonly size: number;
  /** Of each level the hashes of its tile that is not full, and how many full ones stand before it. */
  readonly levels: readonly { readonly full: number; readonly hashes: readonly Buffer[] }[];
}

export const NO_TILES: TileEdge = { size: 0, levels: [] };

/** @returns the edge behind more leaves, and the tiles that are new or fuller, each once and as it is now. */
export function growTiles(edge: TileEdge, leafHashes: readonly Buffer[]): { edge: TileEdge; changed: Tile[] } {
  const levels = edge.levels.map(({ full, hashes }) => ({ full, hashes: [...hashes] }));
  const changed: Tile[] = [];
  let rising = leafHashes;
  for (let level = 0; rising.length > 0; level += 1) {
    const at = levels[level] ?? { full: 0, hashes: [] };
    levels[level] = at;
    const above: Buffer[] = [];
    for (const hash of rising) {
      at.hashes.push(hash);
      if (at.hashes.length < TILE_HASHES) continue;
      changed.push({ level, number: at.full, hashes: at.hashes });
      above.push(foldHashes(at.hashes));
      at.full += 1;
      at.hashes = [];
    }
    if (at.hashes.length > 0) changed.push({ level, number: at.full, hashes: [...at.hashes] });
    rising = above;
  }
  return { edge: { size: edge.size + leafHashes.length, levels }, changed };
}

/** Reads the hashes of a tile in a tree of some size; @throws when it is not there or too short. */
export type ReadTile = (level: number, number: number) => Promise<readonly Buffer[]>;

/** The root of `[start, end)` out of tiles; see RangeHash. */
export async function hashOfRange(readTile: ReadTile, start: number, end: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  // The full subtrees that the range is made of, from the left: each is half of what is left or less.
  for (let at = start; at < end; ) {
    let height = 0;
    while (at + 2 ** (height + 1) <= end && at % 2 ** (height + 1) === 0) height += 1;
    parts.push(await hashOfSubtree(readTile, height, at / 2 ** height));
    at += 2 ** height;
  }
  const root = parts.reduceRight<Buffer | undefined>(
    (right, left) => (right === undefined ? left : hashChildren(left, right)),
    undefined,
  );
  invariant(root, 'a range holds leaves');
  return root;
}

async function hashOfSubtree(readTile: ReadTile, height: number, index: number): Promise<Buffer> {
  const [level, within] = [Math.floor(height / LEVELS), height % LEVELS];
  const first = index * 2 ** within;
  const hashes = await readTile(level, Math.floor(first / TILE_HASHES));
  const at = first % TILE_HASHES;
  return foldHashes(hashes.slice(at, at + 2 ** within));
}
