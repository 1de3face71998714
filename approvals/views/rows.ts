/** How a row with everything that is shown of a ticket becomes the view of its kind. */
import { z } from 'zod';
import { invariant } from '../../foundation/index.ts';
import type { ExportView, TicketView, TicketViewOfAll } from '../model.ts';
import {
  accessDetails,
  approvalDecision,
  askedLimits,
  assets,
  count,
  destination,
  exportDetails,
  hex,
  judgement,
  messageKind,
  outcome,
  personId,
  refusedActId,
  sessionId,
  systemId,
  targetId,
  ticketId,
  ticketKind,
  ticketState,
  transferDetails,
} from '../schemas.ts';

const named = z.strictObject({ id: personId, name: z.string() });

const TargetJson = z.strictObject({
  id: targetId,
  name: z.string(),
  systemTitleEn: z.string(),
  systemTitleJa: z.string(),
});

export const ViewRow = z.strictObject({
  id: ticketId,
  number: count,
  kind: ticketKind,
  state: ticketState,
  requester: z.strictObject({ id: personId, name: z.string(), employer: z.string() }),
  systems: z.array(
    z.strictObject({
      id: systemId,
      name: z.string(),
      titleEn: z.string(),
      titleJa: z.string(),
      side: z.enum(['touched', 'from', 'to']),
    }),
  ),
  targets: z.array(TargetJson),
  details: z.record(z.string(), z.unknown()),
  refused_act_id: refusedActId.nullable(),
  act_text: z.string().nullable(),
  act_judgement: judgement.nullable(),
  act_digest: hex,
  purpose: z.string(),
  client: z.string(),
  destination: destination.nullable(),
  rows_max: count.nullable(),
  bytes_max: count.nullable(),
  scope: z.enum(['act', 'class']),
  uses_max: z.number(),
  uses: z.number(),
  rows_used: count,
  bytes_used: count,
  not_before: z.date(),
  not_after: z.date(),
  lasts_seconds: z.number().nullable(),
  decide_by: z.date(),
  created_at: z.date(),
  updated_at: z.date(),
  review_by: z.date().nullable(),
  lock_at: z.date().nullable(),
  asked: askedLimits.nullable(),
  assets,
  approvals: z.array(
    z.strictObject({
      approver: named,
      decision: approvalDecision,
      as: z.enum(['owner', 'second_line']),
      reason: z.string(),
      decidedAt: z.coerce.date(),
    }),
  ),
  messages: z.array(z.strictObject({ author: named, kind: messageKind, text: z.string(), writtenAt: z.coerce.date() })),
  review: z
    .strictObject({
      reviewer: named,
      finding: z.enum(['in_order', 'deviation']),
      reason: z.string(),
      reviewedAt: z.coerce.date(),
    })
    .nullable(),
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

export function toView(row: ViewRow): TicketView {
  const all = viewOfAll(row);
  switch (row.kind) {
    case 'export':
      return exportView(row, all);
    case 'access':
      return { ...all, kind: 'access', targets: row.targets, ...reportOf(row) };
    case 'transfer': {
      const { parcel, ...details } = transferDetails.parse(row.details);
      return { ...all, kind: 'transfer', ...details, parcelNumber: parcel };
    }
    case 'emergency': {
      const { review_by, lock_at, targets, review } = row;
      invariant(review_by !== null && lock_at !== null, 'tickets_review: an emergency has its dates');
      return { ...all, kind: 'emergency', targets, reviewBy: review_by, lockAt: lock_at, review };
    }
  }
}

const HOUR_MS = 3_600_000;
const ENDED: ReadonlySet<ViewRow['state']> = new Set(['used', 'revoked', 'expired']);

function reportOf(row: ViewRow) {
  const { workPlan, reportHours } = accessDetails.parse(row.details);
  const end = ENDED.has(row.state) ? row.updated_at : row.not_after;
  const reportBy = reportHours === null ? null : new Date(end.getTime() + reportHours * HOUR_MS);
  return { workPlan, reportHours, reportBy };
}

function viewOfAll(row: ViewRow): TicketViewOfAll {
  const { id, number, state, requester, systems, purpose, approvals, messages } = row;
  return {
    ...{ id, number, state, requester, systems, purpose, approvals, messages },
    actDigest: row.act_digest,
    notBefore: row.not_before,
    notAfter: row.not_after,
    lastsSeconds: row.lasts_seconds,
    decideBy: row.decide_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function exportView(row: ViewRow, all: TicketViewOfAll): ExportView {
  const { refused_act_id, act_text, act_judgement, rows_max, bytes_max, client, scope, uses } = row;
  const [target] = row.targets;
  invariant(
    refused_act_id !== null && act_text !== null && act_judgement !== null && row.destination !== null,
    'tickets_export_is_whole',
  );
  invariant(rows_max !== null && bytes_max !== null && target !== undefined, 'tickets_export_is_whole');
  return {
    ...all,
    kind: 'export',
    ...{ target, client, scope, uses, destination: row.destination, assets: row.assets },
    refusedActId: refused_act_id,
    actText: act_text,
    judgement: act_judgement,
    rowsMax: rows_max,
    bytesMax: bytes_max,
    usesMax: row.uses_max,
    asked: row.asked,
    rowsUsed: row.rows_used,
    bytesUsed: row.bytes_used,
    ...exportDetails.parse(row.details),
    redemption: redemptionOf(row),
    result: resultOf(row),
    parcel: parcelOf(row),
  };
}

function redemptionOf({ session_id, redeemed_at }: ViewRow): ExportView['redemption'] {
  return session_id === null || redeemed_at === null ? null : { sessionId: session_id, redeemedAt: redeemed_at };
}

function resultOf(row: ViewRow): ExportView['result'] {
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

function parcelOf({ parcel }: ViewRow): ExportView['parcel'] {
  if (parcel === null) return null;
  const { number, outcome, files, bytes, manifest_sha256: manifestSha256 } = parcel;
  const isSealed = outcome === 'sealed' && files !== null && bytes !== null && manifestSha256 !== null;
  return { number, outcome, sealed: isSealed ? { files, bytes, manifestSha256 } : null };
}
