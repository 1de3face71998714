/** Tickets as people see them: with names, approvals, the one use and its result. */
import { z } from 'zod';
import { many, maybeOne, type Queryable, sql } from '../../foundation/index.ts';
import type { PersonId, SessionId, TicketId } from '../../policy/index.ts';
import type { TicketView } from '../model.ts';
import {
  approvalDecision,
  assets,
  count,
  destination,
  hex,
  judgement,
  outcome,
  personId,
  refusedActId,
  sessionId,
  targetId,
  ticketId,
  ticketState,
} from '../schemas.ts';

const ApprovalJson = z.strictObject({
  approver: z.strictObject({ id: personId, name: z.string() }),
  decision: approvalDecision,
  reason: z.string(),
  decidedAt: z.coerce.date(),
});

const ViewRow = z.strictObject({
  id: ticketId,
  number: count,
  kind: z.literal('export'),
  state: ticketState,
  requester_id: personId,
  requester_name: z.string(),
  requester_employer: z.string(),
  target_id: targetId,
  target_name: z.string(),
  title_en: z.string(),
  title_ja: z.string(),
  refused_act_id: refusedActId,
  act_text: z.string(),
  act_judgement: judgement,
  act_digest: hex,
  purpose: z.string(),
  client: z.string(),
  destination,
  rows_max: count,
  bytes_max: count,
  not_before: z.date(),
  not_after: z.date(),
  decide_by: z.date(),
  created_at: z.date(),
  updated_at: z.date(),
  assets,
  approvals: z.array(ApprovalJson),
  session_id: sessionId.nullable(),
  redeemed_at: z.date().nullable(),
  outcome: outcome.nullable(),
  rows: count.nullable(),
  bytes: count.nullable(),
  sha256: hex.nullable(),
  exit_status: z.number().nullable(),
  finished_at: z.date().nullable(),
  parcel: z
    .strictObject({
      number: z.number(),
      outcome: z.enum(['open', 'sealed', 'discarded']),
      files: z.number().nullable(),
      bytes: z.number().nullable(),
      manifest_sha256: z.string().nullable(),
    })
    .nullable(),
});
type ViewRow = z.output<typeof ViewRow>;

/** Whose tickets: `mine` asked by the viewer, `inbox` the viewer can decide now, `all` everything the viewer may see. */
export type TicketBox = 'mine' | 'inbox' | 'all';

export interface TicketFilter {
  readonly viewer: PersonId;
  readonly seesEvery: boolean;
  readonly box: TicketBox;
  readonly id: TicketId | null;
  readonly limit: number;
  readonly now: Date;
}

/** What the viewer may see and nothing else: not-yours and not-there are the same empty answer. */
export async function selectTickets(db: Queryable, filter: TicketFilter): Promise<TicketView[]> {
  const { viewer, box } = filter;
  const rows = await many(
    db,
    sql(ViewRow)`
      SELECT t.id, t.number, t.kind, t.state, t.requester_id, p.name AS requester_name,
        p.employer AS requester_employer, t.target_id, g.name AS target_name, s.title_en, s.title_ja, t.refused_act_id,
        t.act_text, t.act_judgement, t.act_digest, t.purpose, t.client, t.destination, t.rows_max, t.bytes_max,
        t.not_before, t.not_after, t.decide_by, t.created_at, t.updated_at,
        COALESCE((SELECT json_agg(json_build_object('kind', pa.kind, 'name', pa.name, 'dataClass', pa.data_class,
            'recordCount', pa.record_count) ORDER BY pa.kind, pa.name)
          FROM protected_assets pa WHERE pa.system_id = s.id AND EXISTS (
            SELECT FROM jsonb_array_elements(t.act_judgement -> 'findings') f WHERE f -> 'assets' ? pa.name)), '[]')
          AS assets,
        COALESCE((SELECT json_agg(json_build_object('approver', json_build_object('id', ap.id, 'name', ap.name),
            'decision', a.decision, 'reason', a.reason, 'decidedAt', a.decided_at) ORDER BY a.decided_at, a.id)
          FROM approvals a JOIN persons ap ON ap.id = a.approver_id WHERE a.ticket_id = t.id), '[]') AS approvals,
        (SELECT json_build_object('number', v.number, 'outcome', coalesce(e.outcome, 'open'), 'files', e.files,
            'bytes', e.bytes, 'manifest_sha256', encode(e.manifest_sha256, 'hex'))
          FROM parcels v LEFT JOIN parcel_ends e ON e.parcel_id = v.id WHERE v.ticket_id = t.id) AS parcel,
        r.session_id, r.redeemed_at, x.outcome, x.rows, x.bytes, x.sha256, x.exit_status, x.finished_at
      FROM tickets t
        JOIN persons p ON p.id = t.requester_id
        JOIN targets g ON g.id = t.target_id
        JOIN systems s ON s.id = g.system_id
        LEFT JOIN redemptions r ON r.ticket_id = t.id
        LEFT JOIN redemption_results x ON x.ticket_id = t.id
        CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM system_owners o
          WHERE o.system_id = g.system_id AND o.person_id = ${viewer}) AS owned) own
      WHERE (${filter.id}::uuid IS NULL OR t.id = ${filter.id}::uuid)
        AND (t.requester_id = ${viewer} OR own.owned OR ${filter.seesEvery}::boolean)
        AND (${box} <> 'mine' OR t.requester_id = ${viewer})
        AND (${box} <> 'inbox' OR (own.owned AND t.requester_id <> ${viewer} AND t.state = 'requested'
          AND t.decide_by > ${filter.now}))
      ORDER BY t.number DESC LIMIT ${filter.limit}`,
  );
  return rows.map(toView);
}

/** How many tickets wait for this owner's decision. */
export async function countInbox(db: Queryable, viewer: PersonId, now: Date): Promise<number> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ waiting: count }))`
      SELECT count(*) AS waiting FROM tickets t JOIN targets g ON g.id = t.target_id
        JOIN system_owners o ON o.system_id = g.system_id AND o.person_id = ${viewer}
      WHERE t.state = 'requested' AND t.requester_id <> ${viewer} AND t.decide_by > ${now}`,
  );
  return row?.waiting ?? 0;
}

const SessionTicketRow = z.strictObject({ id: ticketId, number: count });

/** The ticket a session redeemed last. */
export function ticketOfSession(
  db: Queryable,
  session: SessionId,
): Promise<{ readonly id: TicketId; readonly number: number } | undefined> {
  return maybeOne(
    db,
    sql(SessionTicketRow)`
      SELECT t.id, t.number FROM redemptions r JOIN tickets t ON t.id = r.ticket_id
      WHERE r.session_id = ${session} ORDER BY r.redeemed_at DESC LIMIT 1`,
  );
}

function toView(row: ViewRow): TicketView {
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    state: row.state,
    requester: { id: row.requester_id, name: row.requester_name, employer: row.requester_employer },
    target: { id: row.target_id, name: row.target_name, systemTitleEn: row.title_en, systemTitleJa: row.title_ja },
    refusedActId: row.refused_act_id,
    actText: row.act_text,
    judgement: row.act_judgement,
    actDigest: row.act_digest,
    assets: row.assets,
    purpose: row.purpose,
    client: row.client,
    destination: row.destination,
    rowsMax: row.rows_max,
    bytesMax: row.bytes_max,
    notBefore: row.not_before,
    notAfter: row.not_after,
    decideBy: row.decide_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    approvals: row.approvals,
    redemption: redemptionOf(row),
    result: resultOf(row),
    parcel: parcelOf(row),
  };
}

function redemptionOf({ session_id, redeemed_at }: ViewRow): TicketView['redemption'] {
  return session_id === null || redeemed_at === null ? null : { sessionId: session_id, redeemedAt: redeemed_at };
}

function resultOf(row: ViewRow): TicketView['result'] {
  const { session_id, outcome: ended, rows, bytes, sha256, finished_at } = row;
  if (session_id === null || ended === null || rows === null) return null;
  if (bytes === null || sha256 === null || finished_at === null) return null;
  return {
    outcome: ended,
    rows,
    bytes,
    sha256,
    exitStatus: row.exit_status,
    finishedAt: finished_at,
    sessionId: session_id,
  };
}

function parcelOf({ parcel }: ViewRow): TicketView['parcel'] {
  if (parcel === null) return null;
  const { number, outcome, files, bytes, manifest_sha256: manifestSha256 } = parcel;
  const isSealed = outcome === 'sealed' && files !== null && bytes !== null && manifestSha256 !== null;
  return { number, outcome, sealed: isSealed ? { files, bytes, manifestSha256 } : null };
}
