import { z } from 'zod';
import { type Clock, execute, many, type Queryable, sql } from '../foundation/index.ts';
import type { ConnectionId, SessionId, SessionKind, TargetAuthorization } from '../policy/index.ts';
import type { EndReason } from './session-registry.ts';

export interface NewSession {
  readonly id: SessionId;
  readonly connectionId: ConnectionId;
  readonly gatewayId: string;
  readonly authorization: TargetAuthorization;
  readonly command: string | null;
  readonly sourceAddress: string;
  readonly signedInBy: 'ssh_key' | 'browser';
}

export async function insertSession(db: Queryable, clock: Clock, session: NewSession): Promise<void> {
  const { authorization } = session;
  await execute(
    db,
    sql(z.never())`
      INSERT INTO sessions (id, connection_id, gateway_id, person_id, target_id, account, kind, command, source_address,
        signed_in_by, opened_at)
      VALUES (${session.id}, ${session.connectionId}, ${session.gatewayId}, ${authorization.person.id},
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

const OpenRow = z.strictObject({ id: z.string(), personId: z.string(), kind: z.enum(['shell', 'exec']) });
export type OpenRow = { readonly id: string; readonly personId: string; readonly kind: SessionKind };

/** Sessions this gateway left open when it last stopped. Its id lives in its data directory; call before serving. */
export async function findAbandonedSessions(db: Queryable, gatewayId: string): Promise<OpenRow[]> {
  return many(
    db,
    sql(OpenRow)`
      SELECT id, person_id AS "personId", kind FROM sessions
       WHERE closed_at IS NULL AND gateway_id = ${gatewayId} ORDER BY opened_at`,
  );
}
