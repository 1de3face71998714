import { z } from 'zod';
import { execute, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { PersonIdSchema } from '../rows.ts';

export interface NewApiToken {
  readonly id: string;
  readonly loginId: string;
  readonly tokenHash: Buffer;
  readonly personId: PersonId;
  /** Of the key on the machine that asked. */
  readonly fingerprint: string;
  readonly sourceAddress: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export async function insertApiToken(tx: Transaction, token: NewApiToken): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO api_tokens (id, login_id, token_hash, person_id, fingerprint, source_address, issued_at, expires_at)
      VALUES (${token.id}, ${token.loginId}, ${token.tokenHash}, ${token.personId}, ${token.fingerprint},
        ${token.sourceAddress}, ${token.issuedAt}, ${token.expiresAt})`,
  );
}

const Row = z
  .strictObject({
    id: z.uuid(),
    person_id: PersonIdSchema,
    fingerprint: z.string(),
    source_address: z.string(),
    issued_at: z.date(),
    expires_at: z.date(),
    last_used_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    personId: row.person_id,
    fingerprint: row.fingerprint,
    sourceAddress: row.source_address,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }));

/** One in force: within its hours, not revoked, and neither is the certificate of the same login. */
export function selectApiToken(db: Queryable, tokenHash: Buffer, now: Date) {
  return maybeOne(
    db,
    sql(Row)`
      SELECT t.id, t.person_id, t.fingerprint, t.source_address, t.issued_at, t.expires_at, t.last_used_at
      FROM api_tokens t LEFT JOIN login_certificates c ON c.login_id = t.login_id
      WHERE t.token_hash = ${tokenHash} AND t.revoked_at IS NULL AND t.expires_at > ${now} AND c.revoked_at IS NULL`,
  );
}

export async function noteApiTokenUsed(db: Queryable, id: string, at: Date): Promise<void> {
  await execute(db, sql(z.never())`UPDATE api_tokens SET last_used_at = ${at} WHERE id = ${id}`);
}

/** @returns 0 when it was revoked already. */
export function revokeApiTokenRow(tx: Transaction, id: string, at: Date): Promise<number> {
  return execute(tx, sql(z.never())`UPDATE api_tokens SET revoked_at = ${at} WHERE id = ${id} AND revoked_at IS NULL`);
}
