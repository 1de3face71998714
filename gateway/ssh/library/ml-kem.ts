/** ML-KEM-768 (FIPS 203) for the key exchange `mlkem768x25519-sha256`: the runtime's own, else one in JavaScript. */
import crypto, { createPublicKey, KeyObject } from 'node:crypto';
import { createMlKem768 } from 'mlkem';
import { z } from 'zod';

/** Lengths in bytes: public key 1,184, ciphertext 1,088, secret 32. The library checks those that peers send. */
export interface MlKem {
  generate(): { publicKey: Buffer; secretKey: unknown };
  /** @throws when the public key is none (FIPS 203 §7.2). */
  encapsulate(publicKey: Buffer): { ciphertext: Buffer; secret: Buffer };
  /** A ciphertext that is none gives a secret that nobody else has (implicit rejection). */
  decapsulate(ciphertext: Buffer, secretKey: unknown): Buffer;
}

const PUBLIC_KEY_BYTES = 1_184;
/** SubjectPublicKeyInfo of an ML-KEM-768 key up to its bytes (RFC 9935). */
const SPKI = Buffer.from('308204b2300b0609608648016503040402038204a100', 'hex');

const PrivateKey = z.custom<KeyObject>((value) => value instanceof KeyObject);
const Functions = z.object({
  generateKeyPairSync: z.custom<(type: string) => { publicKey: KeyObject; privateKey: KeyObject }>(isFunction),
  encapsulate: z.custom<(key: KeyObject) => { ciphertext: Buffer; sharedKey: Buffer }>(isFunction),
  decapsulate: z.custom<(key: KeyObject, ciphertext: Buffer) => Buffer>(isFunction),
});

export async function createMlKem(): Promise<MlKem> {
  return nativeMlKem() ?? (await portableMlKem());
}

/** That of node:crypto, from Node.js 24.7 with OpenSSL 3.5 on; undefined where there is none. */
export function nativeMlKem(): MlKem | undefined {
  const functions = Functions.safeParse(crypto);
  if (!functions.success) return undefined;
  const { generateKeyPairSync, encapsulate, decapsulate } = functions.data;
  try {
    generateKeyPairSync('ml-kem-768'); // The functions may be there and the algorithm not: OpenSSL before 3.5.
  } catch {
    return undefined;
  }
  return {
    generate() {
      const { publicKey, privateKey } = generateKeyPairSync('ml-kem-768');
      const spki = publicKey.export({ type: 'spki', format: 'der' });
      return { publicKey: spki.subarray(-PUBLIC_KEY_BYTES), secretKey: privateKey };
    },
    encapsulate(publicKey) {
      const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
      const { ciphertext, sharedKey } = encapsulate(key);
      return { ciphertext, secret: sharedKey };
    },
    decapsulate: (ciphertext, secretKey) => decapsulate(PrivateKey.parse(secretKey), ciphertext),
  };
}

export async function portableMlKem(): Promise<MlKem> {
  const kem = await createMlKem768();
  return {
    generate() {
      const [publicKey, secretKey] = kem.generateKeyPair();
      return { publicKey: bytes(publicKey), secretKey };
    },
    encapsulate(publicKey) {
      const [ciphertext, secret] = kem.encap(publicKey);
      return { ciphertext: bytes(ciphertext), secret: bytes(secret) };
    },
    decapsulate: (ciphertext, secretKey) => bytes(kem.decap(ciphertext, z.instanceof(Uint8Array).parse(secretKey))),
  };
}

function bytes(array: Uint8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
