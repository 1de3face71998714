import { z } from 'zod';
import { execute, sql, type Transaction } from '../../foundation/index.ts';
import type { ConnectionId } from '../../policy/index.ts';

/** @returns 0 when that sign-in is over. */
export function insertTerminalConnection(
  tx: Transaction,
  { connectionId, webSessionId, at }: { connectionId: ConnectionId; webSessionId: string; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO connection_sign_ins (connection_id, person_id, web_session_id, issuer, provider_session, signed_in_at,
        terminal)
      SELECT ${connectionId}::uuid, w.person_id, w.id, w.issuer, w.provider_session, ${at}::timestamptz, true
      FROM web_sessions w WHERE w.id = ${webSessionId} AND w.expires_at > ${at} FOR SHARE`,
  );
}
