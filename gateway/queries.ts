import { z } from 'zod';
import { type Clock, execute, many, type Queryable, sql } from '../foundation/index.ts';
import type { ConnectionId, SessionId, TargetAuthorization } from '../policy/index.ts';
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
  readonly signedInBy: 'ssh_key' | 'ssh_key_and_browser' | 'certificate' | 'browser';
}

export async function insertSession(db: Queryable, clock: Clock, session: NewSession): Promise<void> {
  const { authorization } = session;
  await execute(
    db,
    sql(z.never())`
      INSERT INTO sessions (id, connection_id, gateway_id, worker_id, person_id, target_id, account, kind, command, source_address,
        signed_in_by, opened_at)
      VALUES (${session.id}, ${session.connectionId}, ${session.gatewayId}, ${session.workerId}, ${authorization.person.id},
        ${authorization.target.id}, ${authorization.account}, ${authorization.action}, ${session.command},
        ${session.sourceAddress}, ${session.signedInBy}, ${clock.now()})`,
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
