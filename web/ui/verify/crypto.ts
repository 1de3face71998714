/**
 * A browser's part of what the room `evidence` asks for. Plain code and not the browser's own functions: those answer
 * later, are missing where a page comes from a disk, and differ on odd signatures.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { Verifying } from '../../../evidence/index.ts';

const POINT_BYTES = 32;

export const browserCrypto: Verifying = {
  sha256(...parts) {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return sha256(only);
    const hash = sha256.create();
    for (const part of parts) hash.update(part);
    return hash.digest();
  },
  /** R' = S·B − k·A, compared as bytes: one answer for every signature, the one that Node gives, too. */
  verifyEd25519(publicKey, message, signature) {
    const { Point } = ed25519;
    const order = Point.Fn.ORDER;
    const r = signature.subarray(0, POINT_BYTES);
    const s = littleEndian(signature.subarray(POINT_BYTES));
    if (s >= order) return false;
    try {
      const key = Point.fromBytes(publicKey);
      const k = littleEndian(sha512.create().update(r).update(publicKey).update(message).digest()) % order;
      const ours = multiply(Point.BASE, s).subtract(multiply(key, k)).toBytes();
      return ours.every((byte, at) => byte === r[at]);
    } catch {
      return false; // The key is no point of the curve.
    }
  },
};

type CurvePoint = InstanceType<typeof ed25519.Point>;

/** Nothing here is secret, and zero is a number like any other. */
function multiply(point: CurvePoint, by: bigint): CurvePoint {
  return by === 0n ? ed25519.Point.ZERO : point.multiplyUnsafe(by);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of Uint8Array.from(bytes).reverse()) value = (value << 8n) | BigInt(byte);
  return value;
}
