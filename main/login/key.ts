/** The Ed25519 key of `sekisho login`, made on this machine and used for nothing else. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { ByteReader, GatewayError, hasCode, sshString } from '../../foundation/index.ts';
import { generateSshKey, parsePublicKey } from '../../identity/index.ts';
import { FILES, readOwn, writeOwn } from './place.ts';

const COMMENT = 'sekisho login';
/** PKCS#8 of an Ed25519 seed (RFC 8410 §7), up to the seed itself. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The public line of the key in the directory; made when there is none, or none that can be read. */
export async function usableKey(directory: string): Promise<string> {
  const [secret, line] = [await readOwn(directory, FILES.key), await readOwn(directory, FILES.publicKey)];
  if (secret !== undefined && line !== undefined && isPair(secret, line)) return line.trim();
  const made = generateSshKey(COMMENT);
  await writeOwn(directory, FILES.key, made.privateKey);
  await writeOwn(directory, FILES.publicKey, `${made.publicKeyLine}\n`);
  return made.publicKeyLine;
}

/** An SSH signature blob (RFC 8709 §6) by the key in the directory. @throws {GatewayError} `key_invalid`. */
export function signWith(secret: string, text: Buffer): Buffer {
  return Buffer.concat([sshString('ssh-ed25519'), sshString(sign(null, text, readSecret(secret).key))]);
}

function isPair(secret: string, line: string): boolean {
  try {
    return readSecret(secret).blob.equals(parsePublicKey(line).blob);
  } catch (thrown) {
    if (hasCode(thrown, 'key_invalid') || hasCode(thrown, 'protocol_violation')) return false;
    throw thrown;
  }
}

/** Our own writing of a key (PROTOCOL.key): one Ed25519 key, not encrypted. */
function readSecret(text: string): { key: KeyObject; blob: Buffer } {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1] ?? '';
  const reader = new ByteReader(Buffer.from(base64, 'base64'));
  const magic = reader.take(15).toString('latin1');
  const [cipher] = [reader.sshString(), reader.sshString(), reader.sshString()];
  if (magic !== 'openssh-key-v1\0' || cipher.toString() !== 'none' || reader.uint32() !== 1) {
    throw new GatewayError('key_invalid', 'The private key is not one that sekisho login made.');
  }
  const blob = reader.sshString();
  const secret = new ByteReader(reader.sshString());
  secret.take(8);
  if (secret.sshString().toString() !== 'ssh-ed25519') throw new GatewayError('key_invalid');
  secret.sshString(); // The public key once more.
  const seed = secret.sshString().subarray(0, 32);
  return { key: createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' }), blob };
}
