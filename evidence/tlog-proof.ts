/** Proofs that one entry is in a log, in one file: c2sp.org/tlog-proof. */
import { concat, EvidenceError, fromBase64, fromDecimal, fromUtf8, toBase64, utf8 } from './bytes.ts';
import type { Verifying } from './crypto.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import type { Policy } from './policy.ts';
import { policyAccepts, type PolicyDecision } from './policy-accepts.ts';
import { verifyInclusion } from './proofs.ts';
import { hashLeaf } from './tree.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';
const HASH_BYTES = 32;

export interface TlogProof {
  /** Not authenticated: a hint at most. */
  readonly extra?: Uint8Array;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** A signed note. */
  readonly checkpoint: Uint8Array;
}

export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): Uint8Array {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return concat([utf8(`${lines.join('\n')}\n\n`), checkpoint]);
}

/** @throws {EvidenceError} when it is no proof to the letter; the checkpoint in it is not looked at. */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  if (bytes.length > EVIDENCE_LIMITS.proofBytesMax) throw new EvidenceError('The proof is too long.');
  const text = fromUtf8(bytes);
  const split = text.indexOf('\n\n');
  if (split === -1) throw new EvidenceError('The proof has no checkpoint.');
  const [header, ...lines] = text.slice(0, split).split('\n');
  if (header !== HEADER) throw new EvidenceError(`A proof begins with ${HEADER}.`);
  const extra = takeExtra(lines);
  const index = takeIndex(lines);
  if (lines.length > EVIDENCE_LIMITS.proofHashesMax) throw new EvidenceError('The proof has too many hashes.');
  const hashes = lines.map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== HASH_BYTES) throw new EvidenceError('A hash of the proof cannot be read.');
    return hash;
  });
  return { ...extra, index, hashes, checkpoint: utf8(text.slice(split + 2)) };
}

function takeExtra(lines: string[]): { extra?: Uint8Array } {
  if (lines[0]?.startsWith('extra ') !== true) return {};
  const extra = fromBase64(lines.shift()?.slice('extra '.length) ?? '');
  if (extra === undefined) throw new EvidenceError('The extra data of the proof is no base64.');
  return { extra };
}

function takeIndex(lines: string[]): number {
  const [word, number = '', ...more] = (lines.shift() ?? '').split(' ');
  const index = fromDecimal(number);
  if (word !== 'index' || index === undefined || more.length > 0) throw new EvidenceError('The proof has no index.');
  return index;
}

/**
 * Whether the entry is in the log, and whether the policy accepts the checkpoint that says so.
 *
 * @throws {EvidenceError} when the proof cannot be read, the entry is not where it says, or no log of the policy signed.
 */
export function verifyTlogProof(
  crypto: Verifying,
  policy: Policy,
  proof: Uint8Array,
  entry: Uint8Array,
): PolicyDecision & { readonly index: number } {
  const { index, hashes, checkpoint } = parseTlogProof(proof);
  const decision = policyAccepts(crypto, policy, checkpoint);
  const { size, root } = decision.checkpoint;
  const leafHash = hashLeaf(crypto, entry);
  if (!verifyInclusion(crypto, { leafHash, index, size, proof: hashes, root })) {
    throw new EvidenceError(`This is not entry ${index} of the log.`);
  }
  return { ...decision, index };
}
