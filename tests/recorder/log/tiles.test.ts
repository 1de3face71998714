/** The tiles a growing log writes are those of its tree, however it grew. */
import { describe, expect, test } from '@jest/globals';
import { createNodeStore, hashLeaf, tilePath, toHex } from '../../../evidence/index.ts';
import { GrowingTiles } from '../../../recorder/log/tiles.ts';
import { nodeCrypto } from '../../../recorder/node-crypto.ts';

const hashes = Array.from({ length: 66_000 }, (_, at) => hashLeaf(nodeCrypto, Buffer.from(String(at))));

/** By path, as its file would hold it; each growth goes on from what the one before left. */
function grown(size: number, step: number): { tiles: Map<string, string>; root: Uint8Array } {
  const tiles = new Map<string, string>();
  let growing = new GrowingTiles();
  for (let at = 0; at < size; at += step) {
    growing = new GrowingTiles(growing.edge);
    for (const hash of hashes.slice(at, Math.min(at + step, size))) growing.tree.append(hash);
    const changed = [...growing.takeFull(), ...growing.unfinished({ changed: true })];
    for (const { level, number, hashes: held } of changed)
      tiles.set(tilePath({ level, number, width: held.length }), toHex(Buffer.concat(held)));
  }
  return { tiles, root: growing.tree.root() };
}

describe('the hash tiles of a growing log', () => {
  test.each([
    [1, 1],
    [255, 1],
    [256, 256],
    [257, 100],
    [512, 300],
    [600, 37],
    [65_536, 9_000],
    [65_537, 65_537],
    [66_000, 1_111],
  ])('of %i leaves, grown by %i, are those of the whole tree', (size, step) => {
    const store = createNodeStore(nodeCrypto);
    for (const hash of hashes.slice(0, size)) store.append(hash);
    const { tiles, root } = grown(size, step);
    for (const { path, bytes } of store.tiles()) expect([path, tiles.get(path)]).toEqual([path, toHex(bytes)]);
    expect(toHex(root)).toBe(toHex(store.root()));
  });

  test('that did not change are not told of again', () => {
    const growing = new GrowingTiles();
    for (const hash of hashes.slice(0, 256)) growing.tree.append(hash);
    expect(growing.takeFull().map(({ level, number }) => [level, number])).toEqual([[0, 0]]);
    expect(growing.takeFull()).toEqual([]);
    const next = new GrowingTiles(growing.edge);
    for (const hash of hashes.slice(256, 258)) next.tree.append(hash);
    expect(next.unfinished({ changed: true }).map(({ level }) => level)).toEqual([0]);
    expect(next.unfinished().map(({ level, hashes: held }) => [level, held.length])).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });
});
