/** Rows in numbers that nobody asks for one by one. */
import { z } from 'zod';
import { type Database, execute, many, newUuid, sql } from '../../foundation/index.ts';
import type { PersonId, SystemId, TargetId, TicketId } from '../../policy/index.ts';

const nothing = z.never();

export async function targetIds(database: Database): Promise<TargetId[]> {
  const Row = z.strictObject({ id: z.custom<TargetId>() });
  return (await many(database, sql(Row)`SELECT id FROM targets ORDER BY name`)).map(({ id }) => id);
}

export async function systemIds(database: Database): Promise<SystemId[]> {
  const Row = z.strictObject({ id: z.custom<SystemId>() });
  return (await many(database, sql(Row)`SELECT id FROM systems ORDER BY name`)).map(({ id }) => id);
}

export async function insertSession(
  database: Database,
  { person, target, now }: { person: PersonId; target: TargetId; now: Date },
): Promise<string> {
  const id = newUuid(now);
  await execute(
    database,
    sql(nothing)`
      INSERT INTO sessions (id, connection_id, gateway_id, person_id, target_id, account, kind, command,
        source_address, signed_in_by, opened_at)
      VALUES (${id}, ${newUuid(now)}, ${newUuid(now)}, ${person}, ${target}, 'worker', 'exec', 'true', '192.0.2.7',
        'ssh_key', ${now})`,
  );
  return id;
}

export interface Copies {
  /** What is copied, in turns. */
  readonly of: readonly TicketId[];
  readonly count: number;
  readonly state: 'requested' | 'expired';
  /** Who approved each; null: nobody did. */
  readonly approver: PersonId | null;
  readonly now: Date;
}

/** Copies of tickets by other requesters, with their systems and targets, as the product wrote the first ones. */
export async function copyTickets(owner: Database, { of, count, state, approver, now }: Copies): Promise<void> {
  await execute(
    owner,
    sql(nothing)`
      WITH people AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS people
          FROM persons WHERE roles = ARRAY['maintainer']
            -- Who asked for the first ones goes on asking, up to their bound.
            AND NOT EXISTS (SELECT FROM tickets t WHERE t.id = ANY (${[...of]}::uuid[]) AND t.requester_id = persons.id)),
        asked AS (SELECT gen_random_uuid() AS copy, (${[...of]}::uuid[])[1 + n % ${of.length}::integer] AS first, p.id AS person
          FROM generate_series(0, ${count}::integer - 1) AS n JOIN people p ON p.place = (n / ${of.length}::integer) % p.people),
        made AS (INSERT INTO tickets (id, kind, state, requester_id, target_id, refused_act_id, act_text, act_judgement,
            act_digest, purpose, client, destination, rows_max, bytes_max, not_before, not_after, decide_by, created_at,
            updated_at, details, scope, class_digest, uses_max, lasts_seconds, second_line)
          SELECT a.copy, t.kind, ${state}, a.person, t.target_id, t.refused_act_id, t.act_text, t.act_judgement,
            t.act_digest, t.purpose, t.client, t.destination, t.rows_max, t.bytes_max, t.not_before, t.not_after,
            t.decide_by, t.created_at, t.updated_at, t.details, t.scope, t.class_digest, t.uses_max, t.lasts_seconds,
            t.second_line
          FROM asked a JOIN tickets t ON t.id = a.first
          RETURNING id),
        opened AS (INSERT INTO ticket_targets (ticket_id, target_id)
          SELECT a.copy, o.target_id FROM asked a JOIN ticket_targets o ON o.ticket_id = a.first),
        said AS (INSERT INTO approvals (id, ticket_id, approver_id, decision, reason, act_digest, decided_at)
          SELECT gen_random_uuid(), a.copy, ${approver}::uuid, 'approve', 'needed', t.act_digest, ${now}::timestamptz
          FROM asked a JOIN tickets t ON t.id = a.first WHERE ${approver !== null}::boolean)
      -- A trigger names the system of an export.
      INSERT INTO ticket_systems (ticket_id, system_id, side)
        SELECT a.copy, s.system_id, s.side FROM asked a JOIN tickets t ON t.id = a.first AND t.kind <> 'export'
          JOIN ticket_systems s ON s.ticket_id = a.first`,
  );
}

/** What the database does by itself a minute after so many rows came. */
export async function vacuum(owner: Database): Promise<void> {
  await execute(
    owner,
    sql(nothing)`VACUUM (ANALYZE) tickets, ticket_systems, ticket_targets, approvals, sessions, redemptions`,
  );
}

/** How many sessions use the ticket. */
export async function countUses(database: Database, ticket: TicketId): Promise<number> {
  const Row = z.strictObject({ ticket_id: z.string() });
  return (await many(database, sql(Row)`SELECT ticket_id FROM redemptions WHERE ticket_id = ${ticket}`)).length;
}
