/** What the log says of an audit event: a commitment to it, which opens only for who is shown the event and its salt. */
import { createHmac } from 'node:crypto';
import type { Clock } from '../../foundation/index.ts';
import { canonicalJson, eventCommitment, type EventLeaf, type Json } from '../../evidence/index.ts';
import { nodeCrypto } from '../node-crypto.ts';
import type { StoredAuditEvent } from '../queries.ts';

const SALT_BYTES = 16;

/** Of one event; without the salt nobody can try out what a short event says. */
export function eventSalt(key: Uint8Array, n: number): Buffer {
  return createHmac('sha256', key).update(String(n)).digest().subarray(0, SALT_BYTES);
}

type LoggedEvent = Pick<StoredAuditEvent, 'seq' | 'at' | 'actor' | 'session' | 'ticket'> & {
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
};

/** The form in which the log commits to a stored event. */
export function loggedForm({ seq, at, type, actor, session, ticket, body }: LoggedEvent): Record<string, Json> {
  const members = Object.entries(body).map(([name, member]) => [name, plain(member)] as const);
  return { n: seq, at: at.toISOString(), type, actor, session, ticket, body: Object.fromEntries(members) };
}

/** Its canonical text: what its leaf commits to. */
export function eventText(event: LoggedEvent): string {
  return canonicalJson(loggedForm(event));
}

export function eventLeaf(event: StoredAuditEvent, key: Uint8Array, clock: Clock): EventLeaf {
  const commit = eventCommitment(nodeCrypto, eventSalt(key, event.seq), eventText(event));
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
