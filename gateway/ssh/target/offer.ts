/** What is offered to one target, and what of it nobody should use any more. */
import type { Algorithms, NegotiatedAlgorithms } from 'ssh2';
import type { Target } from '../../../policy/index.ts';
import { targetLeg } from '../algorithms.ts';
import type { ServerOffer } from './kex-init.ts';

export interface Offer {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly mac: readonly string[];
}

/**
 * Offered behind everything else, and only to a target with `legacyAlgorithms`. Not among them, for no target: group 1
 * (Logjam), DSA, 3DES, RC4, Blowfish and MD5.
 */
const LEGACY: Offer = {
  kex: [
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group-exchange-sha1',
  ],
  hostKey: ['ssh-rsa'],
  cipher: ['aes256-cbc', 'aes128-cbc'],
  mac: ['hmac-sha2-256', 'hmac-sha2-512', 'hmac-sha1'],
};

const CERTIFICATES = [
  'ssh-ed25519-cert-v01@openssh.com',
  'ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'ecdsa-sha2-nistp384-cert-v01@openssh.com',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com',
  'rsa-sha2-512-cert-v01@openssh.com',
  'rsa-sha2-256-cert-v01@openssh.com',
];

/** What this target is offered: its host key must be of the pinned kind, or a certificate where an authority is named. */
export function offerFor({ hostKey, hostCa, legacyAlgorithms }: Target): Offer {
  const [pinned] = hostKey?.split(' ') ?? [];
  const { kex, cipher, hmac, serverHostKey } = targetLeg(pinned ?? 'ssh-ed25519');
  const more = (list: readonly string[], old: readonly string[]) => [...list, ...(legacyAlgorithms ? old : [])];
  const plain = pinned === undefined ? [] : more(names(serverHostKey), pinned === 'ssh-rsa' ? LEGACY.hostKey : []);
  return {
    kex: more(names(kex), LEGACY.kex),
    hostKey: [...(hostCa === null ? [] : CERTIFICATES), ...plain],
    cipher: more(names(cipher), LEGACY.cipher),
    mac: more(names(hmac), LEGACY.mac),
  };
}

/** The offer as the library takes it. */
export function algorithmsOf({ kex, hostKey, cipher, mac }: Offer): Algorithms {
  // The library's types list what is known to them; what it does not know it refuses itself when it connects.
  const lists: Record<keyof Algorithms, readonly string[]> = {
    kex,
    serverHostKey: hostKey,
    cipher,
    hmac: mac,
    compress: ['none'],
  };
  return lists as Algorithms;
}

/** The negotiated algorithms that nobody should use any more; empty for a target of today. */
export function legacyOf({ kex, serverHostKey, cs, sc }: NegotiatedAlgorithms): string[] {
  const old = new Set([...LEGACY.kex, ...LEGACY.hostKey, ...LEGACY.cipher, ...LEGACY.mac]);
  const used: readonly string[] = [kex, serverHostKey, cs.cipher, sc.cipher, cs.mac, sc.mac];
  return [...new Set(used)].filter((name) => old.has(name));
}

const AEAD = /gcm@openssh\.com$|^chacha20/;

/** Each kind of algorithm the two have none of in common, with both lists; undefined when they have one of each. */
export function mismatchOf(ours: Offer, theirs: ServerOffer): string | undefined {
  const kinds = ['kex', 'hostKey', 'cipher', 'mac'] as const;
  const cipher = ours.cipher.find((name) => theirs.cipher.includes(name));
  const missing = kinds.filter((kind) => {
    // An authenticated cipher has its own; the list beside it is not looked at.
    if (kind === 'mac' && cipher !== undefined && AEAD.test(cipher)) return false;
    return !ours[kind].some((name) => theirs[kind].includes(name));
  });
  if (missing.length === 0) return undefined;
  const list = (offered: readonly string[]): string => offered.join(',').slice(0, 400);
  return missing.map((kind) => `${kind}: gateway ${list(ours[kind])}; target ${list(theirs[kind])}`).join(' | ');
}

function names(list: Algorithms[keyof Algorithms]): readonly string[] {
  return Array.isArray(list) ? list : [];
}
