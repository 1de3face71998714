import { z } from 'zod';
import { execute, many, one, sql, type Queryable, type Transaction } from '../../foundation/index.ts';
import type { TicketId } from '../../policy/index.ts';
import { count, ticketId } from '../schemas.ts';
import type { Parcel, ParcelFile } from './model.ts';

/** Begins the parcel of one use of a ticket. */
export async function insertParcel(
  tx: Transaction,
  { id, ticket, use, begunAt }: { id: string; ticket: TicketId; use: number; begunAt: Date },
): Promise<Parcel> {
  return one(
    tx,
    sql(z.strictObject({ id: z.uuid(), number: count }))`
      INSERT INTO parcels (id, ticket_id, use, begun_at) VALUES (${id}, ${ticket}, ${use}, ${begunAt})
      RETURNING id, number`,
  );
}

export interface ParcelEnd {
  readonly id: string;
  readonly files: number;
  readonly bytes: number;
  /** Null: nothing was kept. */
  readonly manifestSha256: Buffer | null;
  readonly endedAt: Date;
}

export async function insertParcelEnd(tx: Transaction, end: ParcelEnd): Promise<void> {
  const outcome = end.manifestSha256 === null ? 'discarded' : 'sealed';
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO parcel_ends (parcel_id, outcome, files, bytes, manifest_sha256, ended_at)
      VALUES (${end.id}, ${outcome}, ${end.files}, ${end.bytes}, ${end.manifestSha256}, ${end.endedAt})`,
  );
}

export async function insertParcelFiles(tx: Transaction, id: string, files: readonly ParcelFile[]): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO parcel_files (parcel_id, number, path, bytes, sha256)
      SELECT ${id}::uuid, at, path, bytes, decode(sha256, 'hex')
      FROM unnest(${files.map(({ path }) => path)}::text[], ${files.map(({ bytes }) => bytes)}::bigint[],
        ${files.map(({ sha256 }) => sha256)}::text[]) WITH ORDINALITY AS f (path, bytes, sha256, at)`,
  );
}

const OpenRow = z.strictObject({ id: z.uuid(), number: count, ticket_id: ticketId });

/** Parcels whose export broke off: not ended although their session has. */
export function brokenParcels(db: Queryable): Promise<z.output<typeof OpenRow>[]> {
  return many(
    db,
    sql(OpenRow)`
      SELECT p.id, p.number, p.ticket_id FROM parcels p
        JOIN redemptions r ON r.ticket_id = p.ticket_id AND r.use = p.use JOIN sessions s ON s.id = r.session_id
      WHERE s.closed_at IS NOT NULL AND NOT EXISTS (SELECT FROM parcel_ends e WHERE e.parcel_id = p.id)
      ORDER BY p.number`,
  );
}
