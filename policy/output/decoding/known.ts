/** Code that is ordinary: keys and certificates. Told by their structure, not by the line above them, which anybody can write. */

const SSH_KEY = /^(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-nistp\d+|sk-[\w-]+)$/;
const OWN_BYTES_MAX = 1_200;
const DER_BYTES_MAX = 4_096;

/** An SSH public key (RFC 4253 §6.6): strings that fill it to the last byte, the first of which names its kind. */
export function isSshKey(bytes: Buffer): boolean {
  if (bytes.length > OWN_BYTES_MAX) return false;
  let at = 0;
  let index = 0;
  for (; at + 4 <= bytes.length; index += 1) {
    const length = bytes.readUInt32BE(at);
    if (index === 0 && !SSH_KEY.test(bytes.toString('latin1', at + 4, at + 4 + length))) return false;
    at += 4 + length;
  }
  return at === bytes.length && index >= 2 && index <= 4;
}

/**
 * The first bytes of DER that a certificate, a request or a key begins with: a SEQUENCE of plausible length around a
 * SEQUENCE or an INTEGER. @returns its whole length, undefined where it is none.
 */
export function derLength(bytes: Buffer): number | undefined {
  if (bytes.length < 8 || bytes[0] !== 0x30) return undefined;
  const first = bytes[1] ?? 0;
  const long = first === 0x81 ? 1 : first === 0x82 ? 2 : 0;
  if (first > 0x82 || (first >= 0x80 && long === 0)) return undefined;
  const length = long === 0 ? first : bytes.readUIntBE(2, long);
  const inner = bytes[2 + long];
  return (inner === 0x30 || inner === 0x02) && length <= DER_BYTES_MAX ? length + 2 + long : undefined;
}

/** A block of PGP public keys (RFC 9580 §4.3): its first packet is a public key. */
export function isPgpKey(bytes: Buffer): boolean {
  const tag = bytes[0] ?? 0;
  const kind = (tag & 0xc0) === 0xc0 ? tag & 0x3f : (tag & 0xc0) === 0x80 ? (tag >> 2) & 0x0f : 0;
  return kind === 6 && (bytes.subarray(1, 4).includes(4) || bytes.subarray(1, 8).includes(6));
}

/** A private key as ssh-keygen writes it (PROTOCOL.key). */
export function isOpenSshKey(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 15) === 'openssh-key-v1\0';
}
