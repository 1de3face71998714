import { z } from 'zod';
import { maybeOne, type Queryable, sql } from '../../foundation/index.ts';

const count = z.coerce.number().int().nonnegative();

const UseSchema = z.strictObject({
  /** Null while it lasts. */
  outcome: z.enum(['completed', 'limit_exceeded', 'interrupted', 'failed']).nullable(),
  rows: count.nullable(),
  bytes: count.nullable(),
  sha256: z.instanceof(Buffer).nullable(),
  customers: count.nullable(),
  isTold: z.boolean(),
});

/** The use of the ticket that this intent was for; undefined: the ticket was not used on it. */
export async function useOfIntent(
  db: Queryable,
  { ticket, index }: { ticket: string; index: number },
): Promise<z.infer<typeof UseSchema> | undefined> {
  return await maybeOne(
    db,
    sql(UseSchema)`
      SELECT x.outcome, x.rows, x.bytes, x.sha256,
        (SELECT (c.body ->> 'customers')::bigint FROM audit_events c
          WHERE c.ticket_id = i.ticket_id AND c.type = 'ticket.completed' AND c.body ->> 'use' = i.body ->> 'use'
          ORDER BY c.seq LIMIT 1) AS customers,
        EXISTS (SELECT 1 FROM audit_events r WHERE r.ticket_id = i.ticket_id AND r.type = 'export.result'
          AND (r.body ->> 'intent')::bigint = ${index}) AS "isTold"
      FROM audit_events i LEFT JOIN redemption_results x ON x.ticket_id = i.ticket_id AND x.use = (i.body ->> 'use')::integer
      WHERE i.ticket_id = ${ticket} AND i.type = 'export.intent' AND (i.body ->> 'intent')::bigint = ${index}`,
  );
}

/** Whether the event of the result of an intent that nothing came of was written. */
export async function isResultTold(
  db: Queryable,
  { ticket, index }: { ticket: string; index: number },
): Promise<boolean> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ seq: count }))`
      SELECT seq FROM audit_events
      WHERE ticket_id = ${ticket} AND type = 'export.result' AND (body ->> 'intent')::bigint = ${index} LIMIT 1`,
  );
  return row !== undefined;
}

/** Whether any export was ever announced in a ledger. */
export async function wasExportLogged(db: Queryable): Promise<boolean> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ seq: count }))`SELECT seq FROM audit_events WHERE type = 'export.intent' LIMIT 1`,
  );
  return row !== undefined;
}
