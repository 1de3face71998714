/** Sessions in any number, as years of work leave them: made in the database, for making them truly takes as long. */
import type { Database } from '../../foundation/index.ts';

export async function fillSessions(owner: Database, count: number): Promise<{ person: string; target: string }> {
  const { pool } = owner;
  await pool.query(
    `INSERT INTO sessions (id, connection_id, gateway_id, person_id, target_id, account, kind, command, source_address,
       signed_in_by, opened_at, closed_at, close_reason, exit_status)
     SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), p.ids[1 + n % cardinality(p.ids)],
       t.ids[1 + n % cardinality(t.ids)], 'worker', 'exec', 'uptime', '192.0.2.7', 'ssh_key',
       timestamptz '2020-01-01' + n * interval '20 minutes',
       CASE WHEN n % 1000 = 0 THEN NULL ELSE timestamptz '2020-01-01' + n * interval '20 minutes' + interval '9 minutes' END,
       CASE WHEN n % 1000 = 0 THEN NULL ELSE 'closed' END, CASE WHEN n % 1000 = 0 THEN NULL ELSE 0 END
     FROM generate_series(1, $1::int) n, (SELECT array_agg(id) AS ids FROM targets) t, (SELECT array_agg(id) AS ids FROM persons) p`,
    [count],
  );
  await pool.query(
    `INSERT INTO refused_acts (id, session_id, person_id, target_id, text, judgement, digest, refused_at)
     SELECT gen_random_uuid(), id, person_id, target_id, 'mysqldump crm', '{"verdict":"needs_ticket"}', sha256(id::text::bytea), opened_at
     FROM sessions WHERE get_byte(sha256(id::text::bytea), 0) < 8`,
  );
  await pool.query(
    `INSERT INTO audit_events (at, type, actor_id, session_id, ticket_id, body)
     SELECT opened_at, 'recording.verified', NULL, id, NULL, jsonb_build_object('session', id, 'verdict',
       CASE WHEN get_byte(sha256(id::text::bytea), 1) < 3 THEN 'TAMPERED' ELSE 'VERIFIED' END)
     FROM sessions WHERE get_byte(sha256(id::text::bytea), 2) < 26`,
  );
  await pool.query('VACUUM ANALYZE');
  const { rows } = await pool.query<{ person: string; target: string }>(
    'SELECT person_id AS person, target_id AS target FROM sessions ORDER BY opened_at LIMIT 1',
  );
  const [some] = rows;
  if (some === undefined) throw new Error('no session was made');
  return some;
}
