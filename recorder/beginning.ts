/** What a session begins with: for the log of leaves, and for the write-ahead log, from which a crash is recovered. */
import { z } from 'zod';
import { GatewayError, sha256 } from '../foundation/index.ts';
import { keyCommitment, metaCommitment, type PerStream, type SessionKeys } from './keys/session-keys.ts';
import { LeafSchema, type OpenLeaf } from '../evidence/index.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { RecordingMeta } from './recording.ts';

const key = z.base64().transform((text) => Buffer.from(text, 'base64'));

const BeginningSchema = z.strictObject({
  v: z.literal(2),
  /** Of the first frame, in Unix microseconds. */
  micros: z.int().nonnegative(),
  /** The payload of the first frame. */
  meta: z.string(),
  keys: z.strictObject({ screen: key, keystrokes: key }),
  /** Until they are known to stand elsewhere. */
  wraps: z.strictObject({ screen: key, keystrokes: key }).optional(),
  leaf: LeafSchema.optional(),
});

export interface Beginning {
  readonly micros: number;
  readonly meta: Buffer;
  readonly keys: PerStream<Buffer>;
  readonly wraps: PerStream<Buffer> | undefined;
  readonly leaf: OpenLeaf | undefined;
}

/** In two forms: whole, and what is left to say of it once its keys and its leaf stand where they belong. */
export function encodeBeginning(
  micros: bigint,
  meta: Buffer,
  { keys, leaf }: { readonly keys: SessionKeys; readonly leaf: OpenLeaf },
): { readonly whole: Buffer; readonly later: Buffer } {
  const { screen, keystrokes, wraps } = keys;
  const later = {
    v: 2,
    micros: Number(micros),
    meta: meta.toString('utf8'),
    keys: { screen: screen.toString('base64'), keystrokes: keystrokes.toString('base64') },
  };
  const wrapped = { screen: wraps.screen.toString('base64'), keystrokes: wraps.keystrokes.toString('base64') };
  return {
    whole: Buffer.from(JSON.stringify({ ...later, wraps: wrapped, leaf })),
    later: copyOf(Buffer.from(JSON.stringify(later))),
  };
}

/** Memory of its own: it stays as long as the session, and would keep a page of small things with it. */
function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/** @throws {GatewayError} `recording_corrupt`. */
export function decodeBeginning(bytes: Buffer): Beginning {
  const parsed = BeginningSchema.safeParse(parseJson(bytes));
  if (!parsed.success) {
    throw new GatewayError('recording_corrupt', 'The beginning of a session cannot be read.', { cause: parsed.error });
  }
  const { micros, meta, keys, wraps, leaf } = parsed.data;
  return { micros, meta: Buffer.from(meta), keys, wraps, leaf: leaf?.type === 'session.open' ? leaf : undefined };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The leaf that says a session began, under pseudonyms, with hashes of everything it is bound to. */
export function openLeafOf(
  meta: RecordingMeta,
  payload: Buffer,
  {
    at,
    keys,
    pseudonyms,
    beacon,
    build,
  }: {
    readonly at: Date;
    readonly keys: SessionKeys;
    readonly pseudonyms: Pseudonyms;
    readonly beacon: OpenLeaf['beacon'];
    readonly build: string;
  },
): OpenLeaf {
  const { sessionId: sid } = meta;
  return {
    v: 2,
    type: 'session.open',
    sid,
    at: at.toISOString(),
    connection: pseudonyms('connection', meta.connectionId),
    person: pseudonyms('person', meta.personId),
    target: pseudonyms('target', meta.targetId),
    kind: meta.kind,
    meta: metaCommitment(keys.screen, payload),
    keys: {
      screen: keyCommitment(keys.screen, sid, 'screen'),
      keystrokes: keyCommitment(keys.keystrokes, sid, 'keystrokes'),
    },
    wraps: {
      screen: sha256(keys.wraps.screen).toString('hex'),
      keystrokes: sha256(keys.wraps.keystrokes).toString('hex'),
    },
    beacon,
    build,
  };
}
