/**
 * Which Ed25519 keys are taken. Implementations differ on keys of small order and on points written in a second way
 * (C2SP/CCTV ed25519 has 914 cases), so a signature could count in one verifier and not in another. Such keys are
 * refused before any implementation sees them; what is left has one answer: RFC 8032 without the cofactor.
 */
import { toHex } from './bytes.ts';
import type { Verifying } from './crypto.ts';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The canonical y-coordinates of the eight points whose order divides 8, little-endian, without the sign of x. */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

/** Reports whether a public key is one that only its owner can sign for, in its one canonical encoding. */
export function isSoundPublicKey(key: Uint8Array): boolean {
  if (key.length !== KEY_BYTES) return false;
  const y = Uint8Array.from(key);
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelowPrime(y) && !SMALL_ORDER.has(toHex(y));
}

/** y < 2^255 − 19. */
function isBelowPrime(y: Uint8Array): boolean {
  const allOnes = y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff);
  return !(allOnes && (y[0] ?? 0) >= 0xed);
}

/** The only way a signature is checked in this room. */
export function verifySignature(
  crypto: Verifying,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return (
    isSoundPublicKey(publicKey) &&
    signature.length === SIGNATURE_BYTES &&
    crypto.verifyEd25519(publicKey, message, signature)
  );
}
