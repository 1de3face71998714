/** What the home page of each role counts. Each answers for what the viewer may see, or for everything where a role does. */
import { z } from 'zod';
import { many, one, type Queryable, sql } from '../../../foundation/index.ts';
import type { PersonId } from '../../../policy/index.ts';

const count = z.coerce.number().int().nonnegative();

const RefusedRow = z.strictObject({
  id: z.string(),
  text: z.string(),
  target: z.string(),
  refusedAt: z.date(),
  ticket: z.string().nullable(),
  ticketNumber: count.nullable(),
});

/** What was refused to this person lately, with the ticket that asks for it where there is one. */
export function refusedLately(db: Queryable, person: PersonId, limit: number) {
  return many(
    db,
    sql(RefusedRow)`
      SELECT a.id, left(a.text, 500) AS text, t.name AS target, a.refused_at AS "refusedAt", k.id AS ticket,
        k.number AS "ticketNumber"
      FROM refused_acts a JOIN targets t ON t.id = a.target_id
        LEFT JOIN LATERAL (SELECT k.id, k.number FROM tickets k WHERE k.act_digest = a.digest AND k.requester_id = a.person_id
          ORDER BY k.number DESC LIMIT 1) k ON true
      WHERE a.person_id = ${person} AND a.judgement->>'verdict' IN ('needs_ticket', 'ask')
      ORDER BY a.refused_at DESC LIMIT ${limit}`,
  );
}

const LeftRow = z
  .strictObject({
    id: z.string(),
    en: z.string(),
    ja: z.string(),
    exports: count,
    rows: count,
    bytes: count,
    refusals: count,
    sessions: count,
    live: count,
  })
  .transform(({ en, ja, ...row }) => ({ ...row, title: { en, ja } }));

/** Of each system: what left it since a moment, what was refused there, who works there. Most that left comes first. */
export function systemsSince(db: Queryable, viewer: PersonId, seesEvery: boolean, since: Date) {
  return many(
    db,
    sql(LeftRow)`
      SELECT y.id, y.title_en AS en, y.title_ja AS ja, coalesce(l.exports, 0) AS exports, coalesce(l.rows, 0) AS rows,
        coalesce(l.bytes, 0) AS bytes, coalesce(a.refusals, 0) AS refusals, coalesce(w.sessions, 0) AS sessions,
        coalesce(n.live, 0) AS live
      FROM systems y
        LEFT JOIN (SELECT t.system_id, count(*) AS exports, sum(r.rows) AS rows, sum(r.bytes) AS bytes
          FROM redemption_results r JOIN tickets k ON k.id = r.ticket_id JOIN targets t ON t.id = k.target_id
          WHERE r.finished_at >= ${since} GROUP BY t.system_id) l ON l.system_id = y.id
        LEFT JOIN (SELECT t.system_id, count(*) AS refusals FROM refused_acts a JOIN targets t ON t.id = a.target_id
          WHERE a.refused_at >= ${since} GROUP BY t.system_id) a ON a.system_id = y.id
        LEFT JOIN (SELECT t.system_id, count(*) AS sessions FROM sessions w JOIN targets t ON t.id = w.target_id
          WHERE w.opened_at >= ${since} GROUP BY t.system_id) w ON w.system_id = y.id
        LEFT JOIN (SELECT t.system_id, count(*) AS live FROM sessions w JOIN targets t ON t.id = w.target_id
          WHERE w.closed_at IS NULL GROUP BY t.system_id) n ON n.system_id = y.id
      WHERE ${seesEvery}::boolean OR y.id IN (SELECT o.system_id FROM system_owners o WHERE o.person_id = ${viewer})
      ORDER BY 6 DESC, 7 DESC, 8 DESC, y.title_en LIMIT 50`,
  );
}

const PersonRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  employer: z.string(),
  refusals: count,
  exports: count,
  rows: count,
  emergencies: count,
  locked: z.boolean(),
});

/** Whom to look at first: who was refused, took along or broke the glass since a moment. */
export function personsSince(db: Queryable, since: Date, limit: number) {
  return many(
    db,
    sql(PersonRow)`
      SELECT p.id, p.name, p.employer, coalesce(a.n, 0) AS refusals, coalesce(l.n, 0) AS exports, coalesce(l.rows, 0) AS rows,
        coalesce(e.n, 0) AS emergencies,
        EXISTS (SELECT FROM locks k WHERE k.kind = 'person' AND k.subject = p.id::text AND k.lifted_at IS NULL) AS locked
      FROM persons p
        LEFT JOIN (SELECT person_id, count(*) AS n FROM refused_acts WHERE refused_at >= ${since} GROUP BY 1) a
          ON a.person_id = p.id
        LEFT JOIN (SELECT k.requester_id, count(*) AS n, sum(r.rows) AS rows FROM redemption_results r
          JOIN tickets k ON k.id = r.ticket_id WHERE r.finished_at >= ${since} GROUP BY 1) l ON l.requester_id = p.id
        LEFT JOIN (SELECT requester_id, count(*) AS n FROM tickets WHERE kind = 'emergency' AND created_at >= ${since}
          GROUP BY 1) e ON e.requester_id = p.id
      WHERE a.n > 0 OR l.n > 0 OR e.n > 0
      ORDER BY coalesce(e.n, 0) * 20 + coalesce(l.n, 0) * 5 + coalesce(a.n, 0) DESC, p.name LIMIT ${limit}`,
  );
}

const Checks = z.strictObject({ verified: count, tampered: count, unchecked: count, unsealed: count });

/** How the recordings of sessions since a moment stand. */
export function checksSince(db: Queryable, since: Date) {
  return one(
    db,
    sql(Checks)`
      SELECT count(*) FILTER (WHERE v.verdict LIKE 'VERIFIED%') AS verified,
        count(*) FILTER (WHERE v.verdict IN ('TAMPERED', 'INCOMPLETE')) AS tampered,
        count(*) FILTER (WHERE v.verdict IS NULL AND r.session_id IS NOT NULL) AS unchecked,
        count(*) FILTER (WHERE r.session_id IS NULL AND w.closed_at IS NOT NULL) AS unsealed
      FROM sessions w LEFT JOIN recordings r ON r.session_id = w.id
        LEFT JOIN LATERAL (SELECT e.body->>'verdict' AS verdict FROM audit_events e
          WHERE e.session_id = w.id AND e.type = 'recording.verified' ORDER BY e.seq DESC LIMIT 1) v ON true
      WHERE w.opened_at >= ${since}`,
  );
}

const Overdue = z.strictObject({ emergencies: count, reviews: count, deviations: count });

/** What somebody should have done by now, and what was done otherwise than asked. */
export function overdue(db: Queryable, now: Date, since: Date) {
  return one(
    db,
    sql(Overdue)`
      SELECT (SELECT count(*) FROM tickets WHERE kind = 'emergency' AND state = 'review_due' AND review_by < ${now}) AS emergencies,
        (SELECT count(*) FROM access_reviews WHERE signed_at IS NULL AND due_at < ${now}) AS reviews,
        (SELECT count(*) FROM reconciliations WHERE verdict <> 'match' AND made_at >= ${since}) AS deviations`,
  );
}

const Estate = z.strictObject({ persons: count, locked: count, targets: count, keys: count, live: count });

/** What an administrator keeps. */
export function estate(db: Queryable) {
  return one(
    db,
    sql(Estate)`
      SELECT (SELECT count(*) FROM persons WHERE deactivated_at IS NULL) AS persons,
        (SELECT count(*) FROM locks WHERE lifted_at IS NULL) AS locked,
        (SELECT count(*) FROM targets) AS targets,
        (SELECT count(*) FROM ssh_keys WHERE revoked_at IS NULL) AS keys,
        (SELECT count(*) FROM sessions WHERE closed_at IS NULL) AS live`,
  );
}

const Oldest = z.strictObject({ at: z.date().nullable() });

/** Since when the oldest of these tickets waits. */
export async function oldestOf(db: Queryable, ids: readonly string[]): Promise<Date | null> {
  return (await one(db, sql(Oldest)`SELECT min(created_at) AS at FROM tickets WHERE id = ANY (${ids}::uuid[])`)).at;
}
