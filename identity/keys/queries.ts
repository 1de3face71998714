import { z } from 'zod';
import { execute, many, maybeOne, one, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { Person, PersonId } from '../../policy/index.ts';
import { PersonRow } from '../rows.ts';

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
    verifyRequired: boolean;
    enrolledAt: Date;
    expiresAt: Date;
  },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO ssh_keys (fingerprint, person_id, algorithm, public_key, label, verify_required, enrolled_at, expires_at)
      VALUES (${key.fingerprint}, ${key.personId}, ${key.algorithm}, ${key.blob}, ${key.label}, ${key.verifyRequired},
        ${key.enrolledAt}, ${key.expiresAt})
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

/** An enrolled key with its person, in force or not. */
export interface KeyRecord {
  readonly person: Person;
  readonly fingerprint: string;
  readonly state: 'in_force' | 'revoked' | 'expired';
  readonly verifyRequired: boolean;
  /** The approval in the browser that still counts for this key from this address. */
  readonly approval: string | null;
}

/** A key, and the addresses and networks that are locked: whether it is shown from one of them. */
interface KeyAndLockedNetworks {
  readonly key: KeyRecord;
  readonly lockedNetworks: readonly string[];
}

const KeyRecordRow = z
  .strictObject({
    id: z.unknown(),
    name: z.unknown(),
    email: z.unknown(),
    employer: z.unknown(),
    locale: z.unknown(),
    roles: z.unknown(),
    contract_ends_at: z.unknown(),
    fingerprint: z.string(),
    state: z.enum(['in_force', 'revoked', 'expired']),
    verify_required: z.boolean(),
    approval: z.uuid().nullable(),
    locked_networks: z.array(z.string()),
  })
  .transform(
    ({ fingerprint, state, verify_required, approval, locked_networks, ...person }): KeyAndLockedNetworks => ({
      key: { person: PersonRow.parse(person), fingerprint, state, verifyRequired: verify_required, approval },
      lockedNetworks: locked_networks,
    }),
  );

/**
 * Whose key it is, enrolled byte for byte, in whatever state. A later denial from the same address takes the approvals
 * before it back: whoever said "that was not me" has not approved.
 */
export function selectKey(
  db: Queryable,
  key: { fingerprint: string; blob: Buffer; now: Date; sourceAddress: string; approvedSince: Date | null },
): Promise<KeyAndLockedNetworks | undefined> {
  return maybeOne(
    db,
    sql(KeyRecordRow)`
      SELECT p.id, p.name, p.email, p.employer, p.locale, p.roles, p.contract_ends_at, k.fingerprint, k.verify_required,
        CASE WHEN k.revoked_at IS NOT NULL OR EXISTS (SELECT FROM locks l
          WHERE l.kind = 'key' AND l.subject = k.fingerprint AND l.lifted_at IS NULL) THEN 'revoked' WHEN k.expires_at <= ${key.now} THEN 'expired'
          ELSE 'in_force' END AS state,
        (SELECT s.id FROM ssh_sign_ins s
         WHERE s.key_fingerprint = k.fingerprint AND s.person_id = k.person_id AND s.state = 'approved'
           AND s.source_address = ${key.sourceAddress} AND s.decided_at > ${key.approvedSince}::timestamptz
           AND NOT EXISTS (SELECT FROM ssh_sign_ins d
             WHERE d.key_fingerprint = s.key_fingerprint AND d.source_address = s.source_address
               AND d.state = 'denied' AND d.decided_at >= s.decided_at)
         ORDER BY s.decided_at DESC LIMIT 1) AS approval,
        ARRAY(SELECT l.subject FROM locks l WHERE l.kind = 'device' AND l.lifted_at IS NULL) AS locked_networks
      FROM ssh_keys k JOIN persons p ON p.id = k.person_id
      WHERE k.fingerprint = ${key.fingerprint} AND k.public_key = ${key.blob}`,
  );
}

export type KeyUseOutcome = 'noted' | 'revoked_key' | 'expired_key' | 'counter_went_back' | 'approval_gone';

const OUTCOMES = [
  'noted',
  'revoked_key',
  'expired_key',
  'counter_went_back',
  'approval_gone',
] as const satisfies readonly KeyUseOutcome[];

/**
 * Notes a use and its event when everything still holds, in one statement: one way to the database and back. Of a plain
 * key the time is noted once a minute, so that many sign-ins at once do not wait for one another on its row.
 */
export async function recordKeyUse(
  db: Queryable,
  use: {
    fingerprint: string;
    personId: PersonId;
    counter: number | null;
    approval: { readonly id: string; readonly since: Date | null } | null;
    event: { readonly type: string; readonly actor: string | null; readonly body: string };
    now: Date;
  },
): Promise<KeyUseOutcome> {
  const { fingerprint, counter, approval, event, now } = use;
  const approvalId = approval?.id ?? null;
  const { outcome } = await one(
    db,
    sql(z.strictObject({ outcome: z.enum(OUTCOMES) }))`
      WITH held AS (
        SELECT k.fingerprint, k.expires_at, k.revoked_at,
          (${approvalId}::uuid IS NULL OR EXISTS (SELECT FROM ssh_sign_ins s
            WHERE s.id = ${approvalId}::uuid AND s.state = 'approved' AND s.person_id = k.person_id
              AND s.key_fingerprint = k.fingerprint
              AND (${approval?.since ?? null}::timestamptz IS NULL OR s.decided_at > ${approval?.since ?? null}::timestamptz)
              AND NOT EXISTS (SELECT FROM ssh_sign_ins d
                WHERE d.key_fingerprint = s.key_fingerprint AND d.source_address = s.source_address
                  AND d.state = 'denied' AND d.decided_at >= s.decided_at))) AS approved
        FROM ssh_keys k WHERE k.fingerprint = ${fingerprint} AND k.person_id = ${use.personId}
      ), in_force AS (
        SELECT fingerprint FROM held
        WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now}) AND approved
          AND NOT EXISTS (SELECT FROM locks l WHERE l.kind = 'key' AND l.subject = held.fingerprint AND l.lifted_at IS NULL)
      ), noted AS (
        UPDATE ssh_keys k SET last_used_at = ${now}, sign_counter = coalesce(${counter}::bigint, k.sign_counter)
        FROM in_force f
        WHERE k.fingerprint = f.fingerprint AND CASE WHEN ${counter}::bigint IS NULL
          THEN k.last_used_at IS NULL OR k.last_used_at <= ${now}::timestamptz - interval '1 minute'
          ELSE ${counter}::bigint > coalesce(k.sign_counter, 0)
            OR (${counter}::bigint = 0 AND coalesce(k.sign_counter, 0) = 0) END
        RETURNING k.fingerprint
      ), told AS (
        INSERT INTO audit_events (at, type, actor_id, body)
        SELECT ${now}, ${event.type}, ${event.actor}::uuid, ${event.body}::jsonb FROM in_force
        WHERE ${counter}::bigint IS NULL OR EXISTS (SELECT FROM noted)
        RETURNING seq
      )
      SELECT CASE WHEN EXISTS (SELECT FROM told) THEN 'noted'
        WHEN EXISTS (SELECT FROM in_force) THEN 'counter_went_back'
        WHEN EXISTS (SELECT FROM held WHERE revoked_at IS NULL AND expires_at <= ${now}) THEN 'expired_key'
        WHEN EXISTS (SELECT FROM held WHERE revoked_at IS NULL AND NOT approved) THEN 'approval_gone'
        ELSE 'revoked_key' END AS outcome`,
  );
  return outcome;
}

/** @returns 0 when the counter did not go on; one that is 0 always does not count. */
export function updateCounter(db: Queryable, fingerprint: string, counter: number): Promise<number> {
  return execute(
    db,
    sql(z.never())`
      UPDATE ssh_keys SET sign_counter = ${counter}
      WHERE fingerprint = ${fingerprint}
        AND (${counter}::bigint > coalesce(sign_counter, 0) OR (${counter}::bigint = 0 AND coalesce(sign_counter, 0) = 0))`,
  );
}
