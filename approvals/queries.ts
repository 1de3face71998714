/** Tickets as the steps see them. */
import { z } from 'zod';
import { execute, GatewayError, many, maybeOne, type Queryable, sql, type Transaction } from '../foundation/index.ts';
import type { AllowedLimits } from './model.ts';
import type { PersonId, TargetId, TicketId, TicketState } from '../policy/index.ts';
import {
  askedLimits,
  count,
  destination,
  hex,
  judgement,
  personId,
  targetId,
  ticketId,
  ticketKind,
  ticketState,
} from './schemas.ts';

const nothing = z.never();

const IdRow = z.strictObject({ id: ticketId });

/** What a step needs to know of a ticket. */
const TicketRow = z
  .strictObject({
    id: ticketId,
    number: count,
    kind: ticketKind,
    state: ticketState,
    requester_id: personId,
    target_id: targetId.nullable(),
    act_digest: hex,
    class_digest: hex.nullable(),
    scope: z.enum(['act', 'class']),
    uses_max: z.number(),
    uses: z.number(),
    rows_max: count.nullable(),
    rows_used: count,
    bytes_max: count.nullable(),
    bytes_used: count,
    not_before: z.date(),
    not_after: z.date(),
    lasts_seconds: z.number().nullable(),
    decide_by: z.date(),
    destination: destination.nullable(),
    act_judgement: judgement.nullable(),
    created_at: z.date(),
    asked: askedLimits.nullable(),
    report_hours: z.number().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    number: row.number,
    kind: row.kind,
    state: row.state,
    requester: row.requester_id,
    /** Of an export; null for the other kinds. */
    target: row.target_id,
    actDigest: row.act_digest,
    actClass: row.class_digest,
    budget: {
      usesMax: row.uses_max,
      uses: row.uses,
      rowsMax: row.rows_max ?? 0,
      rowsUsed: row.rows_used,
      bytesMax: row.bytes_max ?? 0,
      bytesUsed: row.bytes_used,
    },
    notBefore: row.not_before,
    notAfter: row.not_after,
    lastsSeconds: row.lasts_seconds,
    /** Of work: when its report is due after its end; null: none is asked for. */
    reportHours: row.report_hours,
    decideBy: row.decide_by,
    destination: row.destination,
    judgement: row.act_judgement,
    createdAt: row.created_at,
    /** Rows that were asked for, however few were allowed since: they say whose yes it needs. */
    rowsAsked: row.asked?.rowsMax ?? row.rows_max,
  }));
export type Ticket = z.output<typeof TicketRow>;

/** The ticket as it is now, unlocked: for showing only. */
export function readTicket(db: Queryable, id: TicketId): Promise<Ticket | undefined> {
  return maybeOne(
    db,
    sql(TicketRow)`
      SELECT id, number, kind, state, requester_id, target_id, act_digest, class_digest, scope, uses_max, uses, rows_max,
        rows_used, bytes_max, bytes_used, not_before, not_after, lasts_seconds, decide_by, destination, act_judgement,
        created_at, asked, CASE WHEN kind = 'access' THEN (details ->> 'reportHours')::int END AS report_hours
      FROM tickets WHERE id = ${id}`,
  );
}

/** Locks the ticket until the transaction ends, so that two steps never see the same state. */
export function lockTicket(tx: Transaction, id: TicketId): Promise<Ticket | undefined> {
  return maybeOne(
    tx,
    sql(TicketRow)`
      SELECT id, number, kind, state, requester_id, target_id, act_digest, class_digest, scope, uses_max, uses, rows_max,
        rows_used, bytes_max, bytes_used, not_before, not_after, lasts_seconds, decide_by, destination, act_judgement,
        created_at, asked, CASE WHEN kind = 'access' THEN (details ->> 'reportHours')::int END AS report_hours
      FROM tickets WHERE id = ${id} FOR UPDATE`,
  );
}

export interface ActAsked {
  readonly personId: PersonId;
  readonly targetId: TargetId;
  readonly digest: string;
  /** The class of the act; undefined where it has none. */
  readonly actClass: string | undefined;
}

/**
 * Locks the approved tickets of this very act, or of its class; the one that ends first is first. One that was just
 * redeemed is no longer among them, and is not held: who comes too late must not make the next one wait.
 */
export function lockApprovedTickets(tx: Transaction, act: ActAsked): Promise<Ticket[]> {
  const actClass = act.actClass === undefined ? null : Buffer.from(act.actClass, 'hex');
  return many(
    tx,
    sql(TicketRow)`
      SELECT id, number, kind, state, requester_id, target_id, act_digest, class_digest, scope, uses_max, uses, rows_max,
        rows_used, bytes_max, bytes_used, not_before, not_after, lasts_seconds, decide_by, destination, act_judgement,
        created_at, asked, CASE WHEN kind = 'access' THEN (details ->> 'reportHours')::int END AS report_hours
      FROM tickets
      WHERE requester_id = ${act.personId} AND target_id = ${act.targetId} AND state = 'approved'
        AND (act_digest = ${Buffer.from(act.digest, 'hex')} OR (scope = 'class' AND class_digest = ${actClass}))
      ORDER BY not_after, id FOR UPDATE`,
  );
}

/** The newest ticket of this act in any state: it tells best why there is none to use. */
export async function newestTicket(tx: Transaction, act: ActAsked): Promise<Ticket | undefined> {
  const row = await maybeOne(
    tx,
    sql(IdRow)`
      SELECT id FROM tickets
      WHERE requester_id = ${act.personId} AND target_id = ${act.targetId}
        AND act_digest = ${Buffer.from(act.digest, 'hex')}
      ORDER BY number DESC LIMIT 1`,
  );
  return row === undefined ? undefined : readTicket(tx, row.id);
}

/** Locks open tickets whose time is over; those another process works on are left to it. */
export function lockOverdueTickets(tx: Transaction, now: Date, limit: number): Promise<Ticket[]> {
  return many(
    tx,
    sql(TicketRow)`
      SELECT id, number, kind, state, requester_id, target_id, act_digest, class_digest, scope, uses_max, uses, rows_max,
        rows_used, bytes_max, bytes_used, not_before, not_after, lasts_seconds, decide_by, destination, act_judgement,
        created_at, asked, CASE WHEN kind = 'access' THEN (details ->> 'reportHours')::int END AS report_hours
      FROM tickets
      WHERE (state IN ('requested', 'asked_back') AND decide_by <= ${now}) OR (state = 'approved' AND not_after <= ${now})
        OR (state = 'in_use' AND kind IN ('access', 'emergency') AND not_after <= ${now})
      ORDER BY number LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
  );
}

const Version = z.strictObject({ version: z.string() });

/** Another after every step: the time of the last, and how many decisions and messages there are. */
export async function ticketVersion(db: Queryable, id: TicketId): Promise<string | undefined> {
  const found = await maybeOne(
    db,
    sql(Version)`
      SELECT (extract(epoch FROM t.updated_at) * 1000)::bigint || '.'
        || (SELECT count(*) FROM approvals a WHERE a.ticket_id = t.id) || '.'
        || (SELECT count(*) FROM ticket_messages m WHERE m.ticket_id = t.id) AS version
      FROM tickets t WHERE t.id = ${id}`,
  );
  return found?.version;
}

/** @throws {GatewayError} `ticket_conflict` when the ticket is no longer in `from`. */
export async function moveTicket(
  tx: Transaction,
  id: TicketId,
  states: { readonly from: TicketState; readonly to: TicketState },
  now: Date,
): Promise<void> {
  const moved = await execute(
    tx,
    sql(nothing)`
      UPDATE tickets SET state = ${states.to}, updated_at = ${now} WHERE id = ${id} AND state = ${states.from}`,
  );
  if (moved !== 1) throw new GatewayError('ticket_conflict');
}

/** Lowers what a waiting ticket allows; what was asked for is kept, and the database refuses any raise. */
export async function narrowTicket(tx: Transaction, id: TicketId, limits: AllowedLimits, now: Date): Promise<void> {
  const { rowsMax, bytesMax, usesMax, notAfter, lastsSeconds } = limits;
  const moved = await execute(
    tx,
    sql(nothing)`
      UPDATE tickets SET updated_at = ${now}, rows_max = ${rowsMax}, bytes_max = ${bytesMax}, uses_max = ${usesMax},
        not_after = ${notAfter}, lasts_seconds = ${lastsSeconds},
        asked = coalesce(asked, jsonb_build_object('rowsMax', rows_max, 'bytesMax', bytes_max, 'usesMax', uses_max,
          'notAfter', not_after, 'lastsSeconds', lasts_seconds))
      WHERE id = ${id} AND state = 'requested'`,
  );
  if (moved !== 1) throw new GatewayError('ticket_conflict');
}

/** Sets the window of a ticket that lasts from its approval. */
export async function openWindow(tx: Transaction, { id, lastsSeconds }: Ticket, now: Date): Promise<void> {
  const until = new Date(now.getTime() + (lastsSeconds ?? 0) * 1_000);
  const moved = await execute(
    tx,
    sql(nothing)`
      UPDATE tickets SET state = 'approved', updated_at = ${now}, not_before = ${now}, not_after = ${until}
      WHERE id = ${id} AND state = 'requested'`,
  );
  if (moved !== 1) throw new GatewayError('ticket_conflict');
}
