/** Where the parts of a log stand and how they are written: c2sp.org/tlog-tiles. Pure functions on bytes and names. */
import { concat, EvidenceError, viewOf } from './bytes.ts';
import { EVIDENCE_LIMITS } from './limits.ts';

/** Hashes of a full tile, and entries of a full bundle. */
export const TILE_WIDTH = 256;
/** Levels of the tree one level of tiles spans. */
export const TILE_HEIGHT = 8;
const HASH_BYTES = 32;

/** One tile or bundle: `width` is `TILE_WIDTH` when it is full. */
export interface Tile {
  readonly level: number;
  readonly number: number;
  readonly width: number;
}

/** `tile/<level>/x001/x234/067`, with `.p/<width>` behind it while the tile is not full. */
export function tilePath({ level, number, width }: Tile): string {
  return `tile/${level}/${numberPath(number)}${partial(width)}`;
}

/** `tile/entries/x001/x234/067`, with `.p/<width>` behind it while the bundle is not full. */
export function bundlePath(number: number, width: number): string {
  return `tile/entries/${numberPath(number)}${partial(width)}`;
}

const partial = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${width}`);

function numberPath(number: number): string {
  const groups = [String(number % 1000).padStart(3, '0')];
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return groups.join('/');
}

/** The bundles of a log of `size` entries, in order. */
export function* bundlesOf(size: number): Generator<{ number: number; width: number }> {
  for (let number = 0; number * TILE_WIDTH < size; number += 1) {
    yield { number, width: Math.min(TILE_WIDTH, size - number * TILE_WIDTH) };
  }
}

/** The hash tiles of a log of `size` entries, level by level. */
export function* tilesOf(size: number): Generator<Tile> {
  for (let level = 0, nodes = size; nodes > 0; level += 1, nodes = Math.floor(nodes / TILE_WIDTH)) {
    for (const { number, width } of bundlesOf(nodes)) yield { level, number, width };
  }
}

/** @throws {EvidenceError} for an entry that does not fit its uint16 length, and for none. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concat(
    entries.flatMap((entry) => {
      if (entry.length === 0 || entry.length > EVIDENCE_LIMITS.leafBytesMax) {
        throw new EvidenceError('A leaf does not fit its bundle.');
      }
      return [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry];
    }),
  );
}

/** The entries. @throws {EvidenceError} when the bytes are not exactly `width` of them. */
export function parseBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  const view = viewOf(bytes);
  let at = 0;
  while (at < bytes.length) {
    const end = at + 2 <= bytes.length ? at + 2 + view.getUint16(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length || entries.length === width) break;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  if (at !== bytes.length || entries.length !== width) {
    throw new EvidenceError(`The bundle is not ${width} entries and nothing else.`);
  }
  return entries;
}

/** The hashes of a tile. @throws {EvidenceError} when the bytes are not exactly `width` of them. */
export function parseHashTile(bytes: Uint8Array, width: number): Uint8Array[] {
  if (bytes.length !== width * HASH_BYTES) throw new EvidenceError(`The tile is not ${width} hashes.`);
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}
