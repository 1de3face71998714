import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { PersonIdSchema } from '../rows.ts';

/** A passkey or hardware key (WebAuthn) as the console lists it. */
export interface Passkey {
  /** Credential id, base64url. */
  readonly id: string;
  readonly label: string;
  /** Whether its maker keeps a copy elsewhere (a synchronised passkey). */
  readonly backedUp: boolean;
  readonly registeredAt: Date;
  readonly lastUsedAt: Date | null;
}

export interface PasskeyRecord extends Passkey {
  readonly personId: PersonId;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
}

const PasskeyRow = z
  .strictObject({
    id: z.string(),
    person_id: PersonIdSchema,
    public_key: z.instanceof(Buffer),
    counter: z.coerce.number(),
    transports: z.array(z.string()),
    backed_up: z.boolean(),
    label: z.string(),
    registered_at: z.date(),
    last_used_at: z.date().nullable(),
  })
  .transform(
    ({ person_id, public_key, backed_up, registered_at, last_used_at, ...row }): PasskeyRecord => ({
      ...row,
      personId: person_id,
      publicKey: public_key,
      backedUp: backed_up,
      registeredAt: registered_at,
      lastUsedAt: last_used_at,
    }),
  );

export function selectPasskeys(db: Queryable, personId: PersonId): Promise<PasskeyRecord[]> {
  return many(
    db,
    sql(PasskeyRow)`
      SELECT id, person_id, public_key, counter, transports, backed_up, label, registered_at, last_used_at
      FROM passkeys WHERE person_id = ${personId} AND removed_at IS NULL ORDER BY registered_at, id`,
  );
}

/** The passkey, whose row stays locked: of two answers at once the second sees the first one's counter. */
export function lockPasskey(tx: Transaction, id: string, personId: PersonId): Promise<PasskeyRecord | undefined> {
  return maybeOne(
    tx,
    sql(PasskeyRow)`
      SELECT id, person_id, public_key, counter, transports, backed_up, label, registered_at, last_used_at
      FROM passkeys WHERE id = ${id} AND person_id = ${personId} AND removed_at IS NULL FOR UPDATE`,
  );
}

/** @returns 0 when the credential is somebody's, or was. */
export function insertPasskey(tx: Transaction, key: Omit<PasskeyRecord, 'lastUsedAt'>): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO passkeys (id, person_id, public_key, counter, transports, backed_up, label, registered_at)
      VALUES (${key.id}, ${key.personId}, ${key.publicKey}, ${key.counter}, ${key.transports}, ${key.backedUp},
        ${key.label}, ${key.registeredAt})
      ON CONFLICT (id) DO NOTHING`,
  );
}

export async function updatePasskeyUse(
  tx: Transaction,
  use: { id: string; counter: number; backedUp: boolean; at: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE passkeys SET counter = ${use.counter}, backed_up = ${use.backedUp}, last_used_at = ${use.at}
      WHERE id = ${use.id}`,
  );
}

export function removePasskeyRow(tx: Transaction, id: string, personId: PersonId, at: Date): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE passkeys SET removed_at = ${at} WHERE id = ${id} AND person_id = ${personId} AND removed_at IS NULL`,
  );
}

export interface TotpRecord {
  readonly id: string;
  readonly sealedSecret: Buffer;
  readonly createdAt: Date;
  readonly confirmedAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** The 30-second step that was used last. */
  readonly lastStep: number;
  readonly failures: number;
  readonly failedAt: Date | null;
}

const TotpRow = z
  .strictObject({
    id: z.uuid(),
    sealed_secret: z.instanceof(Buffer),
    created_at: z.date(),
    confirmed_at: z.date().nullable(),
    last_used_at: z.date().nullable(),
    last_step: z.coerce.number(),
    failures: z.number().int(),
    failed_at: z.date().nullable(),
  })
  .transform(
    (row): TotpRecord => ({
      id: row.id,
      sealedSecret: row.sealed_secret,
      createdAt: row.created_at,
      confirmedAt: row.confirmed_at,
      lastUsedAt: row.last_used_at,
      lastStep: row.last_step,
      failures: row.failures,
      failedAt: row.failed_at,
    }),
  );

export function selectTotp(db: Queryable, personId: PersonId): Promise<TotpRecord | undefined> {
  return maybeOne(
    db,
    sql(TotpRow)`
      SELECT id, sealed_secret, created_at, confirmed_at, last_used_at, last_step, failures, failed_at
      FROM totp_secrets WHERE person_id = ${personId} AND removed_at IS NULL`,
  );
}

/** Its row stays locked: of two that show one code at once, one has used it. */
export function lockTotp(tx: Transaction, personId: PersonId): Promise<TotpRecord | undefined> {
  return maybeOne(
    tx,
    sql(TotpRow)`
      SELECT id, sealed_secret, created_at, confirmed_at, last_used_at, last_step, failures, failed_at
      FROM totp_secrets WHERE person_id = ${personId} AND removed_at IS NULL FOR UPDATE`,
  );
}

export async function insertTotp(
  tx: Transaction,
  totp: { id: string; personId: PersonId; sealedSecret: Buffer; at: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO totp_secrets (id, person_id, sealed_secret, created_at)
      VALUES (${totp.id}, ${totp.personId}, ${totp.sealedSecret}, ${totp.at})`,
  );
}

export async function updateTotpUse(tx: Transaction, use: { id: string; step: number; at: Date }): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE totp_secrets SET last_step = ${use.step}, last_used_at = ${use.at}, failures = 0, failed_at = NULL,
        confirmed_at = coalesce(confirmed_at, ${use.at})
      WHERE id = ${use.id}`,
  );
}

export async function updateTotpFailure(tx: Transaction, failure: { id: string; at: Date }): Promise<void> {
  await execute(
    tx,
    sql(z.never())`UPDATE totp_secrets SET failures = failures + 1, failed_at = ${failure.at} WHERE id = ${failure.id}`,
  );
}

/** @param unconfirmed only one that never was put to use. */
export function removeTotpRow(tx: Transaction, personId: PersonId, at: Date, unconfirmed = false): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE totp_secrets SET removed_at = ${at}
      WHERE person_id = ${personId} AND removed_at IS NULL AND (confirmed_at IS NULL OR NOT ${unconfirmed})`,
  );
}

/** Whether the person has any factor of ours that counts. */
export async function hasFactor(db: Queryable, personId: PersonId): Promise<boolean> {
  const found = await maybeOne(
    db,
    sql(z.unknown())`
      SELECT 1 WHERE EXISTS (SELECT FROM passkeys WHERE person_id = ${personId} AND removed_at IS NULL)
        OR EXISTS (SELECT FROM totp_secrets
          WHERE person_id = ${personId} AND removed_at IS NULL AND confirmed_at IS NOT NULL)`,
  );
  return found !== undefined;
}

export interface Challenge {
  readonly hash: Buffer;
  readonly webSessionId: string;
  readonly personId: PersonId;
  readonly purpose: 'registration' | 'assertion';
}

/** Those that ran out go at the same time, so that they never pile up. */
export async function insertChallenge(
  tx: Transaction,
  asked: Challenge & { now: Date; expiresAt: Date },
): Promise<void> {
  await execute(tx, sql(z.never())`DELETE FROM factor_challenges WHERE expires_at <= ${asked.now}`);
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO factor_challenges (challenge_hash, web_session_id, person_id, purpose, expires_at)
      VALUES (${asked.hash}, ${asked.webSessionId}, ${asked.personId}, ${asked.purpose}, ${asked.expiresAt})`,
  );
}

/** Takes the challenge away: whoever answers it a second time finds none. @returns 0 when there is none for this sign-in. */
export function takeChallenge(db: Queryable, asked: Challenge & { now: Date }): Promise<number> {
  return execute(
    db,
    sql(z.never())`
      DELETE FROM factor_challenges
      WHERE challenge_hash = ${asked.hash} AND web_session_id = ${asked.webSessionId} AND person_id = ${asked.personId}
        AND purpose = ${asked.purpose} AND expires_at > ${asked.now}`,
  );
}
