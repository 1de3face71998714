import { z } from 'zod';
import { execute, many, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, TicketId } from '../../policy/index.ts';
import { personId, ticketId, ticketState } from '../schemas.ts';
import { type LadderStep, STEPS } from './next-step.ts';

const nothing = z.never();

const WaitingRow = z.strictObject({
  id: ticketId,
  state: ticketState,
  since: z.date(),
  phase: z.enum(['decision', 'answer', 'report', 'review']),
  told: z.array(z.enum(STEPS)),
  systems: z.array(z.string()),
});
export type WaitingTicket = z.output<typeof WaitingRow>;

/**
 * Locks the tickets after `after` that wait for somebody (of work that is over: for a report that is overdue), with what was told already; one another process works on is
 * left to it. What nobody may decide any more waits for nobody.
 */
export function lockWaiting(
  tx: Transaction,
  after: TicketId | null,
  now: Date,
  limit: number,
): Promise<WaitingTicket[]> {
  return many(
    tx,
    sql(WaitingRow)`
      WITH waiting AS (
        SELECT t.id, t.state,
          CASE WHEN t.kind = 'access' AND t.state IN ('used', 'revoked')
            THEN t.updated_at + make_interval(hours => (t.details ->> 'reportHours')::int) ELSE t.updated_at END AS since,
          CASE WHEN t.state = 'requested' THEN 'decision' WHEN t.state = 'asked_back' THEN 'answer'
            WHEN EXISTS (SELECT FROM ticket_messages m WHERE m.ticket_id = t.id AND m.kind = 'report') THEN 'review'
            ELSE 'report' END AS phase
        FROM tickets t
        WHERE (${after}::uuid IS NULL OR t.id > ${after}::uuid)
          AND ((t.state IN ('requested', 'asked_back') AND t.decide_by > ${now}) OR t.state = 'review_due'
            OR (t.kind = 'access' AND t.state IN ('used', 'revoked') AND t.details ->> 'reportHours' IS NOT NULL
              AND t.updated_at + make_interval(hours => (t.details ->> 'reportHours')::int) <= ${now}
              AND EXISTS (SELECT FROM sessions w WHERE w.ticket_id = t.id)
              AND NOT EXISTS (SELECT FROM ticket_messages m WHERE m.ticket_id = t.id AND m.kind = 'report')))
        ORDER BY t.id LIMIT ${limit} FOR UPDATE OF t SKIP LOCKED)
      SELECT w.*,
        ARRAY(SELECT r.step FROM ticket_reminders r WHERE r.ticket_id = w.id AND r.phase = w.phase AND r.since = w.since)
          AS told,
        ARRAY(SELECT s.name FROM ticket_systems x JOIN systems s ON s.id = x.system_id WHERE x.ticket_id = w.id ORDER BY 1)
          AS systems
      FROM waiting w ORDER BY w.id`,
  );
}

/** @returns whether it was not told before. */
export async function insertReminder(
  tx: Transaction,
  { id, phase, since }: Pick<WaitingTicket, 'id' | 'phase' | 'since'>,
  step: LadderStep,
  now: Date,
): Promise<boolean> {
  const written = await execute(
    tx,
    sql(nothing)`
      INSERT INTO ticket_reminders (ticket_id, phase, since, step, told_at)
      VALUES (${id}, ${phase}, ${since}, ${step}, ${now}) ON CONFLICT DO NOTHING`,
  );
  return written === 1;
}

const PersonRow = z.strictObject({ id: personId });

/** Who acts now for an owner of a system the ticket touches, chosen before it was asked for; never who asked. */
export async function activeSubstitutes(db: Queryable, ticket: TicketId, now: Date): Promise<PersonId[]> {
  const rows = await many(
    db,
    sql(PersonRow)`
      SELECT DISTINCT u.substitute_id AS id
      FROM tickets t JOIN ticket_systems x ON x.ticket_id = t.id JOIN system_owners o ON o.system_id = x.system_id
        JOIN substitutes u ON u.owner_id = o.person_id
      WHERE t.id = ${ticket} AND u.revoked_at IS NULL AND u.starts_at <= ${now} AND u.ends_at > ${now}
        AND u.created_at <= t.created_at AND u.owner_id <> t.requester_id AND u.substitute_id <> t.requester_id
      ORDER BY 1`,
  );
  return rows.map(({ id }) => id);
}
