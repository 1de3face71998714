/** What the leaves of the audit log say. Outsiders read them: hashes and pseudonyms, never a name or a typed word. */
import { z } from 'zod';
import { fromUtf8, utf8 } from './bytes.ts';
import { canonicalJson, parseCanonicalJson } from './canonical-json.ts';

export const STREAMS = ['screen', 'keystrokes'] as const;
/** `keystrokes` holds what was typed, `screen` everything else; each has a key of its own. */
export type Stream = (typeof STREAMS)[number];

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const pseudonym = z.string().regex(/^[a-z]-[0-9a-f]{32}$/);
const stream = z.enum(STREAMS);
/** RFC 3339 in UTC with milliseconds. */
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const common = { v: z.literal(2), at: time };
const session = { ...common, sid: z.uuid() };
/** The RFC 6962 leaf hash of the session's leaf before this one. */
const prev = hash;

const OpenLeafSchema = z.strictObject({
  ...session,
  type: z.literal('session.open'),
  connection: pseudonym,
  person: pseudonym,
  target: pseudonym,
  kind: z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/),
  /** HMAC-SHA256 of the payload of the recording's first frame, under a key of the screen key. */
  meta: hash,
  /** Commitments to the session's keys. */
  keys: z.strictObject({ screen: hash, keystrokes: hash }),
  /** SHA-256 of the age files that wrap them. */
  wraps: z.strictObject({ screen: hash, keystrokes: hash }),
  /** The latest checkpoint that the witnesses had cosigned: the session is not older than that. */
  beacon: z.strictObject({ size: count, root: hash }).nullable(),
  build: z.string().min(1).max(200),
});

const ChunkLeafSchema = z.strictObject({
  ...session,
  type: z.literal('session.chunk'),
  stream,
  /** 0, 1, 2… in its stream. */
  seq: count,
  /** SHA-256 of the whole object. */
  object: hash,
  /** Of the object. */
  bytes: count,
  /** `seq` of its first frame. */
  first: count,
  frames: count,
  /** Unix microseconds of the first and last frame. */
  t0: count,
  t1: count,
  prev,
});

const CloseLeafSchema = z.strictObject({
  ...session,
  type: z.literal('session.close'),
  frames: count,
  /** Chunks of each stream. */
  screen: count,
  keystrokes: count,
  /** Sealed after a crash, from the write-ahead log. */
  recovered: z.boolean(),
  prev,
});

const EventLeafSchema = z.strictObject({
  ...common,
  type: z.literal('event'),
  /** The event's number in the gateway's own list. */
  n: count,
  kind: z.string().regex(/^[a-z][a-z0-9_.]{0,63}$/),
  commit: hash,
});

const HeartbeatLeafSchema = z.strictObject({ ...common, type: z.literal('heartbeat') });

const RotateLeafSchema = z.strictObject({
  ...session,
  type: z.literal('key.rotate'),
  stream,
  /** SHA-256 of the age files before and after. */
  from: hash,
  to: hash,
});

const ShredLeafSchema = z.strictObject({
  ...session,
  type: z.literal('key.shred'),
  stream,
  reason: z.string().max(1_000),
  basis: z.string().max(1_000),
  by: z.array(pseudonym).min(1).max(16),
});

export const LeafSchema = z.discriminatedUnion('type', [
  OpenLeafSchema,
  ChunkLeafSchema,
  CloseLeafSchema,
  EventLeafSchema,
  HeartbeatLeafSchema,
  RotateLeafSchema,
  ShredLeafSchema,
]);

export type OpenLeaf = z.infer<typeof OpenLeafSchema>;
export type ChunkLeaf = z.infer<typeof ChunkLeafSchema>;
export type CloseLeaf = z.infer<typeof CloseLeafSchema>;
export type EventLeaf = z.infer<typeof EventLeafSchema>;
export type HeartbeatLeaf = z.infer<typeof HeartbeatLeafSchema>;
export type RotateLeaf = z.infer<typeof RotateLeafSchema>;
export type ShredLeaf = z.infer<typeof ShredLeafSchema>;
export type Leaf = z.infer<typeof LeafSchema>;

/** The bytes of a leaf. @throws when it is no leaf. */
export function encodeLeaf(leaf: Leaf): Uint8Array {
  return utf8(canonicalJson(LeafSchema.parse(leaf)));
}

/** Undefined for what is no leaf of this version, or not written in the canonical form. */
export function parseLeaf(bytes: Uint8Array): Leaf | undefined {
  let value: unknown;
  try {
    value = parseCanonicalJson(fromUtf8(bytes));
  } catch {
    return undefined; // Not UTF-8.
  }
  const parsed = LeafSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
