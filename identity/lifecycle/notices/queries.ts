import { z } from 'zod';
import { execute, many, sql, type Transaction } from '../../../foundation/index.ts';
import type { PersonId } from '../../../policy/index.ts';
import { PersonIdSchema } from '../../rows.ts';

const never = z.never();

interface Span {
  readonly now: Date;
  readonly until: Date;
}

/** The subject names the end, so that one end is told of once, and one that was moved again. */
export function noticeContracts(tx: Transaction, { now, until }: Span): Promise<number> {
  return execute(
    tx,
    sql(never)`
      INSERT INTO notifications (id, person_id, kind, payload, created_at)
      SELECT gen_random_uuid(), told.person_id, 'contract.ending', told.payload, ${now}
      FROM (
        SELECT DISTINCT r.id AS person_id, jsonb_build_object('subject',
          p.name || ' ' || to_char(p.contract_ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')) AS payload
        FROM persons p JOIN persons r ON r.id = p.id OR r.id = p.sponsor_id OR EXISTS (
          SELECT FROM grants g JOIN targets t ON t.id = g.target_id JOIN system_owners o ON o.system_id = t.system_id
          WHERE g.person_id = p.id AND g.revoked_at IS NULL AND o.person_id = r.id)
        WHERE p.contract_ends_at > ${now} AND p.contract_ends_at <= ${until} AND p.deactivated_at IS NULL
          AND r.deactivated_at IS NULL
      ) told
      WHERE NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = told.person_id)
        AND NOT EXISTS (SELECT FROM notifications n WHERE n.person_id = told.person_id AND n.kind = 'contract.ending'
          AND n.payload = told.payload)`,
  );
}

export function noticeGrants(tx: Transaction, { now, until }: Span): Promise<number> {
  return execute(
    tx,
    sql(never)`
      INSERT INTO notifications (id, person_id, kind, payload, created_at)
      SELECT gen_random_uuid(), told.person_id, 'grant.ending', told.payload, ${now}
      FROM (
        SELECT DISTINCT r.id AS person_id, jsonb_build_object('subject', p.name || ' ' || t.name || ' '
          || to_char(g.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')) AS payload
        FROM grants g JOIN persons p ON p.id = g.person_id JOIN targets t ON t.id = g.target_id
        JOIN persons r ON r.id = p.id OR EXISTS (
          SELECT FROM system_owners o WHERE o.system_id = t.system_id AND o.person_id = r.id)
        WHERE g.revoked_at IS NULL AND g.expires_at > ${now} AND g.expires_at <= ${until} AND p.deactivated_at IS NULL
          AND r.deactivated_at IS NULL
      ) told
      WHERE NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = told.person_id)
        AND NOT EXISTS (SELECT FROM notifications n WHERE n.person_id = told.person_id AND n.kind = 'grant.ending'
          AND n.payload = told.payload)`,
  );
}

const EndedRow = z
  .strictObject({ id: PersonIdSchema, contract_ends_at: z.date(), sponsor_id: PersonIdSchema.nullable() })
  .transform((row) => ({ person: row.id, endsAt: row.contract_ends_at, sponsor: row.sponsor_id }));

/** Whose contract is over and was not closed yet; what another process works on is left to it. */
export function lockEndedContracts(tx: Transaction, now: Date, limit: number): Promise<z.output<typeof EndedRow>[]> {
  return many(
    tx,
    sql(EndedRow)`
      SELECT id, contract_ends_at, sponsor_id FROM persons
      WHERE contract_ends_at <= ${now} AND contract_closed IS DISTINCT FROM contract_ends_at AND deactivated_at IS NULL
      ORDER BY contract_ends_at, id LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
  );
}

export async function closeContract(tx: Transaction, person: PersonId): Promise<void> {
  await execute(tx, sql(never)`UPDATE persons SET contract_closed = contract_ends_at WHERE id = ${person}`);
}

/** Tells the sponsor, and the owners of systems on which the person has grants in force. */
export function noticeContractEnd(tx: Transaction, person: PersonId, now: Date): Promise<number> {
  return execute(
    tx,
    sql(never)`
      INSERT INTO notifications (id, person_id, kind, payload, created_at)
      SELECT gen_random_uuid(), r.id, 'contract.ended', jsonb_build_object('subject', p.name), ${now}
      FROM persons p JOIN persons r ON r.id = p.sponsor_id OR EXISTS (
        SELECT FROM grants g JOIN targets t ON t.id = g.target_id JOIN system_owners o ON o.system_id = t.system_id
        WHERE g.person_id = p.id AND g.revoked_at IS NULL AND o.person_id = r.id)
      WHERE p.id = ${person} AND r.id <> p.id AND r.deactivated_at IS NULL
        AND NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = r.id)`,
  );
}
