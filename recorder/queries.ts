import { z } from 'zod';
import {
  type Clock,
  execute,
  LIMITS,
  many,
  maybeOne,
  one,
  type Queryable,
  sql,
  type Transaction,
} from '../foundation/index.ts';
import { AUDIT_EVENTS, type AuditEvent, type AuditEventType } from './audit-events.ts';
import type { SealedRecording } from './recording.ts';

/** The body of an event, checked, as the column holds it: for a statement that does an act and tells of it in one. */
export function auditBody(event: AuditEvent): string {
  return JSON.stringify(AUDIT_EVENTS[event.type].parse(event.body));
}

/** Appends one audit event. Give it the transaction of the act it tells of. */
export async function appendAuditEvent(db: Queryable, clock: Clock, event: AuditEvent): Promise<void> {
  const body = auditBody(event);
  await execute(
    db,
    sql(z.never())`
      INSERT INTO audit_events (at, type, actor_id, session_id, ticket_id, body)
      VALUES (${clock.now()}, ${event.type}, ${event.actor}, ${event.session ?? null}, ${event.ticket ?? null}, ${body})`,
  );
}

const count = z.coerce.number().int().nonnegative(); // PostgreSQL's bigint arrives as text.

const StoredAuditEventSchema = z.strictObject({
  seq: count,
  at: z.date(),
  type: z.custom<AuditEventType>((type) => typeof type === 'string' && Object.hasOwn(AUDIT_EVENTS, type)),
  actor: z.string().nullable(),
  session: z.string().nullable(),
  ticket: z.string().nullable(),
  body: z.record(z.string(), z.unknown()),
});

/** One event as it was written; its body has the shape its type had at that time. */
export type StoredAuditEvent = z.infer<typeof StoredAuditEventSchema>;

export interface AuditEventFilter {
  readonly types?: readonly AuditEventType[];
  readonly sessionId?: string;
  readonly ticketId?: string;
  /** Only events before this `seq`: the next page. */
  readonly before?: number;
  /** At most `LIMITS.pageRowsMax`. */
  readonly limit: number;
}

/** Newest first. */
export async function listAuditEvents(db: Queryable, filter: AuditEventFilter): Promise<StoredAuditEvent[]> {
  const { types = null, sessionId = null, ticketId = null, before = null } = filter;
  const limit = Math.min(filter.limit, LIMITS.pageRowsMax);
  return await many(
    db,
    sql(StoredAuditEventSchema)`
      SELECT seq, at, type, actor_id AS actor, session_id AS session, ticket_id AS ticket, body
      FROM audit_events
      WHERE (${types}::text[] IS NULL OR type = ANY (${types}::text[]))
        AND (${sessionId}::uuid IS NULL OR session_id = ${sessionId}::uuid)
        AND (${ticketId}::uuid IS NULL OR ticket_id = ${ticketId}::uuid)
        AND (${before}::bigint IS NULL OR seq < ${before}::bigint)
      ORDER BY seq DESC
      LIMIT ${limit}`,
  );
}

/** Events behind `seq`, by their numbers. */
export async function eventsAfter(db: Queryable, seq: number, limit: number): Promise<StoredAuditEvent[]> {
  return await many(
    db,
    sql(StoredAuditEventSchema)`
      SELECT seq, at, type, actor_id AS actor, session_id AS session, ticket_id AS ticket, body
      FROM audit_events WHERE seq > ${seq} ORDER BY seq LIMIT ${limit}`,
  );
}

/** Those of these numbers that there are. */
export async function eventsOf(db: Queryable, numbers: readonly number[]): Promise<StoredAuditEvent[]> {
  return await many(
    db,
    sql(StoredAuditEventSchema)`
      SELECT seq, at, type, actor_id AS actor, session_id AS session, ticket_id AS ticket, body
      FROM audit_events WHERE seq = ANY (${numbers}::bigint[]) ORDER BY seq`,
  );
}

const transaction = z.string().regex(/^\d+$/).transform(BigInt);

/** Transactions before `oldest` have ended; those from `newest` on have not begun to write. */
export async function transactionHorizon(db: Queryable): Promise<{ oldest: bigint; newest: bigint }> {
  return await one(
    db,
    sql(z.strictObject({ oldest: transaction, newest: transaction }))`
      SELECT pg_snapshot_xmin(s)::text AS oldest, pg_snapshot_xmax(s)::text AS newest FROM pg_current_snapshot() s`,
  );
}

const RecordingRowSchema = z.strictObject({
  sessionId: z.string(),
  file: z.string(),
  bytes: count,
  frames: count,
  screenChunks: count,
  keystrokeChunks: count,
  head: z.instanceof(Buffer),
  openLeaf: count,
  closeLeaf: count,
  recovered: z.boolean(),
  sealedAt: z.date(),
});

/** The index row of a sealed recording: it finds the file, the log proves it. */
export type RecordingRow = z.infer<typeof RecordingRowSchema>;

/** Indexes a sealed recording; one that is indexed already stays as it is, so recovery may repeat this. */
export async function insertRecording(tx: Transaction, clock: Clock, sealed: SealedRecording): Promise<void> {
  const { sessionId, file, bytes, frames, chunks, head, openLeaf, closeLeaf, recovered } = sealed;
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO recordings (session_id, file, bytes, frames, screen_chunks, keystroke_chunks, head, open_leaf,
        close_leaf, recovered, sealed_at)
      VALUES (${sessionId}, ${file}, ${bytes}, ${frames}, ${chunks.screen}, ${chunks.keystrokes}, ${head}, ${openLeaf},
        ${closeLeaf}, ${recovered}, ${clock.now()})
      ON CONFLICT (session_id) DO NOTHING`,
  );
}

export async function findRecording(db: Queryable, sessionId: string): Promise<RecordingRow | undefined> {
  return await maybeOne(
    db,
    sql(RecordingRowSchema)`
      SELECT session_id AS "sessionId", file, bytes, frames, screen_chunks AS "screenChunks",
             keystroke_chunks AS "keystrokeChunks", head, open_leaf AS "openLeaf", close_leaf AS "closeLeaf",
             recovered, sealed_at AS "sealedAt"
      FROM recordings WHERE session_id = ${sessionId}`,
  );
}
