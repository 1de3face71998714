import { z } from 'zod';
import { execute, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { PersonIdSchema } from '../rows.ts';

export async function insertWebSession(
  tx: Transaction,
  session: { tokenHash: Buffer; personId: PersonId; idToken: string | null; createdAt: Date; expiresAt: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO web_sessions (token_hash, person_id, id_token_hint, created_at, expires_at)
      VALUES (${session.tokenHash}, ${session.personId}, ${session.idToken}, ${session.createdAt}, ${session.expiresAt})`,
  );
}

export async function deleteExpiredWebSessions(tx: Transaction, now: Date): Promise<void> {
  await execute(tx, sql(z.never())`DELETE FROM web_sessions WHERE expires_at <= ${now}`);
}

const WebSessionRow = z
  .strictObject({ person_id: PersonIdSchema, id_token_hint: z.string().nullable() })
  .transform((row) => ({ personId: row.person_id, idToken: row.id_token_hint }));

export function selectWebSession(db: Queryable, tokenHash: Buffer, now: Date) {
  return maybeOne(
    db,
    sql(WebSessionRow)`
      SELECT person_id, id_token_hint FROM web_sessions WHERE token_hash = ${tokenHash} AND expires_at > ${now}`,
  );
}

export function deleteWebSession(tx: Transaction, tokenHash: Buffer) {
  return maybeOne(
    tx,
    sql(WebSessionRow)`DELETE FROM web_sessions WHERE token_hash = ${tokenHash} RETURNING person_id, id_token_hint`,
  );
}
