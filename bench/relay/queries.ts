/** Parcels in any number, as years of handing over leave them: made in the database, for making them truly takes as long. */
import type { Database } from '../../foundation/index.ts';

/** Their checks are for what gateways do one by one. */
const TABLES = ['tickets', 'ticket_systems', 'parcels', 'parcel_journeys', 'parcel_ends'];

/** Each for a transfer of its own between the demonstration's two systems; they end in every state there is. */
export async function fillParcels({ pool }: Database, count: number): Promise<void> {
  for (const table of TABLES) await pool.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await pool.query(
    `WITH made AS (
       INSERT INTO tickets (id, kind, state, requester_id, act_digest, purpose, details, not_before, not_after,
         decide_by, created_at, updated_at)
       SELECT gen_random_uuid(), 'transfer', 'used', p.ids[1 + n % cardinality(p.ids)], sha256(n::text::bytea), 'bench',
         jsonb_build_object('description', 'bench', 'parcel', NULL, 'rowsExpected', NULL, 'peopleExpected', NULL, 'fields', NULL),
         timestamptz '2020-01-01' + n * interval '1 hour', timestamptz '2020-01-02' + n * interval '1 hour',
         timestamptz '2020-01-02' + n * interval '1 hour', timestamptz '2020-01-01' + n * interval '1 hour',
         timestamptz '2020-01-01' + n * interval '1 hour'
       FROM generate_series(1, $1::int) n, (SELECT array_agg(id) AS ids FROM persons) p RETURNING id, created_at),
     sided AS (
       INSERT INTO ticket_systems (ticket_id, system_id, side)
       SELECT m.id, s.id, CASE s.name WHEN 'crm' THEN 'from' ELSE 'to' END FROM made m, systems s WHERE s.name IN ('crm', 'billing')),
     put AS (
       INSERT INTO parcels (id, ticket_id, use, identity_id, begun_at)
       SELECT gen_random_uuid(), m.id, NULL, i.id, m.created_at FROM made m, relay_identities i WHERE i.name = 'crm-batch'
       RETURNING id, ticket_id, begun_at)
     INSERT INTO parcel_journeys (parcel_id, state, keep_until, updated_at, row_count, people_count, fields, types, scanner)
     SELECT id, (ARRAY['released', 'held', 'picked_up', 'destroyed', 'destroyed', 'destroyed'])[1 + get_byte(sha256(id::text::bytea), 0) % 6],
       begun_at + interval '7 days', begun_at, 100, 50, '{id,name}', '{csv}', 'none' FROM put`,
    [count],
  );
  await pool.query(
    `INSERT INTO parcel_ends (parcel_id, outcome, files, bytes, manifest_sha256, ended_at)
     SELECT id, 'sealed', 1, 4096, sha256(id::text::bytea), begun_at FROM parcels`,
  );
  for (const table of TABLES) await pool.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  await pool.query('VACUUM ANALYZE');
}

/** The newest parcel that waits for its owners, with what it is held for. @returns its number. */
export async function findHeld({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ number: string }>(
    `WITH newest AS (
       SELECT p.id, p.number FROM parcels p JOIN parcel_journeys j ON j.parcel_id = p.id AND j.state = 'held'
       ORDER BY p.number DESC LIMIT 1),
     told AS (
       UPDATE parcel_journeys SET holds = 1, differences = '[{"kind":"people","promised":"100","found":"180"}]' FROM newest
       WHERE parcel_id = newest.id)
     SELECT number FROM newest`,
  );
  return Number(rows[0]?.number);
}
