/** What in a bundle is for its receiver alone: session keys and names, as age files to the recipients he gave. */
import { createHmac } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import { canonicalJson, type EvidenceSource, PATHS, type Stream } from '../../evidence/index.ts';
import { GatewayError } from '../../foundation/index.ts';
import type { NameRow } from './queries.ts';

export type Encrypt = (bytes: Uint8Array) => Promise<Uint8Array>;

/** @throws {GatewayError} `request_invalid` for what is no age recipient. */
export function encryptTo(recipients: readonly string[]): Encrypt {
  const encrypter = new Encrypter();
  try {
    for (const recipient of recipients) encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new GatewayError('request_invalid', '--recipient takes an age recipient: age1…', { cause });
  }
  return (bytes) => encrypter.encrypt(bytes);
}

export interface RewrapOptions {
  readonly source: EvidenceSource;
  readonly encrypt: Encrypt;
  /** Lines `AGE-SECRET-KEY-…` of somebody whom the session keys are wrapped to already. */
  readonly identity: string;
  readonly streams: readonly Stream[];
}

/**
 * `recipient/<session>.<stream>.age`, the session keys for the receiver. The wrapped keys that the log names go in as
 * they are; these stand beside them. Keys that were erased stay so.
 * @throws {GatewayError} `request_invalid` when the identity opens none of them.
 */
export async function rewrapKeys(
  { source, encrypt, identity, streams }: RewrapOptions,
  sessions: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const decrypter = new Decrypter();
  for (const line of identity.split('\n').filter((text) => text.startsWith('AGE-'))) decrypter.addIdentity(line.trim());
  const files = new Map<string, Uint8Array>();
  for (const sid of sessions) {
    for (const stream of streams) {
      const wrapped = await source.read(PATHS.key(sid, stream));
      if (wrapped === undefined) continue;
      const key = await decrypter.decrypt(wrapped).catch((cause: unknown) => {
        throw new GatewayError('request_invalid', `The identity does not open the key of session ${sid}.`, { cause });
      });
      files.set(`recipient/${sid}.${stream}.age`, await encrypt(key));
      key.fill(0);
    }
  }
  return files;
}

/** The names behind the pseudonyms, a line each: `{"kind","name","pseudonym"}`. */
export function namesTable(names: readonly NameRow[], pseudonymKey: Uint8Array): Uint8Array {
  const lines = names.map(({ kind, id, name }) => {
    const mac = createHmac('sha256', pseudonymKey).update(`${kind}|${id}`).digest('hex').slice(0, 32);
    return `${canonicalJson({ kind, name, pseudonym: `${kind.charAt(0)}-${mac}` })}\n`;
  });
  return Buffer.from(lines.join(''));
}
