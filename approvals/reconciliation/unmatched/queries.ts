/** The daily queue: sessions without a ticket where one is asked for, and tickets that nobody came with. */
import { z } from 'zod';
import { many, type Queryable, sql } from '../../../foundation/index.ts';
import { count, sessionId, ticketId } from '../../schemas.ts';
import type { ReportFilter } from '../queries.ts';

export interface Day {
  readonly from: Date;
  readonly until: Date;
}

const SessionRow = z.strictObject({
  ...{ id: sessionId, person: z.string(), target: z.string(), openedAt: z.date() },
});
const TicketRow = z.strictObject({
  ...{ id: ticketId, number: count, requester: z.string(), kind: z.enum(['export', 'access', 'emergency']) },
  notAfter: z.date(),
});
export type UnmatchedSession = z.output<typeof SessionRow>;
export type UnmatchedTicket = z.output<typeof TicketRow>;

type Viewer = Pick<ReportFilter, 'viewer' | 'seesEvery' | 'now' | 'limit'>;

/** Sessions that began that day on a system that asks for tickets, and name none: the rule came later, or was passed by. */
export function sessionsWithoutTicket(db: Queryable, day: Day, viewer: Viewer): Promise<UnmatchedSession[]> {
  return many(
    db,
    sql(SessionRow)`
      SELECT s.id, p.name AS person, g.name || '%' || y.name AS target, s.opened_at AS "openedAt"
      FROM sessions s JOIN persons p ON p.id = s.person_id JOIN targets g ON g.id = s.target_id
        JOIN systems y ON y.id = g.system_id
      WHERE s.opened_at >= ${day.from} AND s.opened_at < ${day.until} AND s.ticket_id IS NULL
        AND y.risk ->> 'tickets' = 'required'
        AND NOT EXISTS (SELECT FROM redemptions u WHERE u.session_id = s.id)
        AND (${viewer.seesEvery}::boolean OR EXISTS (
          SELECT FROM system_owners o WHERE o.system_id = y.id AND o.person_id = ${viewer.viewer}))
      ORDER BY s.opened_at, s.id LIMIT ${viewer.limit}`,
  );
}

/** Approved tickets whose time ended that day without a session or a use. */
export function ticketsWithoutSession(db: Queryable, day: Day, viewer: Viewer): Promise<UnmatchedTicket[]> {
  return many(
    db,
    sql(TicketRow)`
      SELECT t.id, t.number, p.name AS requester, t.kind, t.not_after AS "notAfter"
      FROM tickets t JOIN persons p ON p.id = t.requester_id
      WHERE t.not_after >= ${day.from} AND t.not_after < ${day.until} AND t.not_after <= ${viewer.now}
        AND t.kind <> 'transfer' AND t.uses = 0
        AND (t.kind = 'emergency' OR EXISTS (SELECT FROM approvals a WHERE a.ticket_id = t.id AND a.decision = 'approve'))
        AND t.state NOT IN ('rejected', 'withdrawn', 'revoked', 'requested', 'asked_back')
        AND NOT EXISTS (SELECT FROM sessions s WHERE s.ticket_id = t.id)
        AND (${viewer.seesEvery}::boolean OR EXISTS (
          SELECT FROM ticket_systems x JOIN system_owners o ON o.system_id = x.system_id
          WHERE x.ticket_id = t.id AND o.person_id = ${viewer.viewer}))
      ORDER BY t.not_after, t.id LIMIT ${viewer.limit}`,
  );
}
