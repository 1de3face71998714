/** Signed notes and checkpoints: c2sp.org/signed-note and c2sp.org/tlog-checkpoint, Ed25519 (signature type 0x01). */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { rawPublicKey, sha256 } from '../../foundation/index.ts';

/** The name of the audit log in its checkpoints, where the configuration gives no other. */
export const LOG_ORIGIN = 'sekisho.local/audit';

/** What a verifier key may sign: a log its checkpoints, a witness its cosignatures (c2sp.org/tlog-cosignature). */
const KEY_TYPES = { log: 0x01, witness: 0x04 } as const;
export type KeyType = keyof typeof KEY_TYPES;

const SIGNATURE_BYTES = 64;
export const NOTE_BYTES_MAX = 16 * 1024;
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex'); // RFC 8410: SubjectPublicKeyInfo of Ed25519.

/**
 * The y coordinates of points of small order, sign bit cleared: with such a key one signature fits every message, so
 * that whoever enrols it could deny everything.
 */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

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

export interface NoteSignature {
  readonly name: string;
  readonly id: Buffer;
  readonly bytes: Buffer;
  /** The whole line with its newline, as it stood. */
  readonly line: string;
}

/** `name+hash+base64(type ‖ public key)`: the one line an outsider needs. */
export function verifierLine(name: string, publicKey: KeyObject, type: KeyType = 'log'): string {
  const typed = typedKey(publicKey, type);
  return `${name}+${keyId(name, typed).toString('hex')}+${typed.toString('base64')}`;
}

/** Undefined when the line is not a verifier key of Ed25519 of this type, or one that nobody can be held to. */
export function parseVerifierLine(line: string, type: KeyType = 'log'): Verifier | undefined {
  const match = /^([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/u.exec(line);
  const typed = strictBase64(match?.[3] ?? '');
  const name = match?.[1];
  if (name === undefined || typed?.length !== 33 || typed[0] !== KEY_TYPES[type]) return undefined;
  const id = keyId(name, typed);
  const raw = typed.subarray(1);
  if (id.toString('hex') !== match?.[2] || isOfSmallOrder(raw)) return undefined;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  return { name, id, key };
}

/** The 4 bytes by which a signature names its key. */
export function keyIdOf(name: string, publicKey: KeyObject, type: KeyType): Buffer {
  return keyId(name, typedKey(publicKey, type));
}

/** Three lines and a signature over them: origin, size, root. */
export function signCheckpoint(checkpoint: Checkpoint, origin: string, privateKey: KeyObject): string {
  return checkpointSigner(origin, privateKey)(checkpoint);
}

/** The same for many checkpoints: what follows from the key alone is worked out once. */
export function checkpointSigner(origin: string, privateKey: KeyObject): (checkpoint: Checkpoint) => string {
  const id = keyIdOf(origin, createPublicKey(privateKey), 'log');
  return (checkpoint) => {
    const text = checkpointText(origin, checkpoint);
    return `${text}\n${signatureLine(origin, id, sign(null, Buffer.from(text), privateKey))}`;
  };
}

export function checkpointText(origin: string, { size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** One line of a note, with its newline. */
export function signatureLine(name: string, id: Buffer, signature: Buffer): string {
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/** The text and the signatures of a note that is well-formed to the letter; nothing of it is believed yet. */
export function parseNote(note: Buffer): { readonly text: string; readonly signatures: NoteSignature[] } | undefined {
  const whole = note.length <= NOTE_BYTES_MAX ? note.toString('utf8') : '';
  if (!Buffer.from(whole).equals(note)) return undefined; // Not UTF-8, or too long.
  const split = whole.lastIndexOf('\n\n');
  if (split === -1 || !whole.endsWith('\n')) return undefined;
  const signatures = parseSignatures(whole.slice(split + 2));
  return signatures === undefined ? undefined : { text: whole.slice(0, split + 1), signatures };
}

/** Undefined unless every line is a signature line. */
export function parseSignatures(lines: string): NoteSignature[] | undefined {
  if (!lines.endsWith('\n')) return undefined;
  const signatures = lines.slice(0, -1).split('\n').map(parseSignature);
  return signatures.every((signature) => signature !== undefined) ? signatures : undefined;
}

/**
 * The checkpoint, when the note is well-formed to the letter and `verifier` signed it; undefined otherwise. Signatures
 * of others (witnesses) may stand beside it. Lax base64 is refused: it would let one signature be written several ways.
 */
export function openCheckpoint(note: Buffer, verifier: Verifier): Checkpoint | undefined {
  const parsed = parseNote(note);
  const ours = parsed?.signatures.filter(({ name, id }) => name === verifier.name && id.equals(verifier.id)) ?? [];
  const [signature] = ours;
  if (parsed === undefined || ours.length !== 1 || signature?.bytes.length !== SIGNATURE_BYTES) return undefined;
  if (!verify(null, Buffer.from(parsed.text), verifier.key, signature.bytes)) return undefined;
  const named = parseCheckpointText(parsed.text);
  return named?.origin === verifier.name ? named.checkpoint : undefined;
}

/** Undefined unless the text is origin, size and root, and no more. */
export function parseCheckpointText(text: string): { origin: string; checkpoint: Checkpoint } | undefined {
  const match = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text);
  const root = strictBase64(match?.[3] ?? '');
  const size = Number(match?.[2]);
  const origin = match?.[1];
  if (origin === undefined || root?.length !== 32 || !Number.isSafeInteger(size)) return undefined;
  return { origin, checkpoint: { size, root } };
}

function parseSignature(line: string): NoteSignature | undefined {
  const match = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
  const blob = strictBase64(match?.[2] ?? '');
  const name = match?.[1];
  if (name === undefined || blob === undefined || blob.length < 5) return undefined;
  return { name, id: blob.subarray(0, 4), bytes: blob.subarray(4), line: `${line}\n` };
}

function isOfSmallOrder(raw: Buffer): boolean {
  const y = Buffer.from(raw);
  y[31] = y.readUInt8(31) & 0x7f;
  return SMALL_ORDER.has(y.toString('hex'));
}

function typedKey(publicKey: KeyObject, type: KeyType): Buffer {
  return Buffer.concat([Buffer.from([KEY_TYPES[type]]), rawPublicKey(publicKey)]);
}

function keyId(name: string, typed: Buffer): Buffer {
  return sha256(name, '\n', typed).subarray(0, 4);
}

/** Undefined unless it is written in the one canonical way. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined;
}
