import type { Algorithms, KexAlgorithm } from 'ssh2';

/**
 * How the gateway names itself on both legs (RFC 4253 §4.2). OpenSSH says that nobody reads on (`eow@openssh.com`), and
 * that no more sessions come, only to a peer whose name begins so; without the word `ssh host yes | head` never ends.
 */
export const IDENT = 'OpenSSH_compatible_Sekisho';

/**
 * What both legs offer, the post-quantum hybrid first: what is recorded on the wire today must not be readable by the
 * machines of later. No compression (an unauthenticated peer could inflate 30 MB from 29 KB), no finite-field
 * Diffie-Hellman (45 ms of CPU a handshake for the asking), no SHA-1, no CBC.
 */
const KEX = [
  'mlkem768x25519-sha256',
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
] as const;
const CIPHERS = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'] as const;
const MACS = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'] as const;

/** Algorithms of the leg to the maintainer. Dropbear has neither GCM nor MACs over what is encrypted. */
export const MAINTAINER_LEG: Algorithms = {
  kex: [...KEX] as KexAlgorithm[],
  cipher: [...CIPHERS],
  hmac: [...MACS, 'hmac-sha2-256'],
  compress: ['none'],
  serverHostKey: ['ssh-ed25519'], // The library offers the keys that it is given.
};

/** Algorithms of the leg to the target; its host key must be of the pinned kind. */
export function targetLeg(hostKeyAlgorithm: string): Algorithms {
  const rsa = hostKeyAlgorithm === 'ssh-rsa';
  return {
    kex: [...KEX] as KexAlgorithm[],
    cipher: [...CIPHERS],
    hmac: [...MACS],
    compress: ['none'],
    serverHostKey: rsa ? ['rsa-sha2-512', 'rsa-sha2-256'] : [hostKeyAlgorithm as 'ssh-ed25519'],
  };
}
