/** Keys and checkpoints of logs as this runtime holds them; their form and their check are the evidence room's. */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import {
  equal,
  EVIDENCE_LIMITS,
  EvidenceError,
  formatCheckpoint,
  formatVerifierKey,
  fromUtf8,
  KEY_TYPE,
  openNote,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  type Signer,
  signNote,
  type VerifierKey,
  verifierKey,
} from '../../evidence/index.ts';
import { latin1, rawPublicKey } from '../../foundation/index.ts';
import { nodeCrypto } from '../node-crypto.ts';

/** The name of the audit log in its checkpoints, where the configuration gives no other. */
export const LOG_ORIGIN = 'sekisho.local/audit';
export const NOTE_BYTES_MAX = EVIDENCE_LIMITS.noteBytesMax;

/** What a verifier key may sign: a log its checkpoints, a witness its cosignatures (c2sp.org/tlog-cosignature). */
const TYPES = { log: KEY_TYPE.ed25519, witness: KEY_TYPE.cosignature } as const;
type KeyType = keyof typeof TYPES;

/** What a checkpoint says, whichever log it is of. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** `name+hash+base64(type ‖ public key)`: the one line an outsider needs. */
export function verifierLine(name: string, publicKey: KeyObject, type: KeyType = 'log'): string {
  return formatVerifierKey(verifierKey(nodeCrypto, name, TYPES[type], rawPublicKey(publicKey)));
}

/** Undefined when the line is not a verifier key of Ed25519 of this type, or one that nobody can be held to. */
export function parseVerifierLine(line: string, type: KeyType = 'log'): VerifierKey | undefined {
  const key = unlessMalformed(() => parseVerifierKey(nodeCrypto, line));
  return key?.type === TYPES[type] ? key : undefined;
}

export function signerOf(name: string, privateKey: KeyObject): Signer {
  const publicKey = rawPublicKey(createPublicKey(privateKey));
  return { name, publicKey, sign: (message) => sign(null, message, privateKey) };
}

/** Three lines and a signature over them: origin, size, root. */
export function signCheckpoint(head: TreeHead, origin: string, privateKey: KeyObject): string {
  return checkpointSigner(origin, privateKey)(head);
}

/** The same for many checkpoints: what follows from the key alone is worked out once. */
export function checkpointSigner(origin: string, privateKey: KeyObject): (head: TreeHead) => string {
  const signer = signerOf(origin, privateKey);
  return ({ size, root }) => fromUtf8(signNote(nodeCrypto, formatCheckpoint({ origin, size, root }), signer));
}

/**
 * The checkpoint, when the note is well-formed to the letter and this log signed it under its own name; undefined
 * otherwise. Signatures of others (witnesses) may stand beside it.
 */
export function openCheckpoint(note: Uint8Array, log: VerifierKey): TreeHead | undefined {
  return unlessMalformed(() => {
    const parsed = parseNote(note);
    const { origin, size, root } = parseCheckpoint(parsed.body);
    return openNote(nodeCrypto, parsed, [log]).length === 1 && origin === log.name ? { size, root } : undefined;
  });
}

/**
 * `openCheckpoint` that remembers what it opened, as many notes as that: a reader of the journal meets the same ones
 * each time.
 */
export function rememberCheckpoints(max: number): typeof openCheckpoint {
  const known = new Map<string, TreeHead>();
  return (note, log) => {
    const name = `${formatVerifierKey(log)}\n${latin1(note)}`;
    const opened = known.get(name) ?? openCheckpoint(note, log);
    if (known.size >= max) known.clear();
    if (opened !== undefined) known.set(name, opened);
    return opened;
  };
}

export function isSameTree(left: TreeHead, right: TreeHead): boolean {
  return left.size === right.size && equal(left.root, right.root);
}

/** What `read` gives; undefined for what does not have its format. */
export function unlessMalformed<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof EvidenceError) return undefined;
    throw thrown;
  }
}
