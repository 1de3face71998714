import { z } from 'zod';
import { execute, many, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { Approver, PersonId, TicketId } from '../../policy/index.ts';
import { personId, ticketId, ticketState } from '../schemas.ts';

const nothing = z.never();

/** Emergencies of one person begin one after the other: the second waits here. */
export async function lockPersonForEmergency(tx: Transaction, person: PersonId): Promise<void> {
  const name = `emergency ${person}`;
  await execute(tx, sql(z.unknown())`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}

const UnreviewedRow = z
  .strictObject({ id: ticketId, lock_at: z.date() })
  .transform(({ id, lock_at }) => ({ id, lockAt: lock_at }));

/** What this person has not had reviewed. */
export function unreviewedEmergencies(db: Queryable, person: PersonId): Promise<z.output<typeof UnreviewedRow>[]> {
  return many(
    db,
    sql(UnreviewedRow)`
      SELECT id, lock_at FROM tickets
      WHERE requester_id = ${person} AND kind = 'emergency' AND state IN ('in_use', 'review_due')`,
  );
}

const OverdueRow = z
  .strictObject({ id: ticketId, requester_id: personId, state: ticketState, lock_at: z.date() })
  .transform(({ requester_id, lock_at, ...row }) => ({ ...row, requester: requester_id, lockAt: lock_at }));
export type OverdueReview = z.output<typeof OverdueRow>;

/** Locks what is overdue and was not told of yet; what another process works on is left to it. */
export function lockOverdueReviews(tx: Transaction, now: Date, limit: number): Promise<OverdueReview[]> {
  return many(
    tx,
    sql(OverdueRow)`
      SELECT id, requester_id, state, lock_at FROM tickets
      WHERE kind = 'emergency' AND state IN ('in_use', 'review_due')
        AND ((overdue = 0 AND review_by <= ${now}) OR (overdue < 2 AND lock_at <= ${now}))
      ORDER BY review_by LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
  );
}

export async function markOverdue(tx: Transaction, id: TicketId, overdue: 1 | 2): Promise<void> {
  await execute(tx, sql(nothing)`UPDATE tickets SET overdue = ${overdue} WHERE id = ${id}`);
}

export interface NewReview {
  readonly ticket: TicketId;
  readonly reviewer: PersonId;
  readonly finding: 'in_order' | 'deviation';
  readonly reason: string;
  readonly facts: Approver;
  readonly rules: string;
  readonly now: Date;
}

export async function insertReview(tx: Transaction, review: NewReview): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO ticket_reviews (ticket_id, reviewer_id, finding, reason, facts, rules, reviewed_at)
      VALUES (${review.ticket}, ${review.reviewer}, ${review.finding}, ${review.reason}, ${JSON.stringify(review.facts)},
        ${review.rules}, ${review.now})`,
  );
}
