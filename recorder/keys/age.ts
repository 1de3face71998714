/** The age file format (age-encryption.org/v1), as far as one small key is wrapped in it. */
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { GatewayError } from '../../foundation/index.ts';
import { x25519Identity, x25519Recipient } from './age-x25519.ts';

const IDENTITY = /^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+$/;

/** Whether `text` is a recipient that a key can be wrapped to: X25519 (`age1…`) or hybrid (`age1pq1…`). */
export function isAgeRecipient(text: string): boolean {
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/** One binary age file that each of `recipients` opens alone. */
export async function wrapKey(key: Uint8Array, recipients: readonly string[]): Promise<Buffer> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(x25519Recipient(recipient) ?? recipient);
  return Buffer.from(await encrypter.encrypt(key));
}

/** What stands in an age file, or undefined when none of `identities` opens it or it is damaged. */
export async function unwrapKey(file: Uint8Array, identities: readonly string[]): Promise<Buffer | undefined> {
  if (identities.length === 0) return undefined;
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(x25519Identity(identity) ?? identity);
  try {
    return Buffer.from(await decrypter.decrypt(file));
  } catch {
    return undefined; // Somebody else's, or not an age file: for us the same, there is no key.
  }
}

/** A new X25519 identity and its recipient. */
export async function createIdentity(): Promise<{ identity: string; recipient: string }> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The recipient that `identity` opens. */
export function recipientOf(identity: string): Promise<string> {
  return identityToRecipient(identity);
}

/**
 * The identities of a file as `age-keygen` writes it: one a line, comments begin with `#`.
 * @throws {GatewayError} `request_invalid` for any other line: a recipient, a passphrase-wrapped file.
 */
export function parseIdentities(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (identities.length === 0 || !identities.every((line) => IDENTITY.test(line))) {
    throw new GatewayError('request_invalid', 'This is no file of age identities.');
  }
  return identities;
}
