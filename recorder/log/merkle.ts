/** The Merkle tree hash of RFC 6962 §2.1, kept as the roots of its full subtrees: appending needs no older leaf. */
import { sha256 } from '../../foundation/index.ts';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** SHA-256(0x00 ‖ leaf). */
export function hashLeaf(leaf: Uint8Array): Buffer {
  return sha256(LEAF, leaf);
}

/** The roots of the full subtrees a tree is made of, largest first; immutable. */
export interface Tree {
  readonly size: number;
  readonly subtrees: readonly { readonly height: number; readonly hash: Buffer }[];
}

export const EMPTY_TREE: Tree = { size: 0, subtrees: [] };

export function appendLeaf(tree: Tree, leafHash: Buffer): Tree {
  const subtrees = [...tree.subtrees];
  let added = { height: 0, hash: leafHash };
  for (let last = subtrees.at(-1); last?.height === added.height; last = subtrees.at(-1)) {
    subtrees.pop();
    added = { height: added.height + 1, hash: sha256(NODE, last.hash, added.hash) };
  }
  subtrees.push(added);
  return { size: tree.size + 1, subtrees };
}

/** The tree's hash; that of no leaves is SHA-256 of nothing. */
export function rootOf(tree: Tree): Buffer {
  const root = tree.subtrees
    .map(({ hash }) => hash)
    .reduceRight<Buffer | undefined>(
      (right, left) => (right === undefined ? left : sha256(NODE, left, right)),
      undefined,
    );
  return root ?? sha256();
}
