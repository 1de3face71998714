import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bundlePath,
  bundlesOf,
  consistencyProof,
  createNodeStore,
  createTree,
  encodeBundle,
  hashChildren,
  hashLeaf,
  inclusionProof,
  parseBundle,
  parseHashTile,
  rootOf,
  TILE_HEIGHT,
  TILE_WIDTH,
  tileNodes,
  tilePath,
  tilesOf,
  utf8,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
} from '../../evidence/index.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';

const SIZE = 1_200;
const store = createNodeStore(nodeCrypto);
const roots = [store.root()];
const leafHashes = Array.from({ length: SIZE }, (_, index) => hashLeaf(nodeCrypto, utf8(`${index}`)));
for (const hash of leafHashes) {
  store.append(hash);
  roots.push(store.root());
}
const tiles = new Map([...store.tiles()].map(({ path, bytes }) => [path, bytes]));
const rootAt = (size: number): Uint8Array => roots[size] ?? new Uint8Array();

/** RFC 6962 §2.1 as it is written there. */
function plainRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return nodeCrypto.sha256();
  if (hashes.length === 1) return only;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return hashChildren(nodeCrypto, plainRoot(hashes.slice(0, split)), plainRoot(hashes.slice(split)));
}

const index = fc.nat({ max: SIZE - 1 });

test('a root is what the definition gives, from wherever a tree goes on', () => {
  fc.assert(
    fc.property(fc.nat({ max: SIZE }), fc.nat({ max: SIZE }), (one, other) => {
      const [before, after] = [Math.min(one, other), Math.max(one, other)];
      const first = createTree(nodeCrypto);
      for (const hash of leafHashes.slice(0, before)) first.append(hash);
      const second = createTree(nodeCrypto, first.state());
      for (const hash of leafHashes.slice(before, after)) second.append(hash);
      expect(second.root()).toEqual(plainRoot(leafHashes.slice(0, after)));
      expect(rootOf(nodeCrypto, first.state())).toEqual(rootAt(before));
    }),
    { numRuns: 30 },
  );
});

test('an inclusion proof holds, from memory and from tiles, and for no other leaf, place or size', async () => {
  await fc.assert(
    fc.asyncProperty(index, index, index, async (one, other, wrong) => {
      const [at, size] = [Math.min(one, other), Math.max(one, other) + 1];
      const proof = await inclusionProof(nodeCrypto, store.nodes, at, size);
      const fromTiles = tileNodes(nodeCrypto, SIZE, (path) => tiles.get(path));
      expect(await inclusionProof(nodeCrypto, fromTiles, at, size)).toEqual(proof);
      const claim = { leafHash: leafHashes[at] ?? new Uint8Array(), index: at, size, proof, root: rootAt(size) };
      expect(verifyInclusion(nodeCrypto, claim)).toBe(true);
      if (wrong === at) return;
      expect(verifyInclusion(nodeCrypto, { ...claim, leafHash: leafHashes[wrong] ?? new Uint8Array() })).toBe(false);
      expect(verifyInclusion(nodeCrypto, { ...claim, index: wrong })).toBe(false);
      expect(verifyInclusion(nodeCrypto, { ...claim, proof: [...proof, rootAt(1)] })).toBe(false);
    }),
  );
});

test('a consistency proof holds, and between no other trees', async () => {
  await fc.assert(
    fc.asyncProperty(index, index, fc.nat({ max: 10 }), async (one, other, bent) => {
      const [first, second] = [Math.min(one, other) + 1, Math.max(one, other) + 1];
      const proof = await consistencyProof(nodeCrypto, store.nodes, first, second);
      const claim = {
        first: { size: first, root: rootAt(first) },
        second: { size: second, root: rootAt(second) },
        proof,
      };
      expect(verifyConsistency(nodeCrypto, claim)).toBe(true);
      expect(verifyConsistency(nodeCrypto, { ...claim, first: { size: first, root: rootAt(first - 1) } })).toBe(false);
      const hash = proof[bent];
      if (hash !== undefined) {
        const changed = proof.with(bent, Uint8Array.from(hash).fill(0, 0, 4));
        expect(verifyConsistency(nodeCrypto, { ...claim, proof: changed })).toBe(false);
      }
      const tree = claim.second;
      const subtree = { start: 0, end: first, root: rootAt(first) };
      expect(verifySubtreeConsistency(nodeCrypto, { subtree, tree, proof })).toBe(true);
    }),
  );
});

test('bundles and tiles are read as they are written, and no byte less or more', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: TILE_WIDTH }),
      (entries) => {
        const bytes = encodeBundle(entries);
        expect(parseBundle(bytes, entries.length)).toEqual(entries);
        for (const bad of [bytes.slice(0, -1), Buffer.concat([bytes, Buffer.alloc(1)])]) {
          expect(() => parseBundle(bad, entries.length)).toThrow('nothing else');
        }
        expect(() => parseBundle(bytes, entries.length + 1)).toThrow('nothing else');
      },
    ),
  );
  for (const { level, number, width } of tilesOf(SIZE)) {
    const hashes = parseHashTile(tiles.get(tilePath({ level, number, width })) ?? new Uint8Array(), width);
    expect(hashes[0]).toEqual(store.nodes(level * TILE_HEIGHT, number * TILE_WIDTH));
  }
  expect([...bundlesOf(513)].map(({ number, width }) => bundlePath(number, width))).toEqual([
    'tile/entries/000',
    'tile/entries/001',
    'tile/entries/002.p/1',
  ]);
  expect(tilePath({ level: 2, number: 1_234_067, width: 256 })).toBe('tile/2/x001/x234/067');
});
