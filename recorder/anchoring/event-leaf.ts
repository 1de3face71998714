/** What the log says of an audit event: a commitment to it, which opens only for who is shown the event and its salt. */
import { createHmac } from 'node:crypto';
import { type Clock, sha256 } from '../../foundation/index.ts';
import { canonicalJson, type EventLeaf, type Json } from '../../evidence/index.ts';
import type { StoredAuditEvent } from '../queries.ts';

const LABEL = 'sekisho/v2/event|';
const SALT_BYTES = 16;

/** Of one event; without the salt nobody can try out what a short event says. */
export function eventSalt(key: Uint8Array, n: number): Buffer {
  return createHmac('sha256', key).update(String(n)).digest().subarray(0, SALT_BYTES);
}

/** The canonical form of a stored event: what its leaf commits to. */
export function eventText({ seq, at, type, actor, session, ticket, body }: StoredAuditEvent): string {
  return canonicalJson(plain({ n: seq, at: at.toISOString(), type, actor, session, ticket, body }));
}

export function eventLeaf(event: StoredAuditEvent, key: Uint8Array, clock: Clock): EventLeaf {
  const commit = sha256(LABEL, eventSalt(key, event.seq), eventText(event)).toString('hex');
  return { v: 2, type: 'event', at: clock.now().toISOString(), n: event.seq, kind: event.type, commit };
}

/** Numbers that are no safe integers become their text: their canonical form is where implementations differ. */
function plain(value: unknown): Json {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object') return null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
