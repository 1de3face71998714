import { GatewayError, LIMITS, sha256 } from '../../foundation/index.ts';
import { readAnyWireKey } from './wire-key.ts';

export interface PublicKey {
  readonly algorithm: string;
  readonly blob: Buffer;
  /** `SHA256:` and 43 base64 digits, as ssh-keygen -l prints it. */
  readonly fingerprint: string;
  readonly comment: string;
  /** A security key that has to ask for a PIN or a finger at each use. */
  readonly verifyRequired: boolean;
}

/** Control, format (bidirectional), private-use, surrogate and line-separator characters: nothing a name needs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Reports whether text can be shown to people as it is, in a page and in a terminal. */
export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** What people paste by mistake, and what to tell them. The first that fits is said. */
const MISTAKES: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|PuTTY-User-Key-File/i,
    'This is a private key. It was not stored, but it has left your machine: make a new pair and paste the .pub file.',
  ],
  [/---- BEGIN SSH2 PUBLIC KEY ----/i, 'This is the RFC 4716 form. Paste the one-line form: ssh-keygen -i prints it.'],
  [/-----BEGIN /, 'This is a PEM file. Paste the one line of the .pub file.'],
  [/-cert-v\d\d@openssh\.com/, 'This is a certificate. Paste the public key it was made for.'],
  [/^[^ ]*\bno-touch-required\b/, 'A security key that need not be touched is not accepted: leave that option out.'],
  [/^ssh-dss\b/, 'DSA keys are too weak.'],
];

const LINE =
  /^(?:(verify-required)[ ]+(?=sk-))?([a-z0-9-]+(?:@openssh\.com)?)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/;

/**
 * Reads the one line of a `.pub` file: `algorithm base64 [comment]`, nothing before it and nothing after. Before a
 * security key alone the option `verify-required` of authorized_keys may stand: the `.pub` file does not tell it.
 * Accepted: ssh-ed25519, ecdsa-sha2-nistp256/384/521, ssh-rsa of 3072 bits or more, sk-ssh-ed25519@openssh.com and
 * sk-ecdsa-sha2-nistp256@openssh.com.
 * @throws {GatewayError} `key_invalid`, saying what is wrong and never repeating the text.
 */
export function parsePublicKey(text: string): PublicKey {
  if (text.length > 2 * LIMITS.sshPublicKeyBytesMax) throw new GatewayError('key_invalid', 'The text is too long.');
  const mistake = MISTAKES.find(([pattern]) => pattern.test(text));
  if (mistake !== undefined) throw new GatewayError('key_invalid', mistake[1]);
  const line = text.trimEnd().replaceAll('\t', ' ');
  if (!isPrintable(line)) {
    throw new GatewayError('key_invalid', 'Paste one key, on one line, without control characters.');
  }
  const [, option, named, base64, comment = ''] = LINE.exec(line) ?? [];
  if (named === undefined || base64 === undefined) {
    // `command="…" ssh-ed25519 …` is a line of authorized_keys: options would be a promise nobody keeps here.
    throw new GatewayError('key_invalid', 'Begin with the kind of the key (ssh-ed25519 AAAA…), without options.');
  }
  const { algorithm, blob } = readAnyWireKey(decodeBase64(base64));
  if (algorithm !== named) throw new GatewayError('key_invalid', 'The key is of another kind than its line says.');
  const verifyRequired = option !== undefined;
  return { algorithm, blob, fingerprint: fingerprintOf(blob), comment: comment.trim(), verifyRequired };
}

/** The fingerprint of an SSH key blob: `SHA256:` and unpadded base64. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${sha256(blob).toString('base64').replace(/=+$/, '')}`;
}

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new GatewayError('key_invalid', 'The base64 of the key is damaged.');
  return bytes;
}
