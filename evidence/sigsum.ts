/** Leaves and proofs of Sigsum logs (sigsum.org/v1): what the export ledger consists of. */
import { concat, equal, EvidenceError, fromDecimal, fromHex, fromUtf8, toHex, utf8 } from './bytes.ts';
import { formatCheckpoint } from './checkpoints.ts';
import { cosignatureMessage } from './cosignatures.ts';
import type { Hashing, Signer, Verifying } from './crypto.ts';
import { verifySignature } from './ed25519.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import { isQuorum, type Policy, sigsumOrigin } from './policy.ts';
import { verifyInclusion } from './proofs.ts';
import { hashLeaf } from './tree.ts';

const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
const SIGSUM_LEAF_BYTES = 2 * HASH_BYTES + SIGNATURE_BYTES;
const NAMESPACE = utf8('sigsum.org/v1/tree-leaf\0');
const SHORT_CHECKSUM_BYTES = 2;

export interface SigsumLeaf {
  /** SHA-256(SHA-256(record)). */
  readonly checksum: Uint8Array;
  /** Of the submitter. */
  readonly signature: Uint8Array;
  /** SHA-256 of the submitter's public key. */
  readonly keyHash: Uint8Array;
}

/** What a submitter signs: name space, NUL, checksum. */
function leafMessage(checksum: Uint8Array): Uint8Array {
  return concat([NAMESPACE, checksum]);
}

/** The leaf of a record, 128 bytes. */
export function sigsumLeaf(hashing: Hashing, submitter: Omit<Signer, 'name'>, record: Uint8Array): Uint8Array {
  const checksum = hashing.sha256(hashing.sha256(record));
  return concat([checksum, submitter.sign(leafMessage(checksum)), hashing.sha256(submitter.publicKey)]);
}

/** @throws {EvidenceError} for anything but 128 bytes. */
export function parseSigsumLeaf(bytes: Uint8Array): SigsumLeaf {
  if (bytes.length !== SIGSUM_LEAF_BYTES) throw new EvidenceError('This is no leaf of a Sigsum log.');
  return {
    checksum: bytes.slice(0, HASH_BYTES),
    signature: bytes.slice(HASH_BYTES, HASH_BYTES + SIGNATURE_BYTES),
    keyHash: bytes.slice(HASH_BYTES + SIGNATURE_BYTES),
  };
}

/** Reports whether the owner of `submitter` signed this leaf. */
export function isSubmittedBy(crypto: Verifying, leaf: SigsumLeaf, submitter: Uint8Array): boolean {
  return (
    equal(leaf.keyHash, crypto.sha256(submitter)) &&
    verifySignature(crypto, submitter, leafMessage(leaf.checksum), leaf.signature)
  );
}

export interface SigsumProof {
  /** SHA-256 of the log's public key. */
  readonly log: Uint8Array;
  /** The first 2 bytes of the leaf's checksum. */
  readonly shortChecksum: Uint8Array;
  readonly keyHash: Uint8Array;
  readonly signature: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  /** The log's, over the checkpoint's text. */
  readonly rootSignature: Uint8Array;
  /** `time` is Unix seconds. */
  readonly cosignatures: readonly { keyHash: Uint8Array; time: number; signature: Uint8Array }[];
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
}

/** Version 1 of the proof's format. */
export function formatSigsumProof(proof: SigsumProof): Uint8Array {
  const blocks = [
    [
      'version=1',
      `log=${toHex(proof.log)}`,
      `leaf=${[proof.shortChecksum, proof.keyHash, proof.signature].map(toHex).join(' ')}`,
    ],
    [
      `size=${proof.size}`,
      `root_hash=${toHex(proof.root)}`,
      `signature=${toHex(proof.rootSignature)}`,
      ...proof.cosignatures.map(
        ({ keyHash, time, signature }) => `cosignature=${toHex(keyHash)} ${time} ${toHex(signature)}`,
      ),
    ],
    ...(proof.size === 1
      ? []
      : [[`leaf_index=${proof.index}`, ...proof.hashes.map((hash) => `node_hash=${toHex(hash)}`)]]),
  ];
  return utf8(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

/** @throws {EvidenceError} when it is no proof of version 1 to the letter. */
export function parseSigsumProof(bytes: Uint8Array): SigsumProof {
  if (bytes.length > EVIDENCE_LIMITS.proofBytesMax) throw new EvidenceError('The proof is too long.');
  const text = fromUtf8(bytes);
  if (!text.endsWith('\n')) throw new EvidenceError('The proof is cut short.');
  const [leaf = '', head = '', ...paths] = text.slice(0, -1).split('\n\n');
  const first = fieldsOf(leaf);
  if (first.one('version') !== '1') throw new EvidenceError('The proof is of another version.');
  const log = hex(first.one('log'), HASH_BYTES);
  const [short = '', keyHash = '', signature = '', ...more] = first.one('leaf').split(' ');
  if (more.length > 0) throw new EvidenceError('The leaf line of the proof cannot be read.');
  first.end();
  const tree = fieldsOf(head);
  const size = decimal(tree.one('size'));
  const root = hex(tree.one('root_hash'), HASH_BYTES);
  const rootSignature = hex(tree.one('signature'), SIGNATURE_BYTES);
  const cosignatures = tree.all('cosignature').map(parseCosignature);
  tree.end();
  const path = parsePath(size, paths);
  return {
    ...{ log, size, root, rootSignature, cosignatures, ...path },
    shortChecksum: hex(short, SHORT_CHECKSUM_BYTES),
    keyHash: hex(keyHash, HASH_BYTES),
    signature: hex(signature, SIGNATURE_BYTES),
  };
}

/** In a tree of one leaf there is no path, and the block is left out. */
function parsePath(size: number, blocks: readonly string[]): { index: number; hashes: Uint8Array[] } {
  if (size === 1 && blocks.length === 0) return { index: 0, hashes: [] };
  const [block] = blocks;
  if (size <= 1 || block === undefined || blocks.length > 1)
    throw new EvidenceError('The proof has no inclusion path.');
  const path = fieldsOf(block);
  const index = decimal(path.one('leaf_index'));
  const hashes = path.all('node_hash').map((text) => hex(text, HASH_BYTES));
  path.end();
  return { index, hashes };
}

function parseCosignature(text: string): { keyHash: Uint8Array; time: number; signature: Uint8Array } {
  const [keyHash = '', time = '', signature = '', ...more] = text.split(' ');
  if (more.length > 0) throw new EvidenceError('A cosignature line of the proof cannot be read.');
  return { keyHash: hex(keyHash, HASH_BYTES), time: decimal(time), signature: hex(signature, SIGNATURE_BYTES) };
}

/** `name=value` lines, taken in order. */
function fieldsOf(block: string) {
  const lines = block.split('\n');
  const all = (name: string): string[] => {
    const values: string[] = [];
    while (lines[0]?.startsWith(`${name}=`) === true) values.push((lines.shift() ?? '').slice(name.length + 1));
    if (values.length > EVIDENCE_LIMITS.noteSignaturesMax) throw new EvidenceError('The proof has too many lines.');
    return values;
  };
  return {
    all,
    one(name: string): string {
      const [value, ...more] = all(name);
      if (value === undefined || more.length > 0) throw new EvidenceError(`The proof lacks its one line ${name}.`);
      return value;
    },
    end(): void {
      if (lines.length > 0) throw new EvidenceError('The proof has a line that does not belong there.');
    },
  };
}

function hex(text: string, length: number): Uint8Array {
  const bytes = fromHex(text, length);
  if (bytes === undefined) throw new EvidenceError(`The proof has no ${length} bytes of hex where they belong.`);
  return bytes;
}

function decimal(text: string): number {
  const value = fromDecimal(text);
  if (value === undefined) throw new EvidenceError('The proof has no number where one belongs.');
  return value;
}

/**
 * Checks what `sigsum-verify` checks: the submitter signed this record, the log signed the tree, the policy's quorum
 * cosigned it, the leaf is in it.
 *
 * @throws {EvidenceError} with the first thing that is not so. A lack of witnesses is one of them.
 */
export function verifySigsumProof(
  crypto: Verifying,
  claim: {
    readonly proof: Uint8Array;
    readonly record: Uint8Array;
    /** Raw public keys of those whose records count. */
    readonly submitters: readonly Uint8Array[];
    readonly policy: Policy;
  },
): { readonly index: number; readonly by: readonly string[] } {
  const proof = parseSigsumProof(claim.proof);
  const checksum = crypto.sha256(crypto.sha256(claim.record));
  if (!equal(checksum.subarray(0, SHORT_CHECKSUM_BYTES), proof.shortChecksum)) {
    throw new EvidenceError('The proof is of another record.');
  }
  const leaf = { checksum, signature: proof.signature, keyHash: proof.keyHash };
  if (!claim.submitters.some((submitter) => isSubmittedBy(crypto, leaf, submitter))) {
    throw new EvidenceError('No known submitter signed this record.');
  }
  const by = acceptedBy(crypto, proof, claim.policy);
  const leafHash = hashLeaf(crypto, concat([checksum, proof.signature, proof.keyHash]));
  const { index, size, root, hashes } = proof;
  if (!verifyInclusion(crypto, { leafHash, index, size, root, proof: hashes })) {
    throw new EvidenceError('The record is not where the proof says.');
  }
  return { index, by };
}

function acceptedBy(crypto: Verifying, proof: SigsumProof, policy: Policy): string[] {
  const log = policy.logs.find(({ key }) => equal(crypto.sha256(key.publicKey), proof.log))?.key;
  if (log === undefined) throw new EvidenceError('The proof is of a log that the policy does not know.');
  const { size, root } = proof;
  const body = formatCheckpoint({ origin: sigsumOrigin(crypto, log.publicKey), size, root });
  if (!verifySignature(crypto, log.publicKey, utf8(body), proof.rootSignature)) {
    throw new EvidenceError('The log did not sign this tree.');
  }
  const by = new Set<string>();
  for (const { keyHash, time, signature } of proof.cosignatures) {
    const witness = policy.witnesses.find(({ key }) => equal(crypto.sha256(key.publicKey), keyHash));
    if (witness === undefined) continue;
    if (!verifySignature(crypto, witness.key.publicKey, cosignatureMessage(time, body), signature)) {
      throw new EvidenceError(`The cosignature of ${witness.name} is not one of this tree.`);
    }
    by.add(witness.name);
  }
  if (!isQuorum(policy, by)) throw new EvidenceError('Too few witnesses of the policy cosigned this tree.');
  return [...by];
}
