import { z } from 'zod';
import { execute, GatewayError, many, one, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import { DistinctCounter, type PersonId, type SystemId } from '../../policy/index.ts';

/** Whose work on which system a meter counts. */
export interface MeterKey {
  readonly personId: PersonId;
  readonly systemId: SystemId;
}

/** What left in some time. */
export interface Stored {
  readonly persons: DistinctCounter;
  readonly estimatedPersons: number;
  readonly rows: number;
  readonly bytes: number;
  readonly opaqueBytes: number;
  readonly files: number;
}

const count = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

const counts = {
  persons: z.custom<Buffer>((value) => Buffer.isBuffer(value)),
  estimated_persons: count,
  rows: count,
  bytes: count,
  opaque_bytes: count,
  files: count,
};

/** @throws {GatewayError} `internal`: a meter that cannot be read stops what it meters. */
function stored(row: z.infer<z.ZodObject<typeof counts>>): Stored {
  const persons = DistinctCounter.fromBytes(row.persons);
  if (persons === undefined) throw new GatewayError('internal', 'A stored meter cannot be read.');
  const { rows, bytes, files } = row;
  return { persons, estimatedPersons: row.estimated_persons, rows, bytes, opaqueBytes: row.opaque_bytes, files };
}

const LifetimeRow = z.strictObject(counts).transform(stored);
const DayRow = z.strictObject({ ...counts, day: z.string() }).transform(({ day, ...row }) => ({ day, ...stored(row) }));

export type StoredDay = z.output<typeof DayRow>;

/** The days from `since` on (`YYYY-MM-DD`). */
export function selectDays(db: Queryable, { personId, systemId }: MeterKey, since: string): Promise<StoredDay[]> {
  return many(
    db,
    sql(DayRow)`
      SELECT to_char(day, 'YYYY-MM-DD') AS day, persons, estimated_persons, rows, bytes, opaque_bytes, files
      FROM meter_days WHERE person_id = ${personId} AND system_id = ${systemId} AND day >= ${since}::date`,
  );
}

/** The row of all time, made when it is not there, and locked: of two processes the second waits for the first. */
export async function lockLifetime(tx: Transaction, { personId, systemId }: MeterKey): Promise<Stored> {
  const none = new DistinctCounter().toBytes();
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO meter_lifetimes (person_id, system_id, persons, estimated_persons, rows, bytes, opaque_bytes, files)
      VALUES (${personId}, ${systemId}, ${none}, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING`,
  );
  return one(
    tx,
    sql(LifetimeRow)`
      SELECT persons, estimated_persons, rows, bytes, opaque_bytes, files FROM meter_lifetimes
      WHERE person_id = ${personId} AND system_id = ${systemId} FOR UPDATE`,
  );
}

export async function updateLifetime(tx: Transaction, { personId, systemId }: MeterKey, now: Stored): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE meter_lifetimes SET persons = ${now.persons.toBytes()}, estimated_persons = ${now.estimatedPersons},
        rows = ${now.rows}, bytes = ${now.bytes}, opaque_bytes = ${now.opaqueBytes}, files = ${now.files}
      WHERE person_id = ${personId} AND system_id = ${systemId}`,
  );
}

/** Under the lock of `lockLifetime`. */
export async function upsertDay(
  tx: Transaction,
  { personId, systemId }: MeterKey,
  { day, ...now }: StoredDay,
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO meter_days (person_id, system_id, day, persons, estimated_persons, rows, bytes, opaque_bytes, files)
      VALUES (${personId}, ${systemId}, ${day}::date, ${now.persons.toBytes()}, ${now.estimatedPersons}, ${now.rows},
        ${now.bytes}, ${now.opaqueBytes}, ${now.files})
      ON CONFLICT (person_id, system_id, day) DO UPDATE SET persons = excluded.persons,
        estimated_persons = excluded.estimated_persons, rows = excluded.rows, bytes = excluded.bytes,
        opaque_bytes = excluded.opaque_bytes, files = excluded.files`,
  );
}
