import { z } from 'zod';
import { type Clock, execute, many, type Queryable, sql } from '../foundation/index.ts';
import type { ConnectionId, SessionId, SignInMethod, TargetAuthorization } from '../policy/index.ts';
import { type AuditEvent, auditBody, type SealedRecording } from '../recorder/index.ts';
import type { EndReason } from './session-registry.ts';

export interface NewSession {
  readonly id: SessionId;
  readonly connectionId: ConnectionId;
  readonly gatewayId: string;
  /** Null: served by the gateway's one process. */
  readonly workerId: string | null;
  readonly authorization: TargetAuthorization;
  readonly command: string | null;
  readonly sourceAddress: string;
  readonly signedInBy: SignInMethod;
}

/** The row and its event, both or neither, in one way to the database and back. */
export async function insertSession(
  db: Queryable,
  clock: Clock,
  session: NewSession,
  event: AuditEvent,
): Promise<void> {
  const { authorization } = session;
  const now = clock.now();
  await execute(
    db,
    sql(z.never())`
      WITH opened AS (
        INSERT INTO sessions (id, connection_id, gateway_id, worker_id, person_id, target_id, account, kind, command,
          source_address, signed_in_by, opened_at, ticket_id)
        VALUES (${session.id}, ${session.connectionId}, ${session.gatewayId}, ${session.workerId}, ${authorization.person.id},
          ${authorization.target.id}, ${authorization.account}, ${authorization.action}, ${session.command},
          ${session.sourceAddress}, ${session.signedInBy}, ${now}, ${authorization.ticket ?? null})
        RETURNING id
      )
      INSERT INTO audit_events (at, type, actor_id, session_id, body)
      SELECT ${now}::timestamptz, ${event.type}::text, ${event.actor}::uuid, id, ${auditBody(event)}::jsonb FROM opened`,
  );
}

/** Closes the row once; the guard keeps a second closer from rewriting the first one's reason. */
export async function closeSessionRow(
  db: Queryable,
  clock: Clock,
  closing: { id: SessionId; reason: EndReason; exitStatus: number | null },
): Promise<boolean> {
  const closed = await execute(
    db,
    sql(z.never())`
      UPDATE sessions SET closed_at = ${clock.now()}, close_reason = ${closing.reason}, exit_status = ${closing.exitStatus}
       WHERE id = ${closing.id} AND closed_at IS NULL`,
  );
  return closed === 1;
}

/** The end of a session as it is told to the database. */
export interface Closing {
  readonly id: SessionId;
  readonly reason: EndReason;
  readonly exitStatus: number | null;
  /** Undefined when the recording could not be sealed: the next start finds it. */
  readonly sealed: SealedRecording | undefined;
  readonly event: AuditEvent;
}

const NOT_SEALED = {
  ...{ file: null, bytes: null, frames: null, chunks: { screen: null, keystrokes: null } },
  ...{ head: null, openLeaf: null, closeLeaf: null, recovered: null },
};

/** Closes the row, indexes its recording and tells of it, all or nothing; nothing when it was closed before. */
export async function closeSession(db: Queryable, clock: Clock, closing: Closing): Promise<void> {
  const { id, reason, exitStatus, sealed, event } = closing;
  const of = sealed ?? NOT_SEALED;
  const now = clock.now();
  await execute(
    db,
    sql(z.never())`
      WITH closed AS (
        UPDATE sessions SET closed_at = ${now}, close_reason = ${reason}, exit_status = ${exitStatus}
        WHERE id = ${id} AND closed_at IS NULL
        RETURNING id
      ), indexed AS (
        INSERT INTO recordings (session_id, file, bytes, frames, screen_chunks, keystroke_chunks, head, open_leaf,
          close_leaf, recovered, sealed_at)
        SELECT id, ${of.file}::text, ${of.bytes}::bigint, ${of.frames}::bigint, ${of.chunks.screen}::bigint,
          ${of.chunks.keystrokes}::bigint, ${of.head}::bytea, ${of.openLeaf}::bigint, ${of.closeLeaf}::bigint,
          ${of.recovered}::boolean, ${now}
        FROM closed WHERE ${sealed !== undefined}::boolean
        ON CONFLICT (session_id) DO NOTHING
      )
      INSERT INTO audit_events (at, type, actor_id, session_id, body)
      SELECT ${now}::timestamptz, ${event.type}::text, ${event.actor}::uuid, id, ${auditBody(event)}::jsonb FROM closed`,
  );
}

const UnfinishedRow = z.strictObject({ id: z.uuid(), closeReason: z.string().nullable() });
/** `closeReason` is null while the row is open. */
export type UnfinishedRow = z.infer<typeof UnfinishedRow>;

/**
 * Sessions this gateway left open when it last stopped, or closed without the recording it could not seal then; or those
 * of one worker alone. Its id lives in its data directory; call before serving, or when the worker is gone.
 */
export async function findUnfinishedSessions(
  db: Queryable,
  { gatewayId, workerId }: { gatewayId: string; workerId?: string | undefined },
): Promise<UnfinishedRow[]> {
  const one = workerId ?? null;
  return many(
    db,
    sql(UnfinishedRow)`
      SELECT s.id, s.close_reason AS "closeReason"
      FROM sessions s LEFT JOIN recordings r ON r.session_id = s.id
      WHERE s.gateway_id = ${gatewayId} AND (${one}::uuid IS NULL OR s.worker_id = ${one}::uuid)
        AND (s.closed_at IS NULL OR r.session_id IS NULL)
      ORDER BY s.opened_at`,
  );
}
