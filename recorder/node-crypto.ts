/** Node's part of what the room `evidence` asks for. */
import { createPublicKey, hash, verify } from 'node:crypto';
import type { Hashing, Verifying } from '../evidence/index.ts';
import { sha256 } from '../foundation/index.ts';

/** RFC 8410: SubjectPublicKeyInfo of Ed25519, before the 32 bytes of the key. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const GATHERED_BYTES_MAX = 1_024;

export const nodeCrypto: Verifying = {
  sha256: createSha256(),
  verifyEd25519(publicKey, message, signature) {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};

/** A tree of a million leaves is two million hashes of less than this: their parts are gathered where there is room. */
function createSha256(): Hashing['sha256'] {
  const room = Buffer.allocUnsafeSlow(GATHERED_BYTES_MAX);
  return (...parts) => {
    let bytes = 0;
    for (const part of parts) {
      if (bytes + part.length > room.length) return sha256(...parts);
      room.set(part, bytes);
      bytes += part.length;
    }
    return hash('sha256', room.subarray(0, bytes), 'buffer');
  };
}
