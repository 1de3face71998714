/** What the leaves say. They are shown to outsiders: ids and hashes only, never a name or a typed word. */
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const common = { v: z.literal(1), sid: z.uuid(), at: z.iso.datetime() };

const OpenLeafSchema = z.strictObject({
  ...common,
  type: z.literal('session.open'),
  connection: z.string(),
  person: z.string(),
  target: z.string(),
  kind: z.string(),
  /** SHA-256 of the payload of the recording's first frame. */
  meta: hash,
});

const CloseLeafSchema = z.strictObject({
  ...common,
  type: z.literal('session.close'),
  frames: count,
  /** Of the whole file. */
  bytes: count,
  /** The chain hash of the trailer. */
  head: hash,
  /** Sealed after a crash, from the write-ahead log. */
  recovered: z.boolean(),
  /** The RFC 6962 leaf hash of the session's open leaf. */
  prev: hash,
});

export const LeafSchema = z.discriminatedUnion('type', [OpenLeafSchema, CloseLeafSchema]);

export type OpenLeaf = z.infer<typeof OpenLeafSchema>;
export type CloseLeaf = z.infer<typeof CloseLeafSchema>;
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
