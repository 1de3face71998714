import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { rawPrivateKey, rawPublicKey, sshString, uint32 } from '../../foundation/index.ts';

export interface GeneratedKey {
  /** OpenSSH private key text (PROTOCOL.key), not encrypted. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… comment`. */
  readonly publicKeyLine: string;
  /** The 32 bytes of the Ed25519 public key (RFC 8032 §5.1.5). */
  readonly publicKey: Buffer;
}

const ALGORITHM = 'ssh-ed25519';
const LINE_CHARACTERS = 70;
const BLOCK_BYTES = 8;

/**
 * Makes an Ed25519 key pair. Written here because ssh2's own generator drops leading zero bytes of the public key, so
 * that one key in 256 cannot be read.
 */
export function generateSshKey(comment: string): GeneratedKey {
  const made = generateKeyPairSync('ed25519');
  const publicKey = rawPublicKey(made.publicKey);
  const seed = rawPrivateKey(made.privateKey);
  const blob = Buffer.concat([sshString(ALGORITHM), sshString(publicKey)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    sshString(ALGORITHM),
    sshString(publicKey),
    sshString(Buffer.concat([seed, publicKey])),
    sshString(comment),
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(
    0,
    (BLOCK_BYTES - (secret.length % BLOCK_BYTES)) % BLOCK_BYTES,
  );
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    uint32(1),
    sshString(blob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  return { privateKey: armour(whole), publicKeyLine: `${ALGORITHM} ${blob.toString('base64')} ${comment}`, publicKey };
}

function armour(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
