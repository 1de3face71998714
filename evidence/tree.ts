/** The Merkle tree hash of RFC 6962 §2.1. Sizes are numbers up to 2^53, so no bit operators: they end at 2^32. */
import { EvidenceError } from './bytes.ts';
import type { Hashing } from './crypto.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256(0x00 ‖ leaf). */
export function hashLeaf(hashing: Hashing, leaf: Uint8Array): Uint8Array {
  return hashing.sha256(LEAF, leaf);
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function hashChildren(hashing: Hashing, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hashing.sha256(NODE, left, right);
}

/** A tree as the roots of its full subtrees, largest first: all that is needed to go on with it. */
export interface TreeState {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

/** A tree that only grows. */
export interface CompactTree {
  readonly size: number;
  /** Takes the hash of the next leaf. */
  append(leafHash: Uint8Array): void;
  /** The tree's hash; that of no leaves is SHA-256 of nothing. */
  root(): Uint8Array;
  /** A copy that stays as it is. */
  state(): TreeState;
}

/**
 * An empty tree, or one that goes on from `from`. `onNode` is told of each full subtree when it is complete: level 0
 * are the leaves.
 *
 * @throws {EvidenceError} when `from` has not as many hashes as its size has ones in binary.
 */
export function createTree(
  hashing: Hashing,
  from: TreeState = { size: 0, hashes: [] },
  onNode?: (level: number, index: number, hash: Uint8Array) => void,
): CompactTree {
  if (from.hashes.length !== countOnes(from.size)) throw new EvidenceError('The tree does not fit its size.');
  const hashes = [...from.hashes];
  let size = from.size;
  return {
    get size() {
      return size;
    },
    append(leafHash) {
      let hash = leafHash;
      let index = size;
      let level = 0;
      onNode?.(level, index, hash);
      for (; index % 2 === 1; index = (index - 1) / 2) {
        const left = hashes.pop();
        if (left === undefined) throw new EvidenceError('The tree does not fit its size.');
        hash = hashChildren(hashing, left, hash);
        level += 1;
        onNode?.(level, (index - 1) / 2, hash);
      }
      hashes.push(hash);
      size += 1;
    },
    root: () => rootOf(hashing, { size, hashes }),
    state: () => ({ size, hashes: [...hashes] }),
  };
}

export function rootOf(hashing: Hashing, tree: TreeState): Uint8Array {
  let root: Uint8Array | undefined;
  for (const hash of [...tree.hashes].reverse()) root = root === undefined ? hash : hashChildren(hashing, hash, root);
  return root ?? hashing.sha256();
}

function countOnes(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
