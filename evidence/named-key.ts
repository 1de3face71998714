/** The wrapped key of a stream: the file that the log names. */
import { toHex } from './bytes.ts';
import type { Hashing } from './crypto.ts';
import type { InspectedSession } from './inspect-sessions.ts';
import type { Stream } from './leaves.ts';
import { type EvidenceSource, PATHS } from './source.ts';

export interface NamedKey {
  /** In a bundle. */
  readonly path: string;
  /** SHA-256 (hex) of the age file that the log names. */
  readonly sha256: string;
  /** Of those that it named before. */
  readonly former: readonly string[];
}

export function namedKey({ sid, rotated, wraps }: InspectedSession, stream: Stream): NamedKey {
  const former = rotated.filter((leaf) => leaf.stream === stream).map(({ from }) => from);
  return { path: PATHS.key(sid, stream), sha256: wraps[stream], former };
}

/**
 * The age file at its place. While it is exchanged that is the former one, and the one that the log names stands beside
 * it, under its hash: then that one. Whatever else is at the place is given as it is, for the check to judge.
 */
export async function readNamedKey(
  { source, crypto }: { readonly source: EvidenceSource; readonly crypto: Hashing },
  { path, sha256, former }: NamedKey,
): Promise<Uint8Array | undefined> {
  const hashOf = (bytes: Uint8Array): string => toHex(crypto.sha256(bytes));
  const first = await source.read(path);
  if (first === undefined || !former.includes(hashOf(first)) || hashOf(first) === sha256) return first;
  const waiting = await source.read(PATHS.waitingKey(path, sha256));
  // Between the two looks it may have taken its place.
  return waiting !== undefined && hashOf(waiting) === sha256 ? waiting : source.read(path);
}
