import type { Algorithms } from 'ssh2';

/**
 * What both legs offer. No compression (an unauthenticated peer could inflate 30 MB from 29 KB), no finite-field
 * Diffie-Hellman (45 ms of CPU a handshake for the asking), no SHA-1, no CBC.
 */
const KEX = ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'] as const;
const CIPHERS = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'] as const;
const MACS = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'] as const;

/** Algorithms of the leg to the maintainer. */
export const MAINTAINER_LEG: Algorithms = {
  kex: [...KEX],
  cipher: [...CIPHERS],
  hmac: [...MACS],
  compress: ['none'],
  serverHostKey: ['ssh-ed25519'],
};

/** Algorithms of the leg to the target; its host key must be of the pinned kind. */
export function targetLeg(hostKeyAlgorithm: string): Algorithms {
  const rsa = hostKeyAlgorithm === 'ssh-rsa';
  return {
    kex: [...KEX],
    cipher: [...CIPHERS],
    hmac: [...MACS],
    compress: ['none'],
    serverHostKey: rsa ? ['rsa-sha2-512', 'rsa-sha2-256'] : [hostKeyAlgorithm as 'ssh-ed25519'],
  };
}
