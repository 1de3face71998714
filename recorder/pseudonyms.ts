import { createHmac } from 'node:crypto';

/**
 * Names for the log, which outsiders read: the same for the same thing, and nothing else can be told from them without
 * the key. `p-` and 32 hex digits of HMAC-SHA-256.
 */
export type Pseudonyms = (kind: 'connection' | 'person' | 'target', id: string) => string;

export function createPseudonyms(key: Uint8Array): Pseudonyms {
  return (kind, id) => {
    const mac = createHmac('sha256', key).update(`${kind}|${id}`).digest('hex');
    return `${kind.charAt(0)}-${mac.slice(0, 32)}`;
  };
}
