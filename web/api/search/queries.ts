/** Sessions as a search narrows and names them. */
import { z } from 'zod';
import { many, type Queryable, sql } from '../../../foundation/index.ts';
import type { PersonId, SessionId, TargetId } from '../../../policy/index.ts';

export interface SessionFacets {
  readonly session: SessionId | null;
  readonly person: PersonId | null;
  readonly target: TargetId | null;
  /** The number of a ticket that was used in it. */
  readonly ticket: number | null;
  /** Part of the client named by a ticket that was used in it. */
  readonly client: string | null;
}

/** The sealed sessions that fit. */
export async function sessionsWith(db: Queryable, facets: SessionFacets): Promise<string[]> {
  const { session, person, target, ticket, client } = facets;
  const rows = await many(
    db,
    sql(z.strictObject({ id: z.string() }))`
      SELECT w.id FROM sessions w JOIN recordings r ON r.session_id = w.id
      WHERE (${session}::uuid IS NULL OR w.id = ${session}::uuid)
        AND (${person}::uuid IS NULL OR w.person_id = ${person}::uuid)
        AND (${target}::uuid IS NULL OR w.target_id = ${target}::uuid)
        AND ((${ticket}::bigint IS NULL AND ${client}::text IS NULL) OR EXISTS (
          SELECT FROM redemptions d JOIN tickets t ON t.id = d.ticket_id
          WHERE d.session_id = w.id AND (${ticket}::bigint IS NULL OR t.number = ${ticket}::bigint)
            AND (${client}::text IS NULL OR position(lower(${client}::text) IN lower(t.client)) > 0)))`,
  );
  return rows.map(({ id }) => id);
}

const FoundRow = z.strictObject({
  id: z.string(),
  personName: z.string(),
  targetName: z.string(),
  account: z.string(),
  openedAt: z.date(),
  ticket: z.coerce.number().int().nullable(),
});

/** What a list of hits says of their sessions. */
export function describeSessions(db: Queryable, ids: readonly string[]) {
  return many(
    db,
    sql(FoundRow)`
      SELECT w.id, p.name AS "personName", g.name AS "targetName", w.account, w.opened_at AS "openedAt",
        (SELECT min(t.number) FROM redemptions d JOIN tickets t ON t.id = d.ticket_id WHERE d.session_id = w.id) AS ticket
      FROM sessions w JOIN persons p ON p.id = w.person_id JOIN targets g ON g.id = w.target_id
      WHERE w.id = ANY (${ids}::uuid[])`,
  );
}

const Named = z.strictObject({ id: z.string(), name: z.string() });

/** Who has recorded sessions, and where. */
export async function facetNames(db: Queryable, limit: number) {
  const [persons, targets] = await Promise.all([
    many(
      db,
      sql(Named)`
        SELECT p.id, p.name FROM persons p WHERE EXISTS (SELECT FROM sessions w WHERE w.person_id = p.id)
        ORDER BY p.name LIMIT ${limit}`,
    ),
    many(
      db,
      sql(Named)`
        SELECT t.id, t.name FROM targets t WHERE EXISTS (SELECT FROM sessions w WHERE w.target_id = t.id)
        ORDER BY t.name LIMIT ${limit}`,
    ),
  ]);
  return { persons, targets };
}
