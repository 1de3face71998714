/** Node's part of what the room `evidence` asks for. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Verifying } from '../evidence/index.ts';

/** RFC 8410: SubjectPublicKeyInfo of Ed25519, before the 32 bytes of the key. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const nodeCrypto: Verifying = {
  sha256(...parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest();
  },
  verifyEd25519(publicKey, message, signature) {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};
