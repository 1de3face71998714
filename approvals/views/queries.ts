/** Tickets as people see them: with names, approvals, the last use and its result. */
import { z } from 'zod';
import { many, maybeOne, type Queryable, sql } from '../../foundation/index.ts';
import type { PersonId, SessionId, TicketId } from '../../policy/index.ts';
import type { TicketView } from '../model.ts';
import { count, ticketId } from '../schemas.ts';
import { toView, ViewRow } from './rows.ts';

/** Whose tickets: `mine` asked by the viewer, `inbox` waits for the viewer now, `all` everything the viewer may see. */
export type TicketBox = 'mine' | 'inbox' | 'all';

export interface TicketFilter {
  readonly viewer: PersonId;
  readonly seesEvery: boolean;
  /** The viewer is of the second line. */
  readonly secondLine: boolean;
  readonly box: TicketBox;
  readonly id: TicketId | null;
  /** Only those with a smaller number: the page after the one that ended with it. */
  readonly before?: number | undefined;
  readonly limit: number;
  readonly now: Date;
}

/** What the viewer may see and nothing else: not-yours and not-there are the same empty answer. */
export async function selectTickets(db: Queryable, filter: TicketFilter): Promise<TicketView[]> {
  const ids = filter.box === 'inbox' ? await inboxIds(db, filter) : await visibleIds(db, filter);
  return ids.length === 0 ? [] : readViews(db, ids);
}

const IdRow = z.strictObject({ id: ticketId });

/**
 * What waits is found by the indexes of open tickets, and what is asked of each by its id: a join would be planned over
 * every ticket there ever was, and history is kept for ever.
 */
async function inboxIds(db: Queryable, filter: TicketFilter): Promise<TicketId[]> {
  const { viewer, now, limit, secondLine, before = null } = filter;
  const rows = await many(
    db,
    sql(IdRow)`
      WITH answers AS (
        SELECT ARRAY(SELECT system_id FROM system_owners WHERE person_id = ${viewer}
          UNION SELECT o.system_id FROM substitutes u JOIN system_owners o ON o.person_id = u.owner_id
            WHERE u.substitute_id = ${viewer} AND u.revoked_at IS NULL AND u.starts_at <= ${now} AND u.ends_at > ${now})
          AS systems)
      SELECT t.id FROM (
          SELECT id, number, state, requester_id, second_line FROM tickets
          WHERE state = 'requested' AND decide_by > ${now}
          UNION ALL SELECT id, number, state, requester_id, second_line FROM tickets
          WHERE kind = 'emergency' AND state = 'review_due'
          -- A fence: sorted first, the rest is asked of the newest alone until the page is full.
          ORDER BY number DESC OFFSET 0) t
      WHERE t.requester_id <> ${viewer} AND (${before}::bigint IS NULL OR t.number < ${before}::bigint)
        AND CASE WHEN (${secondLine}::boolean AND (t.second_line OR t.state = 'review_due'))
            OR (cardinality((SELECT systems FROM answers)) > 0
              AND (SELECT bool_or(s.system_id = ANY (a.systems)) FROM ticket_systems s, answers a WHERE s.ticket_id = t.id))
          THEN (SELECT count(*) FROM approvals d WHERE d.ticket_id = t.id AND d.approver_id = ${viewer}) = 0
          ELSE false END
      ORDER BY t.number DESC LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}

async function visibleIds(db: Queryable, filter: TicketFilter): Promise<TicketId[]> {
  const { viewer, now, limit, seesEvery, id, box, before = null } = filter;
  const rows = await many(
    db,
    sql(IdRow)`
      WITH answers AS (
        SELECT system_id FROM system_owners WHERE person_id = ${viewer}
        UNION SELECT o.system_id FROM substitutes u JOIN system_owners o ON o.person_id = u.owner_id
          WHERE u.substitute_id = ${viewer} AND u.revoked_at IS NULL AND u.starts_at <= ${now} AND u.ends_at > ${now})
      SELECT t.id FROM tickets t
      WHERE (${id}::uuid IS NULL OR t.id = ${id}::uuid) AND (${before}::bigint IS NULL OR t.number < ${before}::bigint)
        AND (t.requester_id = ${viewer} OR (${box !== 'mine'}::boolean AND (${seesEvery}::boolean OR EXISTS (
          SELECT FROM ticket_systems s JOIN answers a ON a.system_id = s.system_id WHERE s.ticket_id = t.id))))
      ORDER BY t.number DESC LIMIT ${limit}`,
  );
  return rows.map((row) => row.id);
}

/** Everything that is shown of these tickets, newest first. */
async function readViews(db: Queryable, ids: readonly TicketId[]): Promise<TicketView[]> {
  const rows = await many(
    db,
    sql(ViewRow)`
      SELECT t.id, t.number, t.kind, t.state, t.details, t.refused_act_id, t.act_text, t.act_judgement, t.act_digest,
        t.purpose, t.client, t.destination, t.rows_max, t.bytes_max, t.scope, t.uses_max, t.uses, t.rows_used,
        t.bytes_used, t.not_before, t.not_after, t.lasts_seconds, t.decide_by, t.created_at, t.updated_at, t.review_by,
        t.lock_at, t.asked, json_build_object('id', p.id, 'name', p.name, 'employer', p.employer) AS requester,
        COALESCE((SELECT json_agg(json_build_object('id', s.id, 'name', s.name, 'titleEn', s.title_en, 'titleJa',
            s.title_ja, 'side', x.side) ORDER BY x.side = 'to', s.name)
          FROM ticket_systems x JOIN systems s ON s.id = x.system_id WHERE x.ticket_id = t.id), '[]') AS systems,
        COALESCE((SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'systemTitleEn', s.title_en,
            'systemTitleJa', s.title_ja) ORDER BY s.name, g.name)
          FROM targets g JOIN systems s ON s.id = g.system_id WHERE g.id = t.target_id
            OR g.id IN (SELECT o.target_id FROM ticket_targets o WHERE o.ticket_id = t.id)), '[]') AS targets,
        COALESCE((SELECT json_agg(json_build_object('kind', pa.kind, 'name', pa.name, 'dataClass', pa.data_class,
            'recordCount', pa.record_count) ORDER BY pa.kind, pa.name)
          FROM protected_assets pa JOIN targets g ON g.system_id = pa.system_id WHERE g.id = t.target_id AND EXISTS (
            SELECT FROM jsonb_array_elements(t.act_judgement -> 'findings') f WHERE f -> 'assets' ? pa.name)), '[]')
          AS assets,
        COALESCE((SELECT json_agg(json_build_object('approver', json_build_object('id', ap.id, 'name', ap.name),
            'decision', a.decision, 'as', a.capacity, 'reason', a.reason, 'decidedAt', a.decided_at)
            ORDER BY a.decided_at, a.id)
          FROM approvals a JOIN persons ap ON ap.id = a.approver_id WHERE a.ticket_id = t.id), '[]') AS approvals,
        COALESCE((SELECT json_agg(json_build_object('author', json_build_object('id', mp.id, 'name', mp.name),
            'kind', m.kind, 'text', m.text, 'writtenAt', m.written_at) ORDER BY m.written_at, m.id)
          FROM ticket_messages m JOIN persons mp ON mp.id = m.author_id WHERE m.ticket_id = t.id), '[]') AS messages,
        (SELECT json_build_object('reviewer', json_build_object('id', rp.id, 'name', rp.name), 'finding', w.finding,
            'reason', w.reason, 'reviewedAt', w.reviewed_at)
          FROM ticket_reviews w JOIN persons rp ON rp.id = w.reviewer_id WHERE w.ticket_id = t.id) AS review,
        (SELECT json_build_object('number', v.number, 'outcome', coalesce(e.outcome, 'open'), 'files', e.files,
            'bytes', e.bytes, 'manifest_sha256', encode(e.manifest_sha256, 'hex'))
          FROM parcels v LEFT JOIN parcel_ends e ON e.parcel_id = v.id WHERE v.ticket_id = t.id AND v.use = t.uses)
          AS parcel,
        r.session_id, r.redeemed_at, x.outcome, x.rows, x.bytes, x.sha256, x.exit_status, x.finished_at
      FROM tickets t
        JOIN persons p ON p.id = t.requester_id
        LEFT JOIN redemptions r ON r.ticket_id = t.id AND r.use = t.uses
        LEFT JOIN redemption_results x ON x.ticket_id = t.id AND x.use = t.uses
      WHERE t.id = ANY (${[...ids]}::uuid[])
      ORDER BY t.number DESC`,
  );
  return rows.map(toView);
}

/** How many tickets wait for this person. */
export async function countInbox(
  db: Queryable,
  viewer: PersonId,
  { secondLine, now }: { readonly secondLine: boolean; readonly now: Date },
): Promise<number> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ waiting: count }))`
      WITH answers AS (
        SELECT ARRAY(SELECT system_id FROM system_owners WHERE person_id = ${viewer}
          UNION SELECT o.system_id FROM substitutes u JOIN system_owners o ON o.person_id = u.owner_id
            WHERE u.substitute_id = ${viewer} AND u.revoked_at IS NULL AND u.starts_at <= ${now} AND u.ends_at > ${now})
          AS systems)
      SELECT count(*) AS waiting FROM (
          SELECT id, number, state, requester_id, second_line FROM tickets
          WHERE state = 'requested' AND decide_by > ${now}
          UNION ALL SELECT id, number, state, requester_id, second_line FROM tickets
          WHERE kind = 'emergency' AND state = 'review_due') t
      WHERE t.requester_id <> ${viewer}
        AND CASE WHEN (${secondLine}::boolean AND (t.second_line OR t.state = 'review_due'))
            OR (cardinality((SELECT systems FROM answers)) > 0
              AND (SELECT bool_or(s.system_id = ANY (a.systems)) FROM ticket_systems s, answers a WHERE s.ticket_id = t.id))
          THEN (SELECT count(*) FROM approvals d WHERE d.ticket_id = t.id AND d.approver_id = ${viewer}) = 0
          ELSE false END`,
  );
  return row?.waiting ?? 0;
}

const SessionTicketRow = z.strictObject({ id: ticketId, number: count });

/** The ticket a session redeemed last, else the one that let it in. */
export function ticketOfSession(
  db: Queryable,
  session: SessionId,
): Promise<{ readonly id: TicketId; readonly number: number } | undefined> {
  return maybeOne(
    db,
    sql(SessionTicketRow)`
      SELECT t.id, t.number FROM sessions w
        LEFT JOIN LATERAL (SELECT r.ticket_id FROM redemptions r WHERE r.session_id = w.id
          ORDER BY r.redeemed_at DESC LIMIT 1) used ON true
        JOIN tickets t ON t.id = coalesce(used.ticket_id, w.ticket_id)
      WHERE w.id = ${session}`,
  );
}
