import { describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../foundation/index.ts';
import { appendLeaf, EMPTY_TREE, hashLeaf, rootOf } from '../../../recorder/log/merkle.ts';
import {
  consistencyProof,
  inclusionProof,
  splitOf,
  verifyConsistency,
  verifyInclusion,
} from '../../../recorder/log/proofs.ts';
import {
  growTiles,
  hashOfRange,
  NO_TILES,
  type ReadTile,
  type Tile,
  tilePath,
  tileWidth,
} from '../../../recorder/log/tiles.ts';

const LEAVES = 600;
const hashes = Array.from({ length: LEAVES }, (_, at) => hashLeaf(Buffer.from(String(at))));

/** As RFC 6962 §2.1 defines it. */
function defined(part: readonly Buffer[]): Buffer {
  const [only] = part;
  if (part.length === 1 && only !== undefined) return only;
  const split = splitOf(part.length);
  return sha256(Buffer.from([1]), defined(part.slice(0, split)), defined(part.slice(split)));
}

const byDefinition = (start: number, end: number): Promise<Buffer> =>
  Promise.resolve(defined(hashes.slice(start, end)));
const rootAt = (size: number): Buffer => rootOf(hashes.slice(0, size).reduce(appendLeaf, EMPTY_TREE));

/** The tiles of the tree of `size` leaves, grown in steps of `step`. */
function tilesOf(size: number, step: number): ReadTile {
  const tiles = new Map<string, Tile>();
  let edge = NO_TILES;
  for (let at = 0; at < size; at += step) {
    const grown = growTiles(edge, hashes.slice(at, Math.min(at + step, size)));
    edge = grown.edge;
    for (const tile of grown.changed) tiles.set(tilePath(tile.level, tile.number, tile.hashes.length), tile);
  }
  return (level, number) => {
    const width = tileWidth(level, number, size);
    const tile = tiles.get(tilePath(level, number, width));
    return tile === undefined ? Promise.reject(new Error('no tile')) : Promise.resolve(tile.hashes);
  };
}

describe('a consistency proof', () => {
  test('is refused with any hash changed, left out or added, and for other trees', async () => {
    for (const [from, to] of [
      [1, 2],
      [3, 7],
      [4, 8],
      [6, 8],
      [255, 600],
      [256, 600],
    ] as const) {
      const older = { size: from, root: rootAt(from) };
      const newer = { size: to, root: rootAt(to) };
      const proof = await consistencyProof(byDefinition, from, to);
      const verify = (changed: readonly Buffer[]): boolean => verifyConsistency(older, newer, changed);
      expect(verify(proof)).toBe(true);
      for (const [at, hash] of proof.entries()) {
        const other = Buffer.from(hash);
        other[5] = other.readUInt8(5) ^ 1;
        expect(verify(proof.with(at, other))).toBe(false);
        expect(verify(proof.toSpliced(at, 1))).toBe(false);
        expect(verify(proof.toSpliced(at, 0, hash))).toBe(false);
        expect(verify(proof.with(at, hash.subarray(1)))).toBe(false);
      }
      expect(verify([...proof, rootAt(1)])).toBe(false);
      expect(verifyConsistency({ size: from, root: rootAt(to) }, newer, proof)).toBe(false);
      expect(verifyConsistency(newer, older, proof)).toBe(false);
    }
  });

  test('of nothing, or of the same tree, is empty', () => {
    const tree = { size: 3, root: rootAt(3) };
    expect(verifyConsistency({ size: 0, root: sha256() }, tree, [])).toBe(true);
    expect(verifyConsistency({ size: 0, root: rootAt(1) }, tree, [])).toBe(false);
    expect(verifyConsistency({ size: 0, root: sha256() }, tree, [rootAt(1)])).toBe(false);
    expect(verifyConsistency(tree, tree, [])).toBe(true);
    expect(verifyConsistency({ size: 3, root: rootAt(2) }, tree, [])).toBe(false);
  });

  test('leads from every size to every other, to 70', async () => {
    for (let to = 1; to <= 70; to += 1) {
      for (let from = 0; from <= to; from += 1) {
        const proof = await consistencyProof(byDefinition, from, to);
        const [older, newer] = [
          { size: from, root: rootAt(from) },
          { size: to, root: rootAt(to) },
        ];
        expect(verifyConsistency(older, newer, proof)).toBe(true);
      }
    }
  });
});

describe('an inclusion proof', () => {
  test('is refused for another place, another leaf and another tree', async () => {
    const [index, size] = [300, 600];
    const proof = await inclusionProof(byDefinition, index, size);
    const [leaf, tree] = [
      { index, hash: hashes[index]! },
      { size, root: rootAt(size) },
    ];
    expect(verifyInclusion(leaf, tree, proof)).toBe(true);
    expect(verifyInclusion({ ...leaf, index: 301 }, tree, proof)).toBe(false);
    expect(verifyInclusion({ ...leaf, hash: hashes[1]! }, tree, proof)).toBe(false);
    expect(verifyInclusion({ ...leaf, index: 600 }, tree, proof)).toBe(false);
    expect(verifyInclusion(leaf, { ...tree, root: rootAt(599) }, proof)).toBe(false);
    expect(verifyInclusion(leaf, tree, proof.slice(1))).toBe(false);
    expect(verifyInclusion(leaf, tree, [...proof, rootAt(1)])).toBe(false);
  });

  test('finds every leaf of every tree to 70', async () => {
    for (let size = 1; size <= 70; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const proof = await inclusionProof(byDefinition, index, size);
        expect(verifyInclusion({ index, hash: hashes[index]! }, { size, root: rootAt(size) }, proof)).toBe(true);
      }
    }
  });
});

describe('the hash tiles', () => {
  test.each([
    [1, 7],
    [255, 1],
    [256, 256],
    [257, 100],
    [512, 300],
    [600, 37],
  ])('of %i leaves, grown by %i, give the hashes of the definition', async (size, step) => {
    const readTile = tilesOf(size, step);
    expect(await hashOfRange(readTile, 0, size)).toEqual(rootAt(size));
    for (const from of [1, 2, 100, 255, 256, 257, 511, 512].filter((at) => at < size)) {
      const proof = await consistencyProof((start, end) => hashOfRange(readTile, start, end), from, size);
      expect(proof).toEqual(await consistencyProof(byDefinition, from, size));
    }
  });

  test.each([
    [0, 0, 256, 'tile/0/000'],
    [1, 1_067, 256, 'tile/1/x001/067'],
    [0, 2, 88, 'tile/0/002.p/88'],
  ])('of level %i, number %i and width %i stand in %s', (level, number, width, path) => {
    expect(tilePath(level, number, width)).toBe(path);
  });
});
