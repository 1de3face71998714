import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import {
  type Difference,
  DIFFERENCE_KINDS,
  PARCEL_STATES,
  type ParcelState,
  type PersonId,
  type SessionId,
  type SystemId,
  type TicketId,
} from '../../policy/index.ts';

const nothing = z.never();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const isUuid = (value: unknown): boolean => typeof value === 'string' && UUID.test(value);
export const systemId = z.custom<SystemId>(isUuid);
const ticketId = z.custom<TicketId>(isUuid);
const sessionId = z.custom<SessionId>(isUuid);
const personId = z.custom<PersonId>(isUuid);
/** A bigint column; pg gives it as text. */
export const count = z.coerce.number().int().nonnegative();
export const parcelState = z.enum(PARCEL_STATES);
const differences = z.array(
  z.strictObject({ kind: z.enum(DIFFERENCE_KINDS), promised: z.string(), found: z.string() }),
);

const JourneyRow = z
  .strictObject({
    id: z.uuid(),
    number: count,
    state: parcelState,
    ticket_id: ticketId,
    kind: z.enum(['export', 'transfer']),
    requester_id: personId,
    session_id: sessionId.nullable(),
    holds: z.number(),
    differences,
    row_count: count.nullable(),
    people_count: count.nullable(),
    fields: z.array(z.string()).nullable(),
    keep_until: z.date(),
    begun_at: z.date(),
    files: count.nullable(),
    bytes: count.nullable(),
    manifest_sha256: z.instanceof(Uint8Array).nullable(),
  })
  .transform((row) => ({
    id: row.id,
    number: row.number,
    state: row.state,
    ticket: row.ticket_id,
    kind: row.kind,
    requester: row.requester_id,
    session: row.session_id,
    holds: row.holds,
    differences: row.differences,
    rows: row.row_count,
    people: row.people_count,
    fields: row.fields,
    keepUntil: row.keep_until,
    begunAt: row.begun_at,
    files: row.files ?? 0,
    bytes: row.bytes ?? 0,
    manifestSha256: row.manifest_sha256 === null ? null : Buffer.from(row.manifest_sha256),
  }));
/** A parcel where it is on its way. */
export type Journey = z.output<typeof JourneyRow>;

/** Held until the transaction ends, so that two steps never see the same state. */
export function lockJourney(tx: Transaction, id: string): Promise<Journey | undefined> {
  return maybeOne(
    tx,
    sql(JourneyRow)`
      SELECT p.id, p.number, j.state, p.ticket_id, t.kind, t.requester_id, r.session_id, j.holds, j.differences,
        j.row_count, j.people_count, j.fields, j.keep_until, p.begun_at, e.files, e.bytes, e.manifest_sha256
      FROM parcel_journeys j JOIN parcels p ON p.id = j.parcel_id JOIN tickets t ON t.id = p.ticket_id
        LEFT JOIN redemptions r ON r.ticket_id = p.ticket_id AND r.use = p.use
        LEFT JOIN parcel_ends e ON e.parcel_id = p.id
      WHERE j.parcel_id = ${id} FOR UPDATE OF j`,
  );
}

const IdRow = z.strictObject({ id: z.uuid() });

export async function findParcelId(db: Queryable, number: number): Promise<string | undefined> {
  return (await maybeOne(db, sql(IdRow)`SELECT id FROM parcels WHERE number = ${number}`))?.id;
}

/** Oldest first. */
export async function parcelsIn(
  db: Queryable,
  states: readonly ParcelState[],
  limit: number,
): Promise<readonly string[]> {
  const rows = await many(
    db,
    sql(IdRow)`
      SELECT parcel_id AS id FROM parcel_journeys WHERE state = ANY (${[...states]}::text[])
      ORDER BY updated_at, parcel_id LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}

/** Those whose time is over, and those that have ended and may go. */
export async function duePending(db: Queryable, now: Date, limit: number): Promise<readonly string[]> {
  const rows = await many(
    db,
    sql(IdRow)`
      SELECT j.parcel_id AS id FROM parcel_journeys j
      WHERE (j.state IN ('sealed', 'scanning', 'held', 'released', 'picked_up') AND j.keep_until <= ${now})
        OR j.state IN ('expired', 'revoked')
        OR (j.state = 'picked_up' AND EXISTS (SELECT FROM parcel_receipts r WHERE r.parcel_id = j.parcel_id))
        -- Who took it over the console signs nothing, and cannot take it again.
        OR (j.state = 'picked_up' AND EXISTS (SELECT FROM parcel_pickups k
          WHERE k.parcel_id = j.parcel_id AND k.outcome = 'whole' AND k.person_id IS NOT NULL))
      ORDER BY j.keep_until LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}

export async function storeState(
  tx: Transaction,
  id: string,
  { from, to, now }: { readonly from: ParcelState; readonly to: ParcelState; readonly now: Date },
): Promise<number> {
  return execute(
    tx,
    sql(nothing)`
      UPDATE parcel_journeys SET state = ${to}, updated_at = ${now} WHERE parcel_id = ${id} AND state = ${from}`,
  );
}

export async function storeHold(tx: Transaction, id: string, found: readonly Difference[]): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      UPDATE parcel_journeys SET holds = holds + 1, differences = ${JSON.stringify(found)}::jsonb
      WHERE parcel_id = ${id}`,
  );
}

export interface Counted {
  readonly rows: number;
  readonly people: number;
  readonly fields: readonly string[];
  readonly types: readonly string[];
  readonly scanner: string;
}

export async function storeCounts(tx: Transaction, id: string, counted: Counted): Promise<void> {
  const { rows, people, fields, types, scanner } = counted;
  await execute(
    tx,
    sql(nothing)`
      UPDATE parcel_journeys SET row_count = ${rows}, people_count = ${people}, fields = ${[...fields]}::text[],
        types = ${[...types]}::text[], scanner = ${scanner}
      WHERE parcel_id = ${id}`,
  );
}

const DecisionRow = z.strictObject({ person: personId, systems: z.array(systemId) });

/** Who said that it may go, of one hold. */
export function releasesOf(db: Queryable, id: string, hold: number): Promise<z.output<typeof DecisionRow>[]> {
  return many(
    db,
    sql(DecisionRow)`
      SELECT person_id AS person, systems::text[] AS systems FROM parcel_decisions
      WHERE parcel_id = ${id} AND hold = ${hold} AND decision = 'release' ORDER BY decided_at, person_id`,
  );
}

/** @returns 0 when the person decided about this hold already. */
export function insertDecision(
  tx: Transaction,
  id: string,
  decision: {
    readonly hold: number;
    readonly person: PersonId;
    readonly decision: 'release' | 'revoke';
    readonly systems: readonly SystemId[];
    readonly reason: string;
    readonly now: Date;
  },
): Promise<number> {
  return execute(
    tx,
    sql(nothing)`
      INSERT INTO parcel_decisions (parcel_id, hold, person_id, decision, systems, reason, decided_at)
      VALUES (${id}, ${decision.hold}, ${decision.person}, ${decision.decision}, ${[...decision.systems]}::uuid[],
        ${decision.reason}, ${decision.now})
      ON CONFLICT DO NOTHING`,
  );
}

const SystemRow = z.strictObject({ system_id: systemId, owned: z.boolean() });

/**
 * The systems whose owners speak about a parcel: of the ticket it came by, and of every transfer that names it and goes
 * on. `owned`: this person is one of them, in role and contract and not locked.
 */
export function systemsOfParcel(
  db: Queryable,
  parcel: { readonly id: string; readonly person: PersonId; readonly now: Date },
): Promise<{ readonly system_id: SystemId; readonly owned: boolean }[]> {
  return many(
    db,
    sql(SystemRow)`
      SELECT DISTINCT s.system_id, EXISTS (SELECT FROM system_owners o JOIN persons w ON w.id = o.person_id
          WHERE o.system_id = s.system_id AND w.id = ${parcel.person} AND 'owner' = ANY (w.roles)
            AND w.deactivated_at IS NULL AND (w.contract_ends_at IS NULL OR w.contract_ends_at > ${parcel.now})
            AND NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = w.id)) AS owned
      FROM parcels p JOIN tickets t ON t.id = p.ticket_id OR (t.kind = 'transfer'
          AND t.state IN ('approved', 'in_use') AND (t.details ->> 'parcel')::bigint = p.number)
        JOIN ticket_systems s ON s.ticket_id = t.id
      WHERE p.id = ${parcel.id} ORDER BY s.system_id`,
  );
}

/** Whether this person asked that the parcel be brought, or for a transfer of it that goes on. */
export async function hasAskedFor(
  db: Queryable,
  { number, person, ticket }: { readonly number: number; readonly person: PersonId; readonly ticket: TicketId },
): Promise<boolean> {
  const row = await maybeOne(
    db,
    sql(z.unknown())`
      SELECT 1 FROM tickets WHERE requester_id = ${person} AND (id = ${ticket} OR (kind = 'transfer'
        AND state IN ('approved', 'in_use') AND (details ->> 'parcel')::bigint = ${number})) LIMIT 1`,
  );
  return row !== undefined;
}

const PromiseRow = z.strictObject({
  rows: count.nullable(),
  people: count.nullable(),
  fields: z.array(z.string()).nullable(),
});

/** What the ticket it came by says that it carries. */
export async function promiseOf(db: Queryable, ticket: TicketId): Promise<z.output<typeof PromiseRow>> {
  const row = await maybeOne(
    db,
    sql(PromiseRow)`
      SELECT CASE WHEN kind = 'export' THEN rows_max ELSE (details ->> 'rowsExpected')::bigint END AS rows,
        CASE WHEN kind = 'export' THEN rows_max ELSE (details ->> 'peopleExpected')::bigint END AS people,
        CASE WHEN jsonb_typeof(details -> 'fields') = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(details -> 'fields'))
          END AS fields
      FROM tickets WHERE id = ${ticket}`,
  );
  return row ?? { rows: 0, people: 0, fields: [] };
}

/** Whether somebody keeps the session it came from for a dispute. */
export async function isOnHold(db: Queryable, session: SessionId | null): Promise<boolean> {
  if (session === null) return false;
  const row = await maybeOne(
    db,
    sql(z.unknown())`
      SELECT 1 FROM legal_holds h WHERE h.session_id = ${session}
        AND NOT EXISTS (SELECT FROM legal_hold_releases r WHERE r.hold_id = h.id) LIMIT 1`,
  );
  return row !== undefined;
}

const FileRow = z
  .strictObject({ number: z.number(), path: z.string(), bytes: count, sha256: z.instanceof(Uint8Array) })
  .transform(({ sha256, ...row }) => ({ ...row, sha256: Buffer.from(sha256).toString('hex') }));
export type FileOfParcel = z.output<typeof FileRow>;

export function filesOf(db: Queryable, id: string, limit: number): Promise<FileOfParcel[]> {
  return many(
    db,
    sql(FileRow)`
      SELECT number, path, bytes, sha256 FROM parcel_files WHERE parcel_id = ${id} ORDER BY number LIMIT ${limit}`,
  );
}
