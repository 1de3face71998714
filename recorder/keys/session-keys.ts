/**
 * The keys of one session (docs/formats/keys-v2.md): what was on the screen and what was typed under keys of their own,
 * so that who may see the one need not see the other, and that deleting a key erases what it opens.
 */
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { KEY_LABELS } from '../../evidence/index.ts';
import { wrapKey } from './age.ts';

/** `keystrokes`: frames of type `i`; `screen`: all others. */
export const STREAMS = ['screen', 'keystrokes'] as const;
export type StreamName = (typeof STREAMS)[number];

export type PerStream<Value> = Readonly<Record<StreamName, Value>>;

/** 32 random bytes a stream, and each wrapped as an age file to the recipients of that stream. */
export interface SessionKeys extends PerStream<Buffer> {
  readonly wraps: PerStream<Buffer>;
}

/** Age recipients (`age1…`) of each stream; at least one. */
export type Recipients = PerStream<readonly string[]>;

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;

function derive(key: Uint8Array, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha512', key, '', info, bytes));
}

/** Takes a few milliseconds a stream: `SessionKeyPool` has them ready. */
export async function createSessionKeys(recipients: Recipients): Promise<SessionKeys> {
  const screen = randomBytes(KEY_BYTES);
  const keystrokes = randomBytes(KEY_BYTES);
  return {
    screen,
    keystrokes,
    wraps: {
      screen: await wrapKey(screen, recipients.screen),
      keystrokes: await wrapKey(keystrokes, recipients.keystrokes),
    },
  };
}

/** Overwrites both keys: whoever reads the memory later finds no session that is over. */
export function forgetSessionKeys(keys: PerStream<Buffer>): void {
  for (const stream of STREAMS) keys[stream].fill(0);
}

/**
 * What the log says of a key, in lower-case hex: it shows that a key is the one, and nothing of the key. It stops a
 * wrapped key from being exchanged for another that opens other chunks to other text.
 */
export function keyCommitment(key: Uint8Array, sessionId: string, stream: StreamName): string {
  return derive(key, KEY_LABELS.commitment(sessionId, stream), KEY_BYTES).toString('hex');
}

/** The AES-256-GCM key and nonce of one chunk: each chunk has a key of its own, so that no nonce is used twice. */
export function chunkKey(
  key: Uint8Array,
  { sessionId, stream, seq }: { readonly sessionId: string; readonly stream: StreamName; readonly seq: number },
): { readonly key: Buffer; readonly nonce: Buffer } {
  const both = derive(key, KEY_LABELS.chunk(sessionId, stream, seq), KEY_BYTES + NONCE_BYTES);
  return { key: both.subarray(0, KEY_BYTES), nonce: both.subarray(KEY_BYTES) };
}

/**
 * What `session.open` says of the first frame, in lower-case hex: without the key nobody can try out which account or
 * command it names.
 */
export function metaCommitment(screenKey: Uint8Array, payload: Uint8Array): string {
  const key = derive(screenKey, KEY_LABELS.meta, KEY_BYTES);
  return createHmac('sha256', key).update(payload).digest('hex');
}
