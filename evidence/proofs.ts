/** Inclusion and consistency proofs (RFC 6962 §2.1.1, §2.1.2) and how they are checked (RFC 9162 §2.1.3.2, §2.1.4.2). */
import { equal } from './bytes.ts';
import type { Hashing } from './crypto.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import { hashChildren } from './tree.ts';

const HASH_BYTES = 32;

/** The root of the full subtree over leaves [index × 2^level, (index + 1) × 2^level). */
export type NodeSource = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

export interface Inclusion {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

export interface Consistency {
  readonly first: { readonly size: number; readonly root: Uint8Array };
  readonly second: { readonly size: number; readonly root: Uint8Array };
  readonly proof: readonly Uint8Array[];
}

const half = (value: number): number => Math.floor(value / 2);
const odd = (value: number): boolean => value % 2 === 1;
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.length <= EVIDENCE_LIMITS.proofHashesMax && hashes.every(({ length }) => length === HASH_BYTES);

/** The hashes from the leaf's sibling up to the root's child. */
export async function inclusionProof(
  hashing: Hashing,
  nodes: NodeSource,
  index: number,
  size: number,
): Promise<Uint8Array[]> {
  const proof: Uint8Array[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    const left = index < middle;
    proof.unshift(left ? await rangeHash(hashing, nodes, middle, end) : await rangeHash(hashing, nodes, start, middle));
    if (left) end = middle;
    else start = middle;
  }
  return proof;
}

/** That the tree of `first` leaves is the beginning of the one of `second`; 0 < first <= second. */
export async function consistencyProof(
  hashing: Hashing,
  nodes: NodeSource,
  first: number,
  second: number,
): Promise<Uint8Array[]> {
  const proof: Uint8Array[] = [];
  let [start, end, whole] = [0, second, true];
  while (end !== first) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      proof.unshift(await rangeHash(hashing, nodes, middle, end));
      end = middle;
    } else {
      proof.unshift(await rangeHash(hashing, nodes, start, middle));
      [start, whole] = [middle, false];
    }
  }
  if (!whole) proof.unshift(await rangeHash(hashing, nodes, start, end));
  return proof;
}

/** The hash of leaves [start, end), where start is a multiple of a power of two not below the range's length. */
async function rangeHash(hashing: Hashing, nodes: NodeSource, start: number, end: number): Promise<Uint8Array> {
  let level = 0;
  for (let width = 1; width < end - start; width *= 2) level += 1;
  if (2 ** level === end - start) return nodes(level, start / 2 ** level);
  const middle = start + splitOf(end - start);
  const left = await rangeHash(hashing, nodes, start, middle);
  return hashChildren(hashing, left, await rangeHash(hashing, nodes, middle, end));
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let width = 1;
  while (width * 2 < size) width *= 2;
  return width;
}

export function verifyInclusion(hashing: Hashing, { leafHash, index, size, proof, root }: Inclusion): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([...proof, leafHash, root])) return false;
  let [node, last, hash] = [index, size - 1, leafHash];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (odd(node) || node === last) {
      hash = hashChildren(hashing, sibling, hash);
      while (!odd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = hashChildren(hashing, hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(hash, root);
}

/** From a tree of no leaves everything follows, so nothing is proven: such a proof is refused. */
export function verifyConsistency(hashing: Hashing, { first, second, proof }: Consistency): boolean {
  const subtree = { start: 0, end: first.size, root: first.root };
  return first.size > 0 && verifySubtreeConsistency(hashing, { subtree, tree: second, proof });
}

/** [start, end) is a subtree where start is a multiple of the smallest power of two not below its length. */
export interface Subtree {
  readonly start: number;
  readonly end: number;
  readonly root: Uint8Array;
}

/** A leaf in a subtree (draft-ietf-plants-merkle-tree-certs, "Subtree Inclusion Proofs"). */
export function verifySubtreeInclusion(
  hashing: Hashing,
  claim: {
    readonly leafHash: Uint8Array;
    readonly index: number;
    readonly subtree: Subtree;
    readonly proof: readonly Uint8Array[];
  },
): boolean {
  const { leafHash, index, subtree, proof } = claim;
  const { start, end, root } = subtree;
  if (!isSubtree(start, end) || !isSize(index) || index < start) return false;
  return verifyInclusion(hashing, { leafHash, index: index - start, size: end - start, proof, root });
}

/** A subtree of a tree (the same draft, "Subtree Consistency Proofs"); with start 0 that of RFC 9162. */
export function verifySubtreeConsistency(
  hashing: Hashing,
  claim: {
    readonly subtree: Subtree;
    readonly tree: { readonly size: number; readonly root: Uint8Array };
    readonly proof: readonly Uint8Array[];
  },
): boolean {
  const { subtree, tree, proof } = claim;
  const { start, end, root } = subtree;
  // No leaves are part of every tree, and their hash is known.
  if (isSize(start) && start === end && start <= tree.size) return proof.length === 0 && equal(root, hashing.sha256());
  if (!isSubtree(start, end) || !isSize(tree.size) || end > tree.size) return false;
  if (start === 0 && end === tree.size) return proof.length === 0 && equal(root, tree.root);
  return areHashes([...proof, root, tree.root]) && climb(hashing, subtree, tree, proof);
}

/** Both hashes at once, from the node they share to their roots. */
function climb(
  hashing: Hashing,
  { start, end, root }: Subtree,
  tree: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  let [first, second, last] = [start, end - 1, tree.size - 1];
  while (first !== second && (second === last || odd(second))) {
    [first, second, last] = [half(first), half(second), half(last)];
  }
  // A subtree that is one node of the tree begins the proof itself; otherwise its last node does.
  const [head, ...tail] = proof;
  const [seed, path] = first === second ? [root, proof] : [head, tail];
  if (seed === undefined) return false;
  let [small, large] = [seed, seed];
  for (const hash of path) {
    if (last === 0) return false;
    if (odd(second) || second === last) {
      if (first < second) small = hashChildren(hashing, hash, small);
      large = hashChildren(hashing, hash, large);
      while (!odd(second) && second !== 0) [first, second, last] = [half(first), half(second), half(last)];
    } else {
      large = hashChildren(hashing, large, hash);
    }
    [first, second, last] = [half(first), half(second), half(last)];
  }
  return last === 0 && equal(small, root) && equal(large, tree.root);
}

function isSubtree(start: number, end: number): boolean {
  if (!isSize(start) || !isSize(end) || start >= end) return false;
  let width = 1;
  while (width < end - start) width *= 2;
  return start % width === 0;
}
