/** Opens wrapped session keys with the identities that this process was given. */
import { unwrapKey } from './age.ts';
import type { KeyFiles } from './key-files.ts';
import { KEY_BYTES, type StreamName } from './session-keys.ts';

/** `no_file`: it was erased or never there. `no_identity`: it is wrapped to others, or damaged. */
export type Unwrapped = { readonly key: Buffer } | { readonly missing: 'no_file' | 'no_identity' };

/** The way to a session's keys; who unwraps one overwrites it after use. */
export interface SessionKeyRing {
  unwrap(sessionId: string, stream: StreamName): Promise<Unwrapped>;
}

/** `AGE-SECRET-KEY-1…`; with none every key is somebody else's. */
export type Identities = readonly string[] | (() => Promise<readonly string[]>);

/** @param identities or where they are looked up each time: a new one may have come. */
export function createKeyRing(files: Pick<KeyFiles, 'read'>, identities: Identities): SessionKeyRing {
  return {
    async unwrap(sessionId, stream) {
      const file = await files.read(sessionId, stream);
      if (file === undefined) return { missing: 'no_file' };
      const key = await unwrapKey(file, typeof identities === 'function' ? await identities() : identities);
      return key?.length === KEY_BYTES ? { key } : { missing: 'no_identity' };
    },
  };
}
