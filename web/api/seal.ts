import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '../../foundation/index.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED_CHARACTERS_MAX = 4_000;

export interface Seal {
  readonly close: (text: string) => string;
  /** What was sealed; undefined when it was not sealed with this key. */
  readonly open: (sealed: string) => string | undefined;
}

/**
 * Keeps a text in somebody else's hands unread and unchanged: AES-256-GCM (NIST SP 800-38D) under a key derived
 * (HKDF, RFC 5869) from a secret that every process has, so that any of them can open what another sealed.
 */
export function createSeal(secret: Secret<string>, purpose: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret.expose(), '', purpose, 32));
  return {
    close: (text) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
    },
    open: (sealed) => {
      if (sealed.length > SEALED_CHARACTERS_MAX) return undefined;
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return undefined; // Another key or a changed byte; GCM does not say which.
      }
    },
  };
}
