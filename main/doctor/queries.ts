import { z } from 'zod';
import { type Database, many, one, sql } from '../../foundation/index.ts';
import { type PersonId, type SystemId, TARGET_MODES, type Target, type TargetId } from '../../policy/index.ts';

/** The database's clock at this moment. */
export async function readClock(database: Database): Promise<Date> {
  const row = await one(database, sql(z.strictObject({ now: z.date() }))`SELECT clock_timestamp() AS now`);
  return row.now;
}

export interface InventoryTarget {
  readonly target: Target;
  /** The relay host before it, if one is. */
  readonly via: TargetId | null;
}

const id = <Id>() => z.uuid().transform((text) => text as Id);

const InventoryTargetRow = z
  .strictObject({
    id: id<TargetId>(),
    system_id: id<SystemId>(),
    system_name: z.string(),
    name: z.string(),
    host: z.string(),
    port: z.number().int(),
    host_key: z.string().nullable(),
    host_ca: z.string().nullable(),
    mode: z.enum(TARGET_MODES),
    legacy_algorithms: z.boolean(),
    source_address: z.string().nullable(),
    via_target_id: id<TargetId>().nullable(),
  })
  .transform(
    ({ system_id, system_name, host_key, host_ca, legacy_algorithms, source_address, via_target_id, ...row }) => ({
      target: {
        ...row,
        systemId: system_id,
        systemName: system_name,
        hostKey: host_key,
        hostCa: host_ca,
        legacyAlgorithms: legacy_algorithms,
        sourceAddress: source_address,
      },
      via: via_target_id,
    }),
  );

/** Every server of the inventory, as the gateway has it now; sites are no servers to sign in to by SSH. */
export function listInventoryTargets(database: Database): Promise<InventoryTarget[]> {
  return many(
    database,
    sql(InventoryTargetRow)`
      SELECT t.id, t.system_id, s.name AS system_name, t.name, t.host, t.port, t.host_key, t.host_ca, t.mode,
        t.legacy_algorithms, t.source_address, t.via_target_id
      FROM targets t JOIN systems s ON s.id = t.system_id WHERE t.web IS NULL ORDER BY s.name, t.name`,
  );
}

/** The persons with this subject at an identity provider, or this mail address. */
export async function findPersonsCalled(database: Database, called: string): Promise<PersonId[]> {
  const rows = await many(
    database,
    sql(z.strictObject({ id: id<PersonId>() }))`
      SELECT DISTINCT p.id FROM persons p LEFT JOIN identities i ON i.person_id = p.id
      WHERE i.subject = ${called} OR lower(p.email) = lower(${called})`,
  );
  return rows.map((row) => row.id);
}
