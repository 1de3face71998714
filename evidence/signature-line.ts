/** A signature line of c2sp.org/signed-note: an em dash, the key's name, base64 of key id and signature. */
import { concat, EvidenceError, fromBase64, toBase64 } from './bytes.ts';
import { isKeyName } from './keys.ts';

const KEY_ID_BYTES = 4;

export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** What follows the key id; its form is the key type's. */
  readonly signature: Uint8Array;
}

/** @throws {EvidenceError} unless the line, without its newline, is one to the letter. */
export function parseSignature(line: string): NoteSignature {
  const [dash, name = '', encoded = '', ...more] = line.split(' ');
  const blob = fromBase64(encoded);
  if (dash !== '—' || more.length > 0 || !isKeyName(name) || blob === undefined || blob.length <= KEY_ID_BYTES) {
    throw new EvidenceError('A signature line of the note cannot be read.');
  }
  return { name, keyId: blob.slice(0, KEY_ID_BYTES), signature: blob.slice(KEY_ID_BYTES) };
}

export function formatSignature({ name, keyId: id, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(concat([id, signature]))}\n`;
}
