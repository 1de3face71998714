/** Reading and writing tickets, approvals and redemptions. */
import { z } from 'zod';
import { execute, GatewayError, many, maybeOne, type Queryable, sql, type Transaction } from '../foundation/index.ts';
import type { PersonId, SessionId, TargetId, TicketId, TicketState } from '../policy/index.ts';
import type { ApprovalDecision, ExportRequest, RefusedAct, RedemptionOutcome } from './model.ts';
import type { Destination } from './vault/model.ts';
import { count, destination, hex, personId, sessionId, systemId, targetId, ticketId, ticketState } from './schemas.ts';

const nothing = z.never();

/** What a step needs to know of a ticket. */
const TicketRow = z
  .strictObject({
    id: ticketId,
    number: count,
    state: ticketState,
    requester_id: personId,
    target_id: targetId,
    system_id: systemId,
    act_digest: hex,
    rows_max: count,
    bytes_max: count,
    not_before: z.date(),
    not_after: z.date(),
    decide_by: z.date(),
    destination,
  })
  .transform((row) => ({
    id: row.id,
    number: row.number,
    state: row.state,
    requester: row.requester_id,
    target: row.target_id,
    system: row.system_id,
    actDigest: row.act_digest,
    rowsMax: row.rows_max,
    bytesMax: row.bytes_max,
    notBefore: row.not_before,
    notAfter: row.not_after,
    decideBy: row.decide_by,
    destination: row.destination,
  }));
export type Ticket = z.output<typeof TicketRow>;

/** The ticket as it is now, unlocked: for showing only. */
export function readTicket(db: Queryable, id: TicketId): Promise<Ticket | undefined> {
  return maybeOne(
    db,
    sql(TicketRow)`
      SELECT t.id, t.number, t.state, t.requester_id, t.target_id, g.system_id, t.act_digest, t.rows_max, t.bytes_max,
        t.not_before, t.not_after, t.decide_by, t.destination
      FROM tickets t JOIN targets g ON g.id = t.target_id WHERE t.id = ${id}`,
  );
}

/** Locks the ticket until the transaction ends, so that two steps never see the same state. */
export function lockTicket(tx: Transaction, id: TicketId): Promise<Ticket | undefined> {
  return maybeOne(
    tx,
    sql(TicketRow)`
      SELECT t.id, t.number, t.state, t.requester_id, t.target_id, g.system_id, t.act_digest, t.rows_max, t.bytes_max,
        t.not_before, t.not_after, t.decide_by, t.destination
      FROM tickets t JOIN targets g ON g.id = t.target_id WHERE t.id = ${id} FOR UPDATE OF t`,
  );
}

/** Locks the approved tickets of this very act; one that another transaction just redeemed is no longer among them. */
export function lockApprovedTickets(
  tx: Transaction,
  act: { readonly personId: PersonId; readonly targetId: TargetId; readonly digest: string },
): Promise<Ticket[]> {
  return many(
    tx,
    sql(TicketRow)`
      SELECT t.id, t.number, t.state, t.requester_id, t.target_id, g.system_id, t.act_digest, t.rows_max, t.bytes_max,
        t.not_before, t.not_after, t.decide_by, t.destination
      FROM tickets t JOIN targets g ON g.id = t.target_id
      WHERE t.requester_id = ${act.personId} AND t.target_id = ${act.targetId}
        AND t.act_digest = ${Buffer.from(act.digest, 'hex')} AND t.state = 'approved'
      ORDER BY t.not_after, t.id FOR UPDATE OF t`,
  );
}

/** The newest ticket of this act in any state: it tells best why there is none to use. */
export function newestTicket(
  tx: Transaction,
  act: { readonly personId: PersonId; readonly targetId: TargetId; readonly digest: string },
): Promise<Ticket | undefined> {
  return maybeOne(
    tx,
    sql(TicketRow)`
      SELECT t.id, t.number, t.state, t.requester_id, t.target_id, g.system_id, t.act_digest, t.rows_max, t.bytes_max,
        t.not_before, t.not_after, t.decide_by, t.destination
      FROM tickets t JOIN targets g ON g.id = t.target_id
      WHERE t.requester_id = ${act.personId} AND t.target_id = ${act.targetId}
        AND t.act_digest = ${Buffer.from(act.digest, 'hex')}
      ORDER BY t.number DESC LIMIT 1`,
  );
}

/** Locks open tickets whose time is over; those another process works on are left to it. */
export function lockOverdueTickets(tx: Transaction, now: Date, limit: number): Promise<Ticket[]> {
  return many(
    tx,
    sql(TicketRow)`
      SELECT t.id, t.number, t.state, t.requester_id, t.target_id, g.system_id, t.act_digest, t.rows_max, t.bytes_max,
        t.not_before, t.not_after, t.decide_by, t.destination
      FROM tickets t JOIN targets g ON g.id = t.target_id
      WHERE (t.state = 'requested' AND t.decide_by <= ${now}) OR (t.state = 'approved' AND t.not_after <= ${now})
      ORDER BY t.number LIMIT ${limit} FOR UPDATE OF t SKIP LOCKED`,
  );
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

export interface NewTicket {
  readonly id: TicketId;
  readonly requester: PersonId;
  readonly act: RefusedAct;
  readonly asked: ExportRequest & { readonly destination: Destination };
  readonly decideBy: Date;
  readonly now: Date;
}

export async function insertTicket(
  tx: Transaction,
  { id, requester, act, asked, decideBy, now }: NewTicket,
): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO tickets (id, kind, state, requester_id, target_id, refused_act_id, act_text, act_judgement, act_digest,
        purpose, client, destination, rows_max, bytes_max, not_before, not_after, decide_by, created_at, updated_at)
      VALUES (${id}, 'export', 'requested', ${requester}, ${act.target.id}, ${act.id}, ${act.text},
        ${JSON.stringify(act.judgement)}, ${Buffer.from(act.judgement.digest, 'hex')}, ${asked.purpose}, ${asked.client},
        ${asked.destination}, ${asked.rowsMax}, ${asked.bytesMax}, ${asked.notBefore}, ${asked.notAfter}, ${decideBy}, ${now}, ${now})`,
  );
}

export interface NewApproval {
  readonly id: string;
  readonly ticket: TicketId;
  readonly approver: PersonId;
  readonly decision: ApprovalDecision;
  readonly reason: string;
  readonly actDigest: string;
  readonly now: Date;
}

export async function insertApproval(tx: Transaction, approval: NewApproval): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO approvals (id, ticket_id, approver_id, decision, reason, act_digest, decided_at)
      VALUES (${approval.id}, ${approval.ticket}, ${approval.approver}, ${approval.decision}, ${approval.reason},
        ${Buffer.from(approval.actDigest, 'hex')}, ${approval.now})`,
  );
}

export async function insertRedemption(
  tx: Transaction,
  ticket: TicketId,
  session: SessionId,
  now: Date,
): Promise<void> {
  await execute(
    tx,
    sql(nothing)`INSERT INTO redemptions (ticket_id, session_id, redeemed_at) VALUES (${ticket}, ${session}, ${now})`,
  );
}

export interface RedemptionResult {
  readonly outcome: RedemptionOutcome;
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the bytes that left, 32 bytes. */
  readonly sha256: Buffer;
  readonly exitStatus: number | null;
  /** Different customers found in it; left out: nobody counted. */
  readonly customers?: number;
}

export async function insertResult(
  tx: Transaction,
  ticket: TicketId,
  result: RedemptionResult,
  now: Date,
): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO redemption_results (ticket_id, outcome, rows, bytes, sha256, exit_status, finished_at)
      VALUES (${ticket}, ${result.outcome}, ${result.rows}, ${result.bytes}, ${result.sha256}, ${result.exitStatus}, ${now})`,
  );
}

/** The session that redeemed the ticket. */
export async function redeemingSession(db: Queryable, ticket: TicketId): Promise<SessionId | undefined> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ session_id: sessionId }))`SELECT session_id FROM redemptions WHERE ticket_id = ${ticket}`,
  );
  return row?.session_id;
}

const InterruptedRow = z
  .strictObject({ ticket_id: ticketId, session_id: sessionId, redeemed_at: z.date() })
  .transform((row) => ({ ticket: row.ticket_id, session: row.session_id, redeemedAt: row.redeemed_at }));

/** Tickets whose use was cut off: still in use although their session has ended. */
export function interruptedRedemptions(db: Queryable): Promise<z.output<typeof InterruptedRow>[]> {
  return many(
    db,
    sql(InterruptedRow)`
      SELECT r.ticket_id, r.session_id, r.redeemed_at
      FROM tickets t JOIN redemptions r ON r.ticket_id = t.id JOIN sessions s ON s.id = r.session_id
      WHERE t.state = 'in_use' AND s.closed_at IS NOT NULL ORDER BY r.redeemed_at`,
  );
}

/** Everybody who has decided on this ticket. */
export async function deciders(db: Queryable, ticket: TicketId): Promise<PersonId[]> {
  const rows = await many(
    db,
    sql(z.strictObject({ approver_id: personId }))`SELECT approver_id FROM approvals WHERE ticket_id = ${ticket}`,
  );
  return rows.map((row) => row.approver_id);
}

/** How many tickets of this person still wait for a decision. */
export async function countRequested(db: Queryable, requester: PersonId): Promise<number> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ open: count }))`
      SELECT count(*) AS open FROM tickets WHERE requester_id = ${requester} AND state = 'requested'`,
  );
  return row?.open ?? 0;
}
