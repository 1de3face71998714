/** Leaves of a Sigsum log (sigsum.org/v1), so that `sigsum-verify` checks the ledger unmodified. */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { rawPublicKey, sha256 } from '../../foundation/index.ts';

const NAMESPACE = Buffer.from('sigsum.org/v1/tree-leaf\0');
export const SIGSUM_LEAF_BYTES = 128;

/** The origin of a Sigsum log follows from its key. */
export function sigsumOrigin(publicKey: KeyObject): string {
  return `sigsum.org/v1/tree/${sha256(rawPublicKey(publicKey)).toString('hex')}`;
}

/** checksum ‖ signature ‖ key hash: SHA-256(SHA-256(record)), signed by who submits it, and SHA-256 of their key. */
export function sigsumLeaf(record: Uint8Array, submitter: KeyObject): Buffer {
  const checksum = checksumOf(record);
  const signature = sign(null, Buffer.concat([NAMESPACE, checksum]), submitter);
  return Buffer.concat([checksum, signature, sha256(rawPublicKey(createPublicKey(submitter)))]);
}

/** The first 32 bytes of the leaf of this record. */
export function checksumOf(record: Uint8Array): Buffer {
  return sha256(sha256(record));
}
