/** Node's part of what the room `evidence` asks for. */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import type { Hashing, Verifying } from '../evidence/index.ts';
import { latin1, sha256 } from '../foundation/index.ts';

/** RFC 8410: SubjectPublicKeyInfo of Ed25519, before the 32 bytes of the key. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const GATHERED_BYTES_MAX = 1_024;

const KEYS_MAX = 16;
/** What it holds was worked out from its name alone. */
const keys = createKeys(KEYS_MAX);

export const nodeCrypto: Verifying = {
  sha256: createSha256(),
  verifyEd25519(publicKey, message, signature) {
    return verify(null, message, keys.of(publicKey), signature);
  },
};

/**
 * The few keys that are verified by again and again, the log's and those of its witnesses: reading a key costs more than
 * a signature does.
 */
function createKeys(max: number): { of: (publicKey: Uint8Array) => KeyObject } {
  const known = new Map<string, KeyObject>();
  return {
    of(publicKey) {
      const name = latin1(publicKey);
      const read =
        known.get(name) ??
        createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
      known.delete(name);
      known.set(name, read);
      const [oldest = name] = known.keys();
      if (known.size > max) known.delete(oldest);
      return read;
    },
  };
}

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
