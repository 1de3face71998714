import { z } from 'zod';
import { many, maybeOne, type Queryable, sql } from '../../foundation/index.ts';
import type { SystemId, TicketId } from '../../policy/index.ts';
import { count, systemId, ticketId, ticketState, transferDetails } from '../schemas.ts';

const TransferRow = z
  .strictObject({
    id: ticketId,
    number: count,
    state: ticketState,
    from_system: systemId,
    to_system: systemId,
    from_class: z.number(),
    to_class: z.number(),
    details: transferDetails,
    not_before: z.date(),
    not_after: z.date(),
    locked: z.boolean(),
  })
  .transform(({ details, ...row }) => ({
    id: row.id,
    number: row.number,
    state: row.state,
    from: row.from_system,
    to: row.to_system,
    fromClass: row.from_class,
    toClass: row.to_class,
    /** P-number; null: the parcel is put for it. */
    parcel: details.parcel,
    promise: { rows: details.rowsExpected, people: details.peopleExpected, fields: details.fields },
    notBefore: row.not_before,
    notAfter: row.not_after,
    locked: row.locked,
  }));
/** A transfer ticket as the relay goes by it. */
export type TransferTicket = z.output<typeof TransferRow>;

/** By its number, whatever its state. */
export function findTransfer(db: Queryable, number: number): Promise<TransferTicket | undefined> {
  return maybeOne(
    db,
    sql(TransferRow)`
      SELECT t.id, t.number, t.state, a.system_id AS from_system, b.system_id AS to_system,
        f.protection_class AS from_class, r.protection_class AS to_class, t.details, t.not_before, t.not_after,
        EXISTS (SELECT FROM ticket_locks l WHERE l.ticket_id = t.id) AS locked
      FROM tickets t
        JOIN ticket_systems a ON a.ticket_id = t.id AND a.side = 'from' JOIN systems f ON f.id = a.system_id
        JOIN ticket_systems b ON b.ticket_id = t.id AND b.side = 'to' JOIN systems r ON r.id = b.system_id
      WHERE t.kind = 'transfer' AND t.number = ${number}`,
  );
}

const NumberRow = z.strictObject({ number: count });

const NamingRow = z.strictObject({ id: ticketId });

/** Those that were begun for this parcel, whoever brought it. */
export async function transfersBegunFor(
  db: Queryable,
  { parcel, ticket }: { readonly parcel: number; readonly ticket: TicketId },
): Promise<TicketId[]> {
  const rows = await many(
    db,
    sql(NamingRow)`
      SELECT id FROM tickets WHERE kind = 'transfer' AND state = 'in_use'
        AND (id = ${ticket} OR (details ->> 'parcel')::bigint = ${parcel}) ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

/** Those by which this system may take this parcel: approved or begun, the one that ends first first. */
export async function transfersOf(
  db: Queryable,
  { parcel, ticket, to }: { readonly parcel: number; readonly ticket: TicketId; readonly to: SystemId },
): Promise<number[]> {
  const rows = await many(
    db,
    sql(NumberRow)`
      SELECT t.number FROM tickets t JOIN ticket_systems b ON b.ticket_id = t.id AND b.side = 'to'
      WHERE t.kind = 'transfer' AND b.system_id = ${to} AND t.state IN ('approved', 'in_use')
        AND (t.id = ${ticket} OR (t.details ->> 'parcel')::bigint = ${parcel})
      ORDER BY t.not_after, t.number`,
  );
  return rows.map((row) => row.number);
}
