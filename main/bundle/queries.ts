/** What of the database goes into an evidence bundle. */
import { z } from 'zod';
import { many, type Queryable, sql } from '../../foundation/index.ts';

const count = z.coerce.number().int().nonnegative(); // PostgreSQL's bigint arrives as text.

const EventRowSchema = z.strictObject({
  seq: count,
  at: z.date(),
  type: z.string(),
  actor: z.string().nullable(),
  session: z.string().nullable(),
  ticket: z.string().nullable(),
  body: z.record(z.string(), z.unknown()),
});

type EventRow = z.infer<typeof EventRowSchema>;

/** Events of these sessions and of the tickets used in them, and events of these numbers; oldest first. */
export async function selectEvents(
  db: Queryable,
  sessions: readonly string[],
  numbers: readonly number[],
): Promise<EventRow[]> {
  return await many(
    db,
    sql(EventRowSchema)`
      SELECT seq, at, type, actor_id AS actor, session_id AS session, ticket_id AS ticket, body
      FROM audit_events
      WHERE seq = ANY (${numbers}::bigint[])
         OR session_id = ANY (${sessions}::uuid[])
         OR ticket_id IN (SELECT ticket_id FROM audit_events
                          WHERE session_id = ANY (${sessions}::uuid[]) AND ticket_id IS NOT NULL)
      ORDER BY seq`,
  );
}

/** The sessions in which something was done on a ticket, by the ticket's number. */
export async function selectTicketSessions(db: Queryable, number: number): Promise<string[]> {
  const rows = await many(
    db,
    sql(z.strictObject({ session: z.string() }))`
      SELECT DISTINCT e.session_id AS session
      FROM audit_events e JOIN tickets t ON t.id = e.ticket_id
      WHERE t.number = ${number} AND e.session_id IS NOT NULL`,
  );
  return rows.map(({ session }) => session);
}

const NameRowSchema = z.strictObject({
  kind: z.enum(['person', 'target', 'connection']),
  id: z.string(),
  name: z.string(),
});

export type NameRow = z.infer<typeof NameRowSchema>;

/** Who and what these sessions were about: the names behind the log's pseudonyms. */
export async function selectNames(db: Queryable, sessions: readonly string[]): Promise<NameRow[]> {
  return await many(
    db,
    sql(NameRowSchema)`
      SELECT 'person' AS kind, p.id, p.name FROM persons p
        WHERE p.id IN (SELECT person_id FROM sessions WHERE id = ANY (${sessions}::uuid[]))
      UNION ALL
      SELECT 'target', t.id, t.name FROM targets t
        WHERE t.id IN (SELECT target_id FROM sessions WHERE id = ANY (${sessions}::uuid[]))
      UNION ALL
      SELECT DISTINCT 'connection', s.connection_id, s.source_address FROM sessions s
        WHERE s.id = ANY (${sessions}::uuid[])
      ORDER BY 1, 3`,
  );
}
