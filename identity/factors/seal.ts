/** Keeps the secrets of second factors unreadable to whoever has the database alone. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { GatewayError, loadKeyFile } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Made by `loadFactorSeal`. */
export interface FactorSeal {
  readonly close: (secret: Buffer, owner: PersonId) => Buffer;
  /** @throws {GatewayError} `internal`: another key file, a changed byte, or the row of another person. */
  readonly open: (sealed: Buffer, owner: PersonId) => Buffer;
}

/**
 * AES-256-GCM (NIST SP 800-38D) with the key of this file, the person's id as associated data: a row copied to somebody
 * else opens nothing. Stored: nonce (12), tag (16), ciphertext.
 * @throws {GatewayError} `start_refused` when others may read the file or it is no key.
 */
export async function loadFactorSeal(path: string): Promise<FactorSeal> {
  const key = await loadKeyFile(path, 'factor key');
  return {
    close: (secret, owner) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner));
      const body = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open: (sealed, owner) => {
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const secret = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([secret, decipher.final()]);
      } catch (thrown) {
        throw new GatewayError('internal', 'A second factor cannot be opened with this key file.', { cause: thrown });
      }
    },
  };
}
