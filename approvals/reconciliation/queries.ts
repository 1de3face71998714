import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, TicketId } from '../../policy/index.ts';
import { accessDetails, count, destination, exportDetails, hex, outcome, ticketId, ticketState } from '../schemas.ts';
import { type AskedFacts, COMPARED, type Comparison, type DoneFacts, RECONCILIATION_RULES, VERDICTS } from './model.ts';

const nothing = z.never();

const IdRow = z.strictObject({ id: ticketId });

/**
 * Tickets that are over, were used, whose sessions have all ended, whose work report, where one is asked for, is there or
 * overdue, and that nobody compared yet; each locked, and what
 * another process works on is left to it.
 */
export async function lockUncompared(tx: Transaction, now: Date, limit: number): Promise<TicketId[]> {
  const rows = await many(
    tx,
    sql(IdRow)`
      SELECT t.id FROM tickets t
      WHERE t.state IN ('used', 'aborted', 'revoked', 'expired', 'review_due', 'reviewed')
        AND NOT EXISTS (SELECT FROM reconciliations r WHERE r.ticket_id = t.id)
        AND (EXISTS (SELECT FROM sessions s WHERE s.ticket_id = t.id)
          OR EXISTS (SELECT FROM redemptions u WHERE u.ticket_id = t.id))
        AND NOT EXISTS (SELECT FROM sessions s WHERE s.ticket_id = t.id AND s.closed_at IS NULL)
        AND NOT EXISTS (SELECT FROM redemptions u JOIN sessions s ON s.id = u.session_id
          WHERE u.ticket_id = t.id AND s.closed_at IS NULL)
        AND t.kind <> 'transfer'
        AND (t.kind <> 'access' OR t.details ->> 'reportHours' IS NULL
          OR t.updated_at + make_interval(hours => (t.details ->> 'reportHours')::int) <= ${now}
          OR EXISTS (SELECT FROM ticket_messages m WHERE m.ticket_id = t.id AND m.kind = 'report'))
      ORDER BY t.updated_at LIMIT ${limit} FOR UPDATE OF t SKIP LOCKED`,
  );
  return rows.map(({ id }) => id);
}

const AskedRow = z
  .strictObject({
    kind: z.enum(['export', 'access', 'emergency']),
    state: ticketState,
    requester_id: z.custom<PersonId>((value) => typeof value === 'string'),
    not_before: z.date(),
    not_after: z.date(),
    targets: z.array(z.string()),
    act_digest: hex,
    scope: z.enum(['act', 'class']),
    uses_max: z.number(),
    rows_max: count.nullable(),
    bytes_max: count.nullable(),
    destination: destination.nullable(),
    details: z.unknown(),
  })
  .transform((row): AskedFacts & { readonly state: typeof row.state } => ({
    ...{ kind: row.kind, state: row.state, targets: row.targets },
    ...{ notBefore: row.not_before, notAfter: row.not_after },
    reportHours: row.kind === 'access' ? accessDetails.parse(row.details).reportHours : null,
    export:
      row.destination === null
        ? null
        : {
            ...{ actDigest: row.act_digest, scope: row.scope, usesMax: row.uses_max },
            ...{ rowsMax: row.rows_max ?? 0, bytesMax: row.bytes_max ?? 0, destination: row.destination },
            rowsExpected: exportDetails.parse(row.details).rowsExpected,
          },
  }));

export function readAsked(db: Queryable, id: TicketId) {
  return maybeOne(
    db,
    sql(AskedRow)`
      SELECT t.kind, t.state, t.requester_id, t.not_before, t.not_after, t.act_digest, t.scope, t.uses_max, t.rows_max,
        t.bytes_max, t.destination, t.details,
        ARRAY(SELECT g.name || '%' || s.name FROM targets g JOIN systems s ON s.id = g.system_id WHERE g.id = t.target_id
          OR g.id IN (SELECT o.target_id FROM ticket_targets o WHERE o.ticket_id = t.id) ORDER BY 1) AS targets
      FROM tickets t WHERE t.id = ${id}`,
  );
}

const at = z.coerce.date();
const DoneRow = z.strictObject({
  reports: count,
  sessions: z.array(
    z.strictObject({
      ...{ id: z.string(), target: z.string(), kind: z.string(), command: z.string().nullable() },
      ...{ openedAt: at, closedAt: at, leaf: count.nullable() },
    }),
  ),
  uses: z.array(
    z.strictObject({
      ...{ session: z.string(), redeemedAt: at, finishedAt: at.nullable(), outcome: outcome.nullable() },
      ...{ rows: count, bytes: count, exitStatus: z.number().nullable(), customers: count.nullable() },
      ...{ event: count.nullable(), actDigest: z.string().nullable() },
      parcel: z.strictObject({ outcome: z.enum(['open', 'sealed', 'discarded']), files: count }).nullable(),
    }),
  ),
  files: z.array(
    z.strictObject({
      ...{ session: z.string(), event: count, direction: z.enum(['upload', 'download']), bytes: count },
    }),
  ),
  refusals: z.array(z.strictObject({ session: z.string(), event: count, type: z.string() })),
});

/** What the database knows of what was done with a ticket: sessions, uses, and the events of those sessions. */
export function readDone(db: Queryable, id: TicketId, now: Date): Promise<DoneFacts | undefined> {
  return maybeOne(
    db,
    sql(DoneRow)`
      WITH held AS (
        SELECT s.* FROM sessions s WHERE s.ticket_id = ${id}
          OR s.id IN (SELECT u.session_id FROM redemptions u WHERE u.ticket_id = ${id}))
      SELECT (SELECT count(*) FROM ticket_messages m WHERE m.ticket_id = ${id} AND m.kind = 'report') AS reports,
        coalesce((SELECT json_agg(json_build_object('id', h.id, 'target', g.name || '%' || y.name, 'kind', h.kind,
            'command', h.command, 'openedAt', h.opened_at, 'closedAt', coalesce(h.closed_at, ${now}::timestamptz),
            'leaf', r.close_leaf) ORDER BY h.opened_at, h.id)
          FROM held h JOIN targets g ON g.id = h.target_id JOIN systems y ON y.id = g.system_id
            LEFT JOIN recordings r ON r.session_id = h.id), '[]') AS sessions,
        coalesce((SELECT json_agg(json_build_object('session', u.session_id, 'redeemedAt', u.redeemed_at,
            'finishedAt', x.finished_at, 'outcome', x.outcome, 'rows', coalesce(x.rows, 0), 'bytes', coalesce(x.bytes, 0),
            'exitStatus', x.exit_status, 'customers', (e.body ->> 'customers')::bigint, 'event', e.seq,
            'actDigest', b.body ->> 'actDigest',
            'parcel', CASE WHEN p.id IS NULL THEN NULL ELSE json_build_object('outcome', coalesce(d.outcome, 'open'),
              'files', coalesce(d.files, 0)) END) ORDER BY u.use)
          FROM redemptions u
            LEFT JOIN redemption_results x ON x.ticket_id = u.ticket_id AND x.use = u.use
            LEFT JOIN audit_events e ON e.ticket_id = u.ticket_id AND e.type = 'ticket.completed'
              AND coalesce((e.body ->> 'use')::integer, 1) = u.use
            LEFT JOIN audit_events b ON b.ticket_id = u.ticket_id AND b.type = 'ticket.redeemed'
              AND coalesce((b.body ->> 'use')::integer, 1) = u.use
            LEFT JOIN parcels p ON p.ticket_id = u.ticket_id AND p.use = u.use
            LEFT JOIN parcel_ends d ON d.parcel_id = p.id
          WHERE u.ticket_id = ${id}), '[]') AS uses,
        coalesce((SELECT json_agg(json_build_object('session', a.session_id, 'event', a.seq,
            'direction', a.body ->> 'direction', 'bytes', (a.body ->> 'bytes')::bigint) ORDER BY a.seq)
          FROM audit_events a WHERE a.session_id IN (SELECT h.id FROM held h) AND a.type = 'file.transferred'), '[]')
          AS files,
        coalesce((SELECT json_agg(json_build_object('session', a.session_id, 'event', a.seq, 'type', a.type)
            ORDER BY a.seq)
          FROM audit_events a WHERE a.session_id IN (SELECT h.id FROM held h)
            AND a.type IN ('act.refused', 'file.refused', 'budget.exceeded', 'output.refused')), '[]') AS refusals`,
  );
}

/** @returns whether it was the first report of this ticket. */
export async function insertReport(
  tx: Transaction,
  ticket: TicketId,
  { verdict, lines }: Comparison,
  now: Date,
): Promise<boolean> {
  const written = await execute(
    tx,
    sql(nothing)`
      INSERT INTO reconciliations (ticket_id, verdict, lines, rules, made_at)
      VALUES (${ticket}, ${verdict}, ${JSON.stringify(lines)}, ${RECONCILIATION_RULES}, ${now})
      ON CONFLICT (ticket_id) DO NOTHING`,
  );
  return written === 1;
}

const verdict = z.enum(VERDICTS);
const Lines = z.array(
  z.strictObject({
    ...{ what: z.enum(COMPARED), verdict },
    ...{ asked: z.array(z.union([z.string(), z.number()])), done: z.array(z.union([z.string(), z.number()])) },
    evidence: z.array(
      z.strictObject({ session: z.string().optional(), event: z.number().optional(), leaf: z.number().optional() }),
    ),
  }),
);
const ReportRow = z
  .strictObject({
    ticket_id: ticketId,
    number: count,
    kind: z.enum(['export', 'access', 'emergency']),
    requester: z.string(),
    verdict,
    lines: Lines,
    rules: z.string(),
    made_at: z.date(),
  })
  .transform(({ ticket_id, made_at, ...row }) => ({ ...row, ticket: ticket_id, madeAt: made_at }));
export type ReconciliationReport = z.output<typeof ReportRow>;

export interface ReportFilter {
  readonly viewer: PersonId;
  readonly seesEvery: boolean;
  readonly now: Date;
  readonly ticket: TicketId | null;
  readonly limit: number;
}

/** Reports the viewer may see, deviations first and the newest of each first; not-yours and not-there are the same. */
export function selectReports(db: Queryable, filter: ReportFilter): Promise<ReconciliationReport[]> {
  const { viewer, seesEvery, now, ticket, limit } = filter;
  return many(
    db,
    sql(ReportRow)`
      WITH answers AS (
        SELECT system_id FROM system_owners WHERE person_id = ${viewer}
        UNION SELECT o.system_id FROM substitutes u JOIN system_owners o ON o.person_id = u.owner_id
          WHERE u.substitute_id = ${viewer} AND u.revoked_at IS NULL AND u.starts_at <= ${now} AND u.ends_at > ${now})
      SELECT r.ticket_id, t.number, t.kind, p.name AS requester, r.verdict, r.lines, r.rules, r.made_at
      FROM reconciliations r JOIN tickets t ON t.id = r.ticket_id JOIN persons p ON p.id = t.requester_id
      WHERE (${ticket}::uuid IS NULL OR r.ticket_id = ${ticket}::uuid)
        AND (t.requester_id = ${viewer} OR ${seesEvery}::boolean OR EXISTS (
          SELECT FROM ticket_systems s JOIN answers a ON a.system_id = s.system_id WHERE s.ticket_id = t.id))
      ORDER BY array_position(ARRAY['deviation', 'unexplained', 'match'], r.verdict), r.made_at DESC, t.number DESC
      LIMIT ${limit}`,
  );
}
