/** The uses of a ticket, each begun and ended once. */
import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { SessionId, TicketId } from '../../policy/index.ts';
import type { RedemptionOutcome } from '../model.ts';
import { sessionId, ticketId } from '../schemas.ts';

const nothing = z.never();

export interface NewUse {
  readonly ticket: TicketId;
  /** From 1. */
  readonly use: number;
  readonly session: SessionId;
  /** The act as it was given: of a class each is another one. */
  readonly text: string;
  readonly now: Date;
}

export async function insertUse(tx: Transaction, { ticket, use, session, text, now }: NewUse): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO redemptions (ticket_id, use, session_id, act_text, redeemed_at)
      VALUES (${ticket}, ${use}, ${session}, ${text}, ${now})`,
  );
  await execute(tx, sql(nothing)`UPDATE tickets SET uses = ${use} WHERE id = ${ticket}`);
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

/** What left, kept with its use and taken off the ticket's budget. */
export async function insertResult(
  tx: Transaction,
  { ticket, use }: Pick<NewUse, 'ticket' | 'use'>,
  result: RedemptionResult,
  now: Date,
): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO redemption_results (ticket_id, use, outcome, rows, bytes, sha256, exit_status, finished_at)
      VALUES (${ticket}, ${use}, ${result.outcome}, ${result.rows}, ${result.bytes}, ${result.sha256},
        ${result.exitStatus}, ${now})`,
  );
  await execute(
    tx,
    sql(nothing)`
      UPDATE tickets SET rows_used = rows_used + ${result.rows}, bytes_used = bytes_used + ${result.bytes}
      WHERE id = ${ticket}`,
  );
}

/** The session of the ticket's last use. */
export async function redeemingSession(db: Queryable, ticket: TicketId): Promise<SessionId | undefined> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ session_id: sessionId }))`
      SELECT session_id FROM redemptions WHERE ticket_id = ${ticket} ORDER BY use DESC LIMIT 1`,
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
      FROM tickets t JOIN redemptions r ON r.ticket_id = t.id AND r.use = t.uses JOIN sessions s ON s.id = r.session_id
      WHERE t.state = 'in_use' AND t.kind = 'export' AND s.closed_at IS NOT NULL ORDER BY r.redeemed_at`,
  );
}
