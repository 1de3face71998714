import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, Target } from '../../policy/index.ts';
import { PersonIdSchema, TargetIdSchema, TargetRow } from '../rows.ts';
import type { SealedSecret, SecretPlace } from './seal.ts';

const bytes = z.custom<Buffer>((value) => Buffer.isBuffer(value));

const KeptRow = z
  .strictObject({
    account: z.string(),
    key_id: z.string(),
    wrapped_key: bytes,
    sealed: bytes,
    next_key_id: z.string().nullable(),
    next_wrapped_key: bytes.nullable(),
    next_sealed: bytes.nullable(),
  })
  .transform((row) => ({
    account: row.account,
    current: { keyId: row.key_id, wrappedKey: row.wrapped_key, sealed: row.sealed },
    next: nextOf(row.next_key_id, row.next_wrapped_key, row.next_sealed),
  }));

/** What is kept for one account; `next` while the target is being told a new secret. */
export type KeptSecret = z.output<typeof KeptRow>;

function nextOf(keyId: string | null, wrappedKey: Buffer | null, sealed: Buffer | null): SealedSecret | undefined {
  return keyId === null || wrappedKey === null || sealed === null ? undefined : { keyId, wrappedKey, sealed };
}

/** The row, held to the end of the transaction; undefined when there is none for the account as it is called now. */
export function lockSecret(
  tx: Transaction,
  { targetId, personId }: Pick<SecretPlace, 'targetId' | 'personId'>,
): Promise<KeptSecret | undefined> {
  return maybeOne(
    tx,
    sql(KeptRow)`
      SELECT s.account, s.key_id, s.wrapped_key, s.sealed, s.next_key_id, s.next_wrapped_key, s.next_sealed
      FROM target_secrets s JOIN target_accounts a
        ON a.target_id = s.target_id AND a.person_id = s.person_id AND a.account = s.account
      WHERE s.target_id = ${targetId} AND s.person_id = ${personId} FOR UPDATE OF s`,
  );
}

/** The account that the person has on a target which is entered by password; undefined when there is none. */
export async function findPasswordAccount(
  db: Queryable,
  { targetId, personId }: Pick<SecretPlace, 'targetId' | 'personId'>,
): Promise<string | undefined> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ account: z.string() }))`
      SELECT a.account FROM target_accounts a JOIN targets t ON t.id = a.target_id
      WHERE a.target_id = ${targetId} AND a.person_id = ${personId} AND t.sign_in = 'password'`,
  );
  return row?.account;
}

/** `by`: who set it; null when the gateway changed it on the target itself. */
export async function upsertSecret(
  tx: Transaction,
  { place, kept, by, at }: { place: SecretPlace; kept: SealedSecret; by: PersonId | null; at: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO target_secrets (target_id, person_id, account, key_id, wrapped_key, sealed, set_at, set_by)
      VALUES (${place.targetId}, ${place.personId}, ${place.account}, ${kept.keyId}, ${kept.wrappedKey}, ${kept.sealed},
        ${at}, ${by})
      ON CONFLICT (target_id, person_id) DO UPDATE SET account = excluded.account, key_id = excluded.key_id,
        wrapped_key = excluded.wrapped_key, sealed = excluded.sealed, set_at = excluded.set_at,
        set_by = excluded.set_by, next_key_id = NULL, next_wrapped_key = NULL, next_sealed = NULL, used_at = NULL,
        rotation_asked_at = NULL, rotation_failed_at = NULL`,
  );
}

export async function updateNext(tx: Transaction, place: SecretPlace, next: SealedSecret): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE target_secrets SET next_key_id = ${next.keyId}, next_wrapped_key = ${next.wrappedKey},
        next_sealed = ${next.sealed} WHERE target_id = ${place.targetId} AND person_id = ${place.personId}`,
  );
}

/** The secret is on its way to the target for a session; rotation waits until that has ended. */
export async function markUsed(tx: Transaction, place: SecretPlace, at: Date): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE target_secrets SET used_at = ${at}
      WHERE target_id = ${place.targetId} AND person_id = ${place.personId}`,
  );
}

export async function markRotationFailed(tx: Transaction, place: SecretPlace, at: Date): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE target_secrets SET rotation_failed_at = ${at}
      WHERE target_id = ${place.targetId} AND person_id = ${place.personId}`,
  );
}

/** @returns how many were asked for: 0 where the target may not be told a new secret or none is kept. */
export function markRotationAsked(
  tx: Transaction,
  { targetId, personId }: Pick<SecretPlace, 'targetId' | 'personId'>,
  at: Date,
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE target_secrets s SET rotation_asked_at = ${at}, rotation_failed_at = NULL FROM targets t
      WHERE s.target_id = ${targetId} AND s.person_id = ${personId} AND t.id = s.target_id
        AND t.rotate_secret = 'after_use' AND t.via_target_id IS NULL`,
  );
}

const DueRow = z
  .strictObject({ target: TargetRow, person_id: PersonIdSchema, account: z.string() })
  .transform(({ person_id, ...row }) => ({ ...row, personId: person_id }));

/** An account whose secret is to be changed on its target now. */
export interface DueRotation {
  readonly target: Target;
  readonly personId: PersonId;
  readonly account: string;
}

/** Used or asked for since it was set, with no session of the person there; one that failed waits until `retryBefore`. */
export function selectDueRotations(
  db: Queryable,
  { retryBefore, bound }: { retryBefore: Date; bound: number },
): Promise<DueRotation[]> {
  return many(
    db,
    sql(DueRow)`
      SELECT jsonb_build_object('id', t.id, 'system_id', t.system_id, 'system_name', y.name, 'name', t.name,
          'host', t.host, 'port', t.port, 'host_key', t.host_key, 'host_ca', t.host_ca, 'mode', t.mode,
          'legacy_algorithms', t.legacy_algorithms, 'source_address', t.source_address, 'sign_in', t.sign_in) AS target,
        s.person_id, s.account
      FROM target_secrets s JOIN targets t ON t.id = s.target_id JOIN systems y ON y.id = t.system_id
      JOIN target_accounts a ON a.target_id = s.target_id AND a.person_id = s.person_id AND a.account = s.account
      WHERE t.rotate_secret = 'after_use' AND t.via_target_id IS NULL
        AND (s.used_at IS NOT NULL OR s.rotation_asked_at IS NOT NULL)
        AND (s.rotation_failed_at IS NULL OR s.rotation_failed_at < ${retryBefore})
        AND NOT EXISTS (SELECT FROM sessions o
          WHERE o.target_id = s.target_id AND o.person_id = s.person_id AND o.closed_at IS NULL)
      ORDER BY coalesce(s.used_at, s.rotation_asked_at) LIMIT ${bound}`,
  );
}

const EntryRow = z
  .strictObject({
    target_id: TargetIdSchema,
    target: z.string(),
    system: z.string(),
    person_id: PersonIdSchema,
    person: z.string(),
    account: z.string(),
    rotates: z.boolean(),
    set_at: z.date().nullable(),
    set_by: z.string().nullable(),
    used_at: z.date().nullable(),
    rotation_asked: z.boolean(),
    rotation_failed_at: z.date().nullable(),
  })
  .transform((row) => ({
    ...{ targetId: row.target_id, target: row.target, system: row.system, personId: row.person_id },
    ...{ person: row.person, account: row.account, rotates: row.rotates, setAt: row.set_at, setBy: row.set_by },
    ...{ usedAt: row.used_at, rotationAsked: row.rotation_asked, rotationFailedAt: row.rotation_failed_at },
  }));

/** What may be known of a secret: never the secret. */
export type TargetSecretEntry = z.output<typeof EntryRow>;

/** Every account on a target that is entered by password; those without a secret first. */
export function selectTargetSecrets(db: Queryable): Promise<TargetSecretEntry[]> {
  return many(
    db,
    sql(EntryRow)`
      SELECT t.id AS target_id, t.name AS target, y.name AS system, a.person_id, p.name AS person, a.account,
        t.rotate_secret = 'after_use' AND t.via_target_id IS NULL AS rotates, s.set_at, b.name AS set_by, s.used_at,
        s.rotation_asked_at IS NOT NULL AS rotation_asked, s.rotation_failed_at
      FROM target_accounts a JOIN targets t ON t.id = a.target_id JOIN systems y ON y.id = t.system_id
      JOIN persons p ON p.id = a.person_id
      LEFT JOIN target_secrets s
        ON s.target_id = a.target_id AND s.person_id = a.person_id AND s.account = a.account
      LEFT JOIN persons b ON b.id = s.set_by
      WHERE t.sign_in = 'password'
      ORDER BY s.set_at IS NOT NULL, y.name, t.name, a.account`,
  );
}
