import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { PersonIdSchema } from '../rows.ts';

/** One enrolled key as its person sees it. */
export interface SshKey {
  readonly fingerprint: string;
  readonly algorithm: string;
  readonly label: string;
  readonly enrolledAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

const SshKeyRow = z
  .strictObject({
    fingerprint: z.string(),
    algorithm: z.string(),
    label: z.string(),
    enrolled_at: z.date(),
    expires_at: z.date().nullable(),
    last_used_at: z.date().nullable(),
  })
  .transform(
    (row): SshKey => ({
      fingerprint: row.fingerprint,
      algorithm: row.algorithm,
      label: row.label,
      enrolledAt: row.enrolled_at,
      expiresAt: row.expires_at,
      lastUsedAt: row.last_used_at,
    }),
  );

/** The person's keys that are not revoked, expired ones included, newest first. */
export function listSshKeys(db: Queryable, personId: PersonId): Promise<SshKey[]> {
  return many(
    db,
    sql(SshKeyRow)`
      SELECT fingerprint, algorithm, label, enrolled_at, expires_at, last_used_at FROM ssh_keys
      WHERE person_id = ${personId} AND revoked_at IS NULL ORDER BY enrolled_at DESC, fingerprint`,
  );
}

/** @returns 0 when the key is known already, whoever has it, revoked or not. */
export function insertSshKey(
  tx: Transaction,
  key: {
    fingerprint: string;
    personId: PersonId;
    algorithm: string;
    blob: Buffer;
    label: string;
    enrolledAt: Date;
    expiresAt: Date;
  },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO ssh_keys (fingerprint, person_id, algorithm, public_key, label, enrolled_at, expires_at)
      VALUES (${key.fingerprint}, ${key.personId}, ${key.algorithm}, ${key.blob}, ${key.label}, ${key.enrolledAt},
        ${key.expiresAt})
      ON CONFLICT (fingerprint) DO NOTHING`,
  );
}

/** @returns 0 when the person has no such key in force. */
export function revokeKey(
  tx: Transaction,
  { fingerprint, personId, at }: { fingerprint: string; personId: PersonId; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE ssh_keys SET revoked_at = ${at}
      WHERE fingerprint = ${fingerprint} AND person_id = ${personId} AND revoked_at IS NULL`,
  );
}

/** Whose key it is: enrolled byte for byte, neither revoked nor expired. */
export async function findKeyHolder(
  db: Queryable,
  { fingerprint, blob, now }: { fingerprint: string; blob: Buffer; now: Date },
): Promise<PersonId | undefined> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ person_id: PersonIdSchema }))`
      SELECT person_id FROM ssh_keys
      WHERE fingerprint = ${fingerprint} AND public_key = ${blob} AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > ${now})`,
  );
  return row?.person_id;
}

export async function updateKeyUsed(db: Queryable, fingerprint: string, at: Date): Promise<void> {
  await execute(db, sql(z.never())`UPDATE ssh_keys SET last_used_at = ${at} WHERE fingerprint = ${fingerprint}`);
}
