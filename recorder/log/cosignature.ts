/** Cosignatures of witnesses (c2sp.org/tlog-cosignature v1, Ed25519): "I saw no other history of this log by then". */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { uint64 } from '../../foundation/index.ts';
import { keyIdOf, type NoteSignature, signatureLine, type Verifier } from './note.ts';

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** What a witness signs: the checkpoint's text and when, in Unix seconds. */
function cosignatureMessage(checkpointText: string, seconds: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${checkpointText}`);
}

/** One signature line, with its newline. */
export function cosign(
  checkpointText: string,
  { name, privateKey, seconds }: { name: string; privateKey: KeyObject; seconds: bigint },
): string {
  const signature = sign(null, cosignatureMessage(checkpointText, seconds), privateKey);
  const id = keyIdOf(name, createPublicKey(privateKey), 'witness');
  return signatureLine(name, id, Buffer.concat([uint64(seconds), signature]));
}

/** When `witness` cosigned the checkpoint, in Unix seconds, by a signature of its own; undefined when it did not. */
export function cosignedAt(
  checkpointText: string,
  witness: Verifier,
  signature: Pick<NoteSignature, 'name' | 'id' | 'bytes'>,
): bigint | undefined {
  const { name, id, bytes } = signature;
  if (name !== witness.name || !id.equals(witness.id) || bytes.length !== TIME_BYTES + SIGNATURE_BYTES)
    return undefined;
  const seconds = bytes.readBigUInt64BE(0);
  const isSigned = verify(null, cosignatureMessage(checkpointText, seconds), witness.key, bytes.subarray(TIME_BYTES));
  return isSigned ? seconds : undefined;
}
