/** Events of the gateway, opened: the log holds a commitment to each, the bundle the text and salt that it commits to. */
import { z } from 'zod';
import { concat, EvidenceError, fromHex, fromUtf8, toHex, utf8 } from './bytes.ts';
import { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.ts';
import type { Hashing } from './crypto.ts';

const EVENT_SALT_BYTES = 16;
const LABEL = utf8('sekisho/v2/event|');

/** What an `event` leaf commits to. `event` is the canonical JSON of the stored event. */
export function eventCommitment(hashing: Hashing, salt: Uint8Array, event: string): string {
  return toHex(hashing.sha256(concat([LABEL, salt, utf8(event)])));
}

const OpenedEventSchema = z.strictObject({
  n: z.int().nonnegative(),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  event: z.custom<{ readonly [key: string]: Json }>((value) => typeof value === 'object' && value !== null),
});

/** An event with all that is needed to find it in the log. */
export type OpenedEvent = z.infer<typeof OpenedEventSchema>;

/** One line of `events.jsonl`: canonical JSON, so that the event in it is, too. */
export function formatEventLine({ n, salt, event }: OpenedEvent): string {
  return `${canonicalJson({ n, salt, event })}\n`;
}

export interface EventCommitment {
  readonly n: number;
  readonly commit: string;
  readonly event: { readonly [key: string]: Json };
}

/** By number. @throws {EvidenceError} for a line that is no opened event, and for a number that stands there twice. */
export function parseEvents(hashing: Hashing, bytes: Uint8Array): Map<number, EventCommitment> {
  const events = new Map<number, EventCommitment>();
  const text = fromUtf8(bytes);
  if (text !== '' && !text.endsWith('\n')) throw new EvidenceError('The last event is cut short.');
  for (const [at, line] of text.split('\n').slice(0, -1).entries()) {
    const parsed = OpenedEventSchema.safeParse(parseCanonicalJson(line));
    const salt = parsed.success ? fromHex(parsed.data.salt, EVENT_SALT_BYTES) : undefined;
    if (!parsed.success || salt === undefined) throw new EvidenceError(`Line ${at + 1} is no event.`);
    const { n, event } = parsed.data;
    if (events.has(n)) throw new EvidenceError(`Event ${n} stands there twice.`);
    events.set(n, { n, event, commit: eventCommitment(hashing, salt, canonicalJson(event)) });
  }
  return events;
}
