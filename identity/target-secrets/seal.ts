/**
 * Keeps the secrets of target accounts unreadable to whoever has the database alone: each is sealed with a data key of
 * its own, and that key is wrapped by one that lies in a file.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { GatewayError, loadKeyFile, Secret, sha256 } from '../../foundation/index.ts';
import type { PersonId, TargetId } from '../../policy/index.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_CHARACTERS = 16;

/** Whose secret it is, and where: a row copied to somebody else's, or to another target, opens nothing. */
export interface SecretPlace {
  readonly targetId: TargetId;
  readonly personId: PersonId;
  readonly account: string;
}

export interface SealedSecret {
  /** The first 8 bytes of the SHA-256 of the key that wraps, in hexadecimal. */
  readonly keyId: string;
  /** Nonce (12), tag (16), the wrapped data key (32). */
  readonly wrappedKey: Buffer;
  /** Nonce (12), tag (16), ciphertext. */
  readonly sealed: Buffer;
}

/** Made by `loadSecretSeal`. */
export interface SecretSeal {
  readonly close: (secret: Secret<string>, place: SecretPlace) => SealedSecret;
  /** @throws {GatewayError} `internal`: another key file, a changed byte, or the row of another person or target. */
  readonly open: (sealed: SealedSecret, place: SecretPlace) => Secret<string>;
}

/**
 * AES-256-GCM (NIST SP 800-38D) twice: the secret under a data key, the data key under the key of this file.
 * @throws {GatewayError} `start_refused` when others may read the file or it is no key.
 */
export async function loadSecretSeal(path: string): Promise<SecretSeal> {
  const wrapping = await loadKeyFile(path, 'key of target secrets');
  const keyId = sha256(wrapping).toString('hex').slice(0, KEY_ID_CHARACTERS);
  return {
    close: (secret, place) => {
      const key = randomBytes(KEY_BYTES);
      const aad = boundTo(place);
      return { keyId, wrappedKey: seal(wrapping, key, aad), sealed: seal(key, Buffer.from(secret.expose()), aad) };
    },
    open: ({ keyId: wrappedBy, wrappedKey, sealed }, place) => {
      if (wrappedBy !== keyId) throw new GatewayError('internal', 'A target secret was kept under another key file.');
      try {
        const aad = boundTo(place);
        return new Secret(unseal(unseal(wrapping, wrappedKey, aad), sealed, aad).toString('utf8'));
      } catch (cause) {
        throw new GatewayError('internal', 'A target secret cannot be opened with this key file.', { cause });
      }
    },
  };
}

function boundTo({ targetId, personId, account }: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify(['sekisho target secret 1', targetId, personId, account]));
}

function seal(key: Buffer, content: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function unseal(key: Buffer, sealed: Buffer, aad: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}
