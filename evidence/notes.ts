/**
 * Signed notes (c2sp.org/signed-note): a text, an empty line, signature lines. Read to the letter: what two readers
 * could take in two ways is refused.
 */
import { concat, equal, EvidenceError, fromUtf8, utf8 } from './bytes.ts';
import { verifyCosignature } from './cosignatures.ts';
import type { Hashing, Signer, Verifying } from './crypto.ts';
import { verifySignature } from './ed25519.ts';
import { KEY_TYPE, keyId, type VerifierKey } from './keys.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import { formatSignature, type NoteSignature, parseSignature } from './signature-line.ts';

export interface Note {
  /** What is signed; ends with a newline. */
  readonly body: string;
  readonly signatures: readonly NoteSignature[];
}

/** A signature that a known key made. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Unix seconds at which a witness cosigned; absent where the signature tells no time. */
  readonly time?: number;
}

/** @throws {EvidenceError} when it is no note. Says nothing about its signatures. */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > EVIDENCE_LIMITS.noteBytesMax) throw new EvidenceError('The note is too long.');
  const text = fromUtf8(bytes);
  // Also stops CR: what a terminal shows of the text must be what was signed.
  if (/[^\n\P{Cc}]/u.test(text)) throw new EvidenceError('The note has control characters.');
  const split = text.lastIndexOf('\n\n');
  if (split === -1 || !text.endsWith('\n')) throw new EvidenceError('The note has no signatures.');
  const lines = text.slice(split + 2, -1).split('\n');
  if (lines.length > EVIDENCE_LIMITS.noteSignaturesMax) throw new EvidenceError('The note has too many signatures.');
  return { body: text.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

/**
 * The signatures of known keys. One that does not verify refuses the whole note: somebody put it there to look like
 * more than it is. Signatures of unknown keys, and of unknown types, count for nothing.
 *
 * @throws {EvidenceError} for a false signature of a known key, and for two of one key.
 */
export function openNote(
  crypto: Verifying,
  { body, signatures }: Note,
  keys: readonly VerifierKey[],
): VerifiedSignature[] {
  const verified: VerifiedSignature[] = [];
  for (const signature of signatures) {
    const key = keys.find(({ name, id }) => name === signature.name && equal(id, signature.keyId));
    if (key === undefined) continue;
    if (verified.some((other) => other.key === key)) throw new EvidenceError(`${key.name} signed the note twice.`);
    verified.push(verifyOne(crypto, body, signature.signature, key));
  }
  return verified;
}

function verifyOne(crypto: Verifying, body: string, signature: Uint8Array, key: VerifierKey): VerifiedSignature {
  if (key.type === KEY_TYPE.cosignature) {
    const time = verifyCosignature(crypto, key.publicKey, body, signature);
    if (time !== undefined) return { key, time };
  } else if (verifySignature(crypto, key.publicKey, utf8(body), signature)) {
    return { key };
  }
  throw new EvidenceError(`The signature of ${key.name} is not one of this text.`);
}

/** A note with one signature of type Ed25519. `body` ends with a newline. */
export function signNote(hashing: Hashing, body: string, signer: Signer): Uint8Array {
  const id = keyId(hashing, signer.name, KEY_TYPE.ed25519, signer.publicKey);
  return utf8(`${body}\n${formatSignature({ name: signer.name, keyId: id, signature: signer.sign(utf8(body)) })}`);
}

/** The note with signature lines more, such as witnesses answer. @throws {EvidenceError} when it is no note then. */
export function addSignatures(note: Uint8Array, lines: string): Uint8Array {
  const whole = concat([note, utf8(lines)]);
  parseNote(whole);
  return whole;
}
