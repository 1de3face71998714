/** Verifier keys of c2sp.org/signed-note: `name+hash+base64(type ‖ public key)`, the one line an outsider needs. */
import { concat, EvidenceError, fromBase64, fromHex, toBase64, toHex, utf8 } from './bytes.ts';
import type { Hashing } from './crypto.ts';
import { isSoundPublicKey } from './ed25519.ts';

/** Signature types this room checks; others are ignored, as the specification asks. */
export const KEY_TYPE = { ed25519: 0x01, cosignature: 0x04 } as const;

export interface VerifierKey {
  readonly name: string;
  /** 4 bytes: which key of that name. */
  readonly id: Uint8Array;
  /** One of `KEY_TYPE`. */
  readonly type: number;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

const NEWLINE = utf8('\n');
const NAME = /^[^\s+\p{Cc}]+$/u;
const NAME_LENGTH_MAX = 255;

/** Reports whether a name may stand in a note: no white space, no plus, no control character. */
export function isKeyName(name: string): boolean {
  return name.length <= NAME_LENGTH_MAX && NAME.test(name);
}

/** SHA-256(name ‖ newline ‖ type ‖ public key), its first 4 bytes. */
export function keyId(hashing: Hashing, name: string, type: number, publicKey: Uint8Array): Uint8Array {
  return hashing.sha256(utf8(name), NEWLINE, Uint8Array.of(type), publicKey).slice(0, 4);
}

/** @throws {EvidenceError} for a name that cannot stand in a note and for a key that others could sign for. */
export function verifierKey(hashing: Hashing, name: string, type: number, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name))
    throw new EvidenceError('The name of a verifier key is empty or has characters it may not have.');
  if (!isSoundPublicKey(publicKey))
    throw new EvidenceError(`The public key of ${name} is not sound: anybody could sign.`);
  return { name, id: keyId(hashing, name, type, publicKey), type, publicKey };
}

export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${toHex(id)}+${toBase64(concat([Uint8Array.of(type), publicKey]))}`;
}

/** @throws {EvidenceError} for anything but a sound key of Ed25519, for checkpoints or for cosignatures. */
export function parseVerifierKey(hashing: Hashing, line: string): VerifierKey {
  const [name = '', hash = '', ...rest] = line.split('+');
  const typed = fromBase64(rest.join('+'));
  const type = typed?.[0];
  if (typed === undefined || (type !== KEY_TYPE.ed25519 && type !== KEY_TYPE.cosignature)) {
    throw new EvidenceError('This is no verifier key of Ed25519.');
  }
  const key = verifierKey(hashing, name, type, typed.slice(1));
  if (fromHex(hash, 4) === undefined || hash !== toHex(key.id)) {
    throw new EvidenceError(`The verifier key of ${name} has the hash of another.`);
  }
  return key;
}
