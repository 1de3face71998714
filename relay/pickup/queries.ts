import { z } from 'zod';
import { execute, many, maybeOne, one, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, SystemId, TicketId } from '../../policy/index.ts';
import { count } from '../journey/queries.ts';

const nothing = z.never();
const OfferedRow = z.strictObject({ id: z.uuid(), number: count, bytes: count });

/** What this system may take now: released, and named by an approved transfer in its window. */
export function offeredTo(
  db: Queryable,
  { system, now, limit }: { readonly system: SystemId; readonly now: Date; readonly limit: number },
): Promise<z.output<typeof OfferedRow>[]> {
  return many(
    db,
    sql(OfferedRow)`
      SELECT p.id, p.number, e.bytes FROM parcels p JOIN parcel_journeys j ON j.parcel_id = p.id AND j.state = 'released'
        JOIN parcel_ends e ON e.parcel_id = p.id
      WHERE EXISTS (SELECT FROM tickets t JOIN ticket_systems s ON s.ticket_id = t.id AND s.side = 'to'
        WHERE t.kind = 'transfer' AND s.system_id = ${system} AND t.state IN ('approved', 'in_use')
          AND t.not_before <= ${now} AND t.not_after > ${now}
          AND (t.id = p.ticket_id OR (t.details ->> 'parcel')::bigint = p.number))
      ORDER BY p.number LIMIT ${limit}`,
  );
}

const OpenRow = z.strictObject({ id: z.uuid(), lease_until: z.date() });

/** The attempt that goes on, or that a process left behind. */
export function openPickup(tx: Transaction, parcel: string): Promise<z.output<typeof OpenRow> | undefined> {
  return maybeOne(
    tx,
    sql(
      OpenRow,
    )`SELECT id, lease_until FROM parcel_pickups WHERE parcel_id = ${parcel} AND ended_at IS NULL FOR UPDATE`,
  );
}

export async function countPickups(tx: Transaction, parcel: string): Promise<number> {
  const row = await one(
    tx,
    sql(z.strictObject({ n: count }))`SELECT count(*) AS n FROM parcel_pickups WHERE parcel_id = ${parcel}`,
  );
  return row.n;
}

export interface NewPickup {
  readonly id: string;
  readonly parcel: string;
  readonly ticket: TicketId;
  readonly identity: string;
  readonly sourceAddress: string;
  readonly now: Date;
  readonly leaseUntil: Date;
}

export async function insertPickup(tx: Transaction, pickup: NewPickup): Promise<void> {
  const { id, parcel, ticket, identity, sourceAddress, now, leaseUntil } = pickup;
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO parcel_pickups (id, parcel_id, ticket_id, identity_id, source_address, begun_at, lease_until)
      VALUES (${id}, ${parcel}, ${ticket}, ${identity}, ${sourceAddress}, ${now}, ${leaseUntil})`,
  );
}

const DownloadRow = z
  .strictObject({ requester: z.string(), destination: z.string().nullable(), locked: z.boolean() })
  .transform(({ requester, destination, locked }) => ({ requester, locked, isForPage: destination === 'page' }));

/** For whom the ticket of a parcel says that it is, and whether a lock stands in its way. */
export async function downloadOf(db: Queryable, ticket: TicketId): Promise<z.output<typeof DownloadRow>> {
  return one(
    db,
    sql(DownloadRow)`
      SELECT t.requester_id AS requester, t.destination,
        EXISTS (SELECT FROM ticket_locks l WHERE l.ticket_id = t.id) AS locked FROM tickets t WHERE t.id = ${ticket}`,
  );
}

export interface NewDownload extends Omit<NewPickup, 'identity'> {
  readonly person: PersonId;
}

export async function insertDownload(tx: Transaction, download: NewDownload): Promise<void> {
  const { id, parcel, ticket, person, sourceAddress, now, leaseUntil } = download;
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO parcel_pickups (id, parcel_id, ticket_id, person_id, source_address, begun_at, lease_until)
      VALUES (${id}, ${parcel}, ${ticket}, ${person}, ${sourceAddress}, ${now}, ${leaseUntil})`,
  );
}

const OpenedRow = z.strictObject({ parcel_id: z.uuid() });

/** Its parcel, for the one answer that carries it: undefined for the second, for others, and when it has ended. */
export async function openDownloadRow(
  tx: Transaction,
  { id, person, now }: { readonly id: string; readonly person: PersonId; readonly now: Date },
): Promise<string | undefined> {
  const row = await maybeOne(
    tx,
    sql(OpenedRow)`
      UPDATE parcel_pickups SET opened_at = ${now}
      WHERE id = ${id} AND person_id = ${person} AND opened_at IS NULL AND ended_at IS NULL AND lease_until > ${now}
      RETURNING parcel_id`,
  );
  return row?.parcel_id;
}

/** @returns 0 when it has ended: another process has taken it over. */
export function extendLease(db: Queryable, id: string, until: Date): Promise<number> {
  return execute(
    db,
    sql(nothing)`UPDATE parcel_pickups SET lease_until = ${until} WHERE id = ${id} AND ended_at IS NULL`,
  );
}

/** @returns 0 when it has ended. */
export function endPickup(
  tx: Transaction,
  { id, outcome, now }: { readonly id: string; readonly outcome: 'whole' | 'broken'; readonly now: Date },
): Promise<number> {
  return execute(
    tx,
    sql(nothing)`
      UPDATE parcel_pickups SET ended_at = ${now}, outcome = ${outcome} WHERE id = ${id} AND ended_at IS NULL`,
  );
}

/** Whether this identity took the parcel, whole. */
export async function tookWhole(db: Queryable, parcel: string, identity: string): Promise<boolean> {
  const row = await maybeOne(
    db,
    sql(z.unknown())`
      SELECT 1 FROM parcel_pickups WHERE parcel_id = ${parcel} AND identity_id = ${identity} AND outcome = 'whole'`,
  );
  return row !== undefined;
}

/** @returns 0 when there is one. */
export function insertReceipt(
  tx: Transaction,
  receipt: { readonly parcel: string; readonly identity: string; readonly signature: string; readonly now: Date },
): Promise<number> {
  return execute(
    tx,
    sql(nothing)`
      INSERT INTO parcel_receipts (parcel_id, identity_id, signature, received_at)
      VALUES (${receipt.parcel}, ${receipt.identity}, ${receipt.signature}, ${receipt.now}) ON CONFLICT DO NOTHING`,
  );
}
