/** What the leaves say. They are shown to outsiders: pseudonyms and hashes only, never a name or a typed word. */
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const pseudonym = z.string().regex(/^[a-z]-[0-9a-f]{32}$/);
const stream = z.enum(['screen', 'keystrokes']);
const ofStreams = z.strictObject({ screen: hash, keystrokes: hash });
const common = { v: z.literal(2), at: z.iso.datetime({ precision: 3 }) };
const ofSession = { ...common, sid: z.uuid() };
/** The RFC 6962 leaf hash of the session's leaf before it. */
const prev = hash;

const OpenLeafSchema = z.strictObject({
  ...ofSession,
  type: z.literal('session.open'),
  connection: pseudonym,
  person: pseudonym,
  target: pseudonym,
  kind: z.string(),
  /** A keyed commitment to the payload of the first frame. */
  meta: hash,
  /** Commitments to the session's keys. */
  keys: ofStreams,
  /** SHA-256 of the age files that hold them. */
  wraps: ofStreams,
  /** The newest checkpoint that outsiders had cosigned: the session did not begin before it. */
  beacon: z.strictObject({ size: count, root: hash }).nullable(),
  build: z.string(),
});

const ChunkLeafSchema = z.strictObject({
  ...ofSession,
  type: z.literal('session.chunk'),
  stream,
  seq: count,
  /** SHA-256 of the whole object, and its size. */
  object: hash,
  bytes: count,
  /** `seq` of its first frame. */
  first: count,
  frames: count,
  /** Unix microseconds of its first and last frame. */
  t0: count,
  t1: count,
  prev,
});

const CloseLeafSchema = z.strictObject({
  ...ofSession,
  type: z.literal('session.close'),
  frames: count,
  /** How many chunks. */
  screen: count,
  keystrokes: count,
  /** Sealed after a crash, from the write-ahead log. */
  recovered: z.boolean(),
  prev,
});

const EventLeafSchema = z.strictObject({
  ...common,
  type: z.literal('event'),
  /** `seq` of the audit event. */
  n: count,
  kind: z.string(),
  commit: hash,
});

const HeartbeatLeafSchema = z.strictObject({ ...common, type: z.literal('heartbeat') });

const RotateLeafSchema = z.strictObject({
  ...ofSession,
  type: z.literal('key.rotate'),
  stream,
  /** SHA-256 of the age files. */
  from: hash,
  to: hash,
});

const ShredLeafSchema = z.strictObject({
  ...ofSession,
  type: z.literal('key.shred'),
  stream,
  reason: z.string(),
  basis: z.string(),
  by: z.array(pseudonym),
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
export type Leaf = z.infer<typeof LeafSchema>;

export function encodeLeaf(leaf: Leaf): Buffer {
  return Buffer.from(canonicalJson(LeafSchema.parse(leaf)));
}

/** Undefined for what is no leaf of this version, or not written in the canonical form. */
export function parseLeaf(bytes: Buffer): Leaf | undefined {
  try {
    const parsed = LeafSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    return parsed.success && encodeLeaf(parsed.data).equals(bytes) ? parsed.data : undefined;
  } catch {
    return undefined; // Not JSON.
  }
}
