import { z } from 'zod';
import { execute, many, maybeOne, one, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { Parcel } from '../../approvals/index.ts';
import type { SystemId, TicketId } from '../../policy/index.ts';
import { count } from '../journey/queries.ts';

const ParcelRow = z.strictObject({ id: z.uuid(), number: count });

export function insertPutParcel(
  tx: Transaction,
  { id, ticket, identity, now }: { id: string; ticket: TicketId; identity: string; now: Date },
): Promise<Parcel> {
  return one(
    tx,
    sql(ParcelRow)`
      INSERT INTO parcels (id, ticket_id, use, identity_id, begun_at)
      VALUES (${id}, ${ticket}, NULL, ${identity}, ${now}) RETURNING id, number`,
  );
}

/** Whether a parcel was put for this ticket that came to its end, or still comes. */
export async function hasParcel(tx: Transaction, ticket: TicketId): Promise<boolean> {
  const row = await maybeOne(
    tx,
    sql(z.unknown())`
      SELECT 1 FROM parcels p JOIN parcel_journeys j ON j.parcel_id = p.id AND j.state <> 'discarded'
      WHERE p.ticket_id = ${ticket} LIMIT 1`,
  );
  return row !== undefined;
}

/** Says that it still comes. */
export async function touchFilling(db: Queryable, id: string, now: Date): Promise<void> {
  await execute(
    db,
    sql(z.never())`
      UPDATE parcel_journeys SET updated_at = ${now} WHERE parcel_id = ${id} AND state = 'filling'`,
  );
}

const StaleRow = z.strictObject({ id: z.uuid(), number: count, ticket_id: z.custom<TicketId>() });

/** Those that systems put, of which nothing was heard since `before`: their process is gone. */
export function stalePuts(db: Queryable, before: Date): Promise<z.output<typeof StaleRow>[]> {
  return many(
    db,
    sql(StaleRow)`
      SELECT p.id, p.number, p.ticket_id FROM parcels p JOIN parcel_journeys j ON j.parcel_id = p.id
      WHERE p.identity_id IS NOT NULL AND j.state = 'filling' AND j.updated_at < ${before} ORDER BY p.number`,
  );
}

const OpenRow = z.strictObject({ number: count });

/** The tickets for which this system may put a parcel now. */
export async function expectedOf(db: Queryable, system: SystemId, now: Date): Promise<number[]> {
  const rows = await many(
    db,
    sql(OpenRow)`
      SELECT t.number FROM tickets t JOIN ticket_systems s ON s.ticket_id = t.id AND s.side = 'from'
      WHERE t.kind = 'transfer' AND s.system_id = ${system} AND t.state IN ('approved', 'in_use')
        AND t.not_before <= ${now} AND t.not_after > ${now} AND t.details ->> 'parcel' IS NULL
        AND NOT EXISTS (SELECT FROM parcels p JOIN parcel_journeys j ON j.parcel_id = p.id AND j.state <> 'discarded'
          WHERE p.ticket_id = t.id)
      ORDER BY t.number LIMIT 1000`,
  );
  return rows.map(({ number }) => number);
}
