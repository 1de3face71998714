import ssh2 from 'ssh2';
import { invariant } from '../foundation/index.ts';

const TRIES_MAX = 20;

export interface KeyPair {
  /** In OpenSSH's private form. */
  readonly privateText: string;
  /** `ssh-ed25519 AAAA… comment`. */
  readonly publicLine: string;
}

/**
 * A new Ed25519 key pair. ssh2 1.17.0 drops the leading zero bytes of a public key, which one key in 256 has, and
 * writes what nobody can read; such a pair is thrown away for another.
 */
export function newKeyPair(comment: string): KeyPair {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) {
      return { privateText: pair.private, publicLine: pair.public };
    }
  }
  invariant(false, 'twenty keys in a row began with a zero byte');
}
