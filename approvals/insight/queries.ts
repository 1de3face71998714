import { z } from 'zod';
import { many, one, type Queryable, sql } from '../../foundation/index.ts';
import type { PersonId, TicketId } from '../../policy/index.ts';
import { count, ticketId, ticketState } from '../schemas.ts';

const HistoryRow = z
  .strictObject({
    used: z.number(),
    rejected: z.number(),
    aborted: z.number(),
    emergencies: z.number(),
    rows_left: count,
    contract_ends_at: z.date().nullable(),
  })
  .transform(({ rows_left, contract_ends_at, ...row }) => ({
    ...row,
    rowsLeft: rows_left,
    contractEndsAt: contract_ends_at,
  }));
/** Of the requester, but for this ticket: how their tickets ended, and how many rows left by them in all. */
export type PersonHistory = z.output<typeof HistoryRow>;

export function personHistory(db: Queryable, person: PersonId, but: TicketId): Promise<PersonHistory> {
  return one(
    db,
    sql(HistoryRow)`
      SELECT count(t.id) FILTER (WHERE t.state IN ('used', 'reviewed'))::integer AS used,
        count(t.id) FILTER (WHERE t.state IN ('rejected', 'revoked'))::integer AS rejected,
        count(t.id) FILTER (WHERE t.state = 'aborted')::integer AS aborted,
        count(t.id) FILTER (WHERE t.kind = 'emergency')::integer AS emergencies,
        coalesce(sum(t.rows_used), 0) AS rows_left, p.contract_ends_at
      FROM persons p LEFT JOIN tickets t ON t.requester_id = p.id AND t.id <> ${but}
      WHERE p.id = ${person} GROUP BY p.id`,
  );
}

const SimilarRow = z
  .strictObject({
    id: ticketId,
    number: count,
    state: ticketState,
    requester_name: z.string(),
    same_act: z.boolean(),
    created_at: z.date(),
    rows_used: count,
    purpose: z.string(),
    client: z.string().nullable(),
    destination: z.string().nullable(),
    rows_max: count.nullable(),
    bytes_max: count.nullable(),
  })
  .transform(({ requester_name, same_act, created_at, rows_used, rows_max, bytes_max, ...row }) => ({
    ...row,
    requesterName: requester_name,
    sameAct: same_act,
    createdAt: created_at,
    rowsMax: rows_max,
    bytesMax: bytes_max,
    rowsUsed: rows_used,
  }));
export type SimilarTicket = z.output<typeof SimilarRow>;

/** Earlier tickets of the same act or class on the same target; of the other kinds, for the same targets. */
export function similarTickets(db: Queryable, ticket: TicketId, limit: number): Promise<SimilarTicket[]> {
  return many(
    db,
    sql(SimilarRow)`
      SELECT t.id, t.number, t.state, p.name AS requester_name, t.act_digest = a.act_digest AS same_act, t.created_at,
        t.rows_used, t.purpose, t.client, t.destination, t.rows_max, t.bytes_max
      FROM tickets a
        JOIN tickets t ON t.kind = a.kind AND t.number < a.number AND CASE a.kind
          WHEN 'export' THEN t.target_id = a.target_id AND (t.act_digest = a.act_digest OR t.class_digest = a.class_digest)
          ELSE EXISTS (SELECT FROM ticket_systems x JOIN ticket_systems y ON y.system_id = x.system_id
            WHERE x.ticket_id = a.id AND y.ticket_id = t.id) END
        JOIN persons p ON p.id = t.requester_id
      WHERE a.id = ${ticket} ORDER BY t.number DESC LIMIT ${limit}`,
  );
}
