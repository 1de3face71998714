/** Signed notes and checkpoints: c2sp.org/signed-note and c2sp.org/tlog-checkpoint, Ed25519 (signature type 0x01). */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { sha256 } from '../../foundation/index.ts';

/** The name of the audit log in its checkpoints. */
export const LOG_ORIGIN = 'sekisho.local/audit';

const ED25519 = 0x01;
const SIGNATURE_BYTES = 64;
const NOTE_BYTES_MAX = 16 * 1024;
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex'); // RFC 8410: SubjectPublicKeyInfo of Ed25519.

export interface Checkpoint {
  readonly size: number;
  readonly root: Buffer;
}

/** A verifier key: who signs, its 4-byte id and the public key. */
export interface Verifier {
  readonly name: string;
  readonly id: Buffer;
  readonly key: KeyObject;
}

/** `name+hash+base64(type ‖ public key)`: the one line an outsider needs. */
export function verifierLine(name: string, publicKey: KeyObject): string {
  const typed = Buffer.concat([Buffer.from([ED25519]), rawPublicKey(publicKey)]);
  return `${name}+${keyId(name, typed).toString('hex')}+${typed.toString('base64')}`;
}

/** Undefined when the line is not a verifier key of Ed25519. */
export function parseVerifierLine(line: string): Verifier | undefined {
  const match = /^([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/u.exec(line);
  const typed = strictBase64(match?.[3] ?? '');
  const name = match?.[1];
  if (name === undefined || typed?.length !== 33 || typed[0] !== ED25519) return undefined;
  const id = keyId(name, typed);
  if (id.toString('hex') !== match?.[2]) return undefined;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, typed.subarray(1)]), format: 'der', type: 'spki' });
  return { name, id, key };
}

/** Three lines and a signature over them: origin, size, root. */
export function signCheckpoint(checkpoint: Checkpoint, origin: string, privateKey: KeyObject): string {
  return checkpointSigner(origin, privateKey)(checkpoint);
}

/** The same for many checkpoints: what follows from the key alone is worked out once. */
export function checkpointSigner(origin: string, privateKey: KeyObject): (checkpoint: Checkpoint) => string {
  const typed = Buffer.concat([Buffer.from([ED25519]), rawPublicKey(createPublicKey(privateKey))]);
  const id = keyId(origin, typed);
  return ({ size, root }) => {
    const text = `${origin}\n${size}\n${root.toString('base64')}\n`;
    const signature = Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]);
    return `${text}\n— ${origin} ${signature.toString('base64')}\n`;
  };
}

/**
 * The checkpoint, when the note is well-formed to the letter and `verifier` signed it; undefined otherwise. Signatures
 * of others (witnesses) may stand beside it. Lax base64 is refused: it would let one signature be written several ways.
 */
export function openCheckpoint(note: Buffer, verifier: Verifier): Checkpoint | undefined {
  const whole = note.length <= NOTE_BYTES_MAX ? note.toString('utf8') : '';
  if (!Buffer.from(whole).equals(note)) return undefined; // Not UTF-8, or too long.
  const split = whole.lastIndexOf('\n\n');
  if (split === -1 || !whole.endsWith('\n')) return undefined;
  const text = whole.slice(0, split + 1);
  const lines = whole.slice(split + 2, -1).split('\n');
  const signatures = lines.map(parseSignature);
  if (signatures.some((signature) => signature === undefined)) return undefined;
  const ours = signatures.filter((signature) => signature?.name === verifier.name && signature.id.equals(verifier.id));
  const [signature] = ours;
  if (ours.length !== 1 || signature?.bytes.length !== SIGNATURE_BYTES) return undefined;
  return verify(null, Buffer.from(text), verifier.key, signature.bytes) ? parseText(text, verifier.name) : undefined;
}

function parseText(text: string, origin: string): Checkpoint | undefined {
  const match = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text);
  const root = strictBase64(match?.[3] ?? '');
  const size = Number(match?.[2]);
  if (match?.[1] !== origin || root?.length !== 32 || !Number.isSafeInteger(size)) return undefined;
  return { size, root };
}

function parseSignature(line: string): { name: string; id: Buffer; bytes: Buffer } | undefined {
  const match = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
  const blob = strictBase64(match?.[2] ?? '');
  const name = match?.[1];
  if (name === undefined || blob === undefined || blob.length < 5) return undefined;
  return { name, id: blob.subarray(0, 4), bytes: blob.subarray(4) };
}

function keyId(name: string, typedKey: Buffer): Buffer {
  return sha256(name, '\n', typedKey).subarray(0, 4);
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
}

function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined;
}
