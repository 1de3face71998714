import { z } from 'zod';
import { execute, sql, type Transaction } from '../../../foundation/index.ts';

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
        FROM persons p JOIN persons r ON r.id = p.id OR EXISTS (
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
