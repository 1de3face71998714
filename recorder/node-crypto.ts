/** Node's part of what the room `evidence` asks for. */
import { createPublicKey, verify } from 'node:crypto';
import type { Verifying } from '../evidence/index.ts';
import { sha256 } from '../foundation/index.ts';

/** RFC 8410: SubjectPublicKeyInfo of Ed25519, before the 32 bytes of the key. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const nodeCrypto: Verifying = {
  sha256,
  verifyEd25519(publicKey, message, signature) {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};
