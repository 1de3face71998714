/** Cosignatures of witnesses, cosignature/v1: c2sp.org/tlog-cosignature (signature type 0x04, Ed25519). */
import { concat, uint64be, utf8, viewOf } from './bytes.ts';
import type { Hashing, Signer, Verifying } from './crypto.ts';
import { verifySignature } from './ed25519.ts';
import { KEY_TYPE, keyId } from './keys.ts';
import { formatSignature } from './signature-line.ts';

const TIME_BYTES = 8;

/** What a witness signs of a checkpoint's text at `time` (Unix seconds). */
export function cosignatureMessage(time: number, body: string): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${body}`);
}

/** The time (Unix seconds) of a true cosignature: 8 bytes of time and 64 of Ed25519. Undefined for any other. */
export function verifyCosignature(
  crypto: Verifying,
  publicKey: Uint8Array,
  body: string,
  cosignature: Uint8Array,
): number | undefined {
  if (cosignature.length <= TIME_BYTES) return undefined;
  const time = Number(viewOf(cosignature).getBigUint64(0));
  if (!Number.isSafeInteger(time)) return undefined;
  const signature = cosignature.subarray(TIME_BYTES);
  return verifySignature(crypto, publicKey, cosignatureMessage(time, body), signature) ? time : undefined;
}

/** A witness's signature line over a checkpoint's text. */
export function cosign(hashing: Hashing, signer: Signer, body: string, time: number): string {
  const signature = concat([uint64be(time), signer.sign(cosignatureMessage(time, body))]);
  const id = keyId(hashing, signer.name, KEY_TYPE.cosignature, signer.publicKey);
  return formatSignature({ name: signer.name, keyId: id, signature });
}
