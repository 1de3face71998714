/** Consistency and inclusion proofs of RFC 6962 §2.1, checked as RFC 9162 §2.1.3.2 and §2.1.4.2 spell it out. */
import { sha256 } from '../../foundation/index.ts';
import { rootOf, EMPTY_TREE } from './merkle.ts';

const NODE = Buffer.from([1]);
const HASH_BYTES = 32;

/** SHA-256(0x01 ‖ left ‖ right). */
export function hashChildren(left: Buffer, right: Buffer): Buffer {
  return sha256(NODE, left, right);
}

/** The root of the leaves `[start, end)`; `start` is a multiple of the power of two that is not below their number. */
export type RangeHash = (start: number, end: number) => Promise<Buffer>;

/** The largest power of two below `size`, which is more than 1. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Of the tree of `to` leaves: that the first `from` of them are the earlier tree. Empty for `from` 0 or `to`. */
export async function consistencyProof(rangeHash: RangeHash, from: number, to: number): Promise<Buffer[]> {
  const proof: Buffer[] = [];
  if (from === 0 || from === to) return proof;
  let [start, end, isWhole] = [0, to, true];
  const behind: (() => Promise<Buffer>)[] = [];
  // From the root down to the subtree that ends where the earlier tree ends; the proof begins there.
  while (from < end) {
    const split = start + splitOf(end - start);
    const [left, right] = [start, end];
    if (from <= split) {
      behind.push(() => rangeHash(split, right));
      end = split;
    } else {
      behind.push(() => rangeHash(left, split));
      start = split;
      isWhole = false;
    }
  }
  if (!isWhole) proof.push(await rangeHash(start, end));
  for (const hash of behind.reverse()) proof.push(await hash());
  return proof;
}

/** That leaf `index` is in the tree of `size` leaves. */
export async function inclusionProof(rangeHash: RangeHash, index: number, size: number): Promise<Buffer[]> {
  const behind: (() => Promise<Buffer>)[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const split = start + splitOf(end - start);
    const [left, right] = [start, end];
    if (index < split) {
      behind.push(() => rangeHash(split, right));
      end = split;
    } else {
      behind.push(() => rangeHash(left, split));
      start = split;
    }
  }
  const proof: Buffer[] = [];
  for (const hash of behind.reverse()) proof.push(await hash());
  return proof;
}

export interface TreeHead {
  readonly size: number;
  readonly root: Buffer;
}

/** Whether the leaves of `from` are the first ones of `to`. */
export function verifyConsistency(from: TreeHead, to: TreeHead, proof: readonly Buffer[]): boolean {
  if (proof.some(({ length }) => length !== HASH_BYTES) || from.size > to.size) return false;
  if (from.size === to.size) return proof.length === 0 && from.root.equals(to.root);
  if (from.size === 0) return proof.length === 0 && from.root.equals(rootOf(EMPTY_TREE));
  return verifyPath(from, to, isPowerOfTwo(from.size) ? [from.root, ...proof] : proof);
}

/** From the subtree in which the earlier tree ends, up to both roots. */
function verifyPath(from: TreeHead, to: TreeHead, [first, ...rest]: readonly Buffer[]): boolean {
  if (first === undefined) return false;
  let [node, last] = [from.size - 1, to.size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [older, newer] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      older = hashChildren(hash, older);
      newer = hashChildren(hash, newer);
      while (node !== 0 && node % 2 === 0) [node, last] = [half(node), half(last)];
    } else {
      newer = hashChildren(newer, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && older.equals(from.root) && newer.equals(to.root);
}

/** Whether a leaf of this hash stands at `index`. */
export function verifyInclusion(
  leaf: { readonly index: number; readonly hash: Buffer },
  { size, root }: TreeHead,
  proof: readonly Buffer[],
): boolean {
  if (leaf.index >= size || [leaf.hash, ...proof].some(({ length }) => length !== HASH_BYTES)) return false;
  let [node, last, hash] = [leaf.index, size - 1, leaf.hash];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = hashChildren(sibling, hash);
      while (node !== 0 && node % 2 === 0) [node, last] = [half(node), half(last)];
    } else {
      hash = hashChildren(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && hash.equals(root);
}

/** Not by a shift: that would be of 32 bits. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}
