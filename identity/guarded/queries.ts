/** What the gate guards, for those who answer for it: targets with their policies, and what left by whose work. */
import { z } from 'zod';
import { GatewayError, LIMITS, many, type Queryable, sql } from '../../foundation/index.ts';
import { DistinctCounter, type PersonId, type TargetId } from '../../policy/index.ts';
import { AssetRow, RiskRow, SystemIdSchema, TargetIdSchema, TargetModeSchema } from '../rows.ts';

const TargetPolicyRow = z
  .strictObject({
    id: TargetIdSchema,
    name: z.string(),
    mode: TargetModeSchema,
    system_id: SystemIdSchema,
    title_en: z.string(),
    title_ja: z.string(),
    risk: RiskRow,
    programs: z.array(z.string()),
    assets: z.array(AssetRow),
    owned: z.boolean(),
  })
  .transform(({ system_id, title_en, title_ja, ...row }) => ({
    ...row,
    systemId: system_id,
    systemTitle: { en: title_en, ja: title_ja },
  }));
export type TargetPolicyRecord = z.output<typeof TargetPolicyRow>;

export interface PolicyReader {
  readonly viewer: PersonId;
  readonly everySystem: boolean;
  readonly at: Date;
}

/** Targets whose policy the viewer may see, by name: those of the systems they own, or all. `id` names one of them. */
export function selectTargetPolicies(
  db: Queryable,
  { viewer, everySystem, at }: PolicyReader,
  id: TargetId | null,
): Promise<TargetPolicyRecord[]> {
  return many(
    db,
    sql(TargetPolicyRow)`
      SELECT t.id, t.name, t.mode, s.id AS system_id, s.title_en, s.title_ja, s.risk, o.person_id IS NOT NULL AS owned,
        coalesce((SELECT jsonb_agg(m.name ORDER BY m.name) FROM programs m
          WHERE m.system_id = s.id AND m.state = 'accepted'), '[]') AS programs,
        coalesce((SELECT jsonb_agg(jsonb_build_object('kind', x.kind, 'name', x.name, 'data_class', x.data_class,
            'record_count', x.record_count) ORDER BY x.kind, x.name)
          FROM protected_assets x WHERE x.system_id = s.id), '[]')
        || coalesce((SELECT jsonb_agg(jsonb_build_object('kind', c.kind, 'name', c.name, 'data_class', 'copy',
            'record_count', null, 'copy_of', c.copy_of) ORDER BY c.made_at DESC)
          FROM (SELECT * FROM protected_copies k WHERE k.target_id = t.id AND k.protected_until > ${at}
            ORDER BY k.made_at DESC LIMIT ${LIMITS.protectedCopiesMax}) c), '[]') AS assets
      FROM targets t JOIN systems s ON s.id = t.system_id
        LEFT JOIN system_owners o ON o.system_id = s.id AND o.person_id = ${viewer}
      WHERE (${everySystem}::boolean OR o.person_id IS NOT NULL) AND (${id}::uuid IS NULL OR t.id = ${id}::uuid)
      ORDER BY s.name, t.name LIMIT ${LIMITS.pageRowsMax}`,
  );
}

/** A day of more persons than are kept one by one, and those that unreadable output may have named. */
function personsOf({ persons, estimated }: { persons: string; estimated: number }): number {
  const counter = DistinctCounter.fromBytes(Buffer.from(persons, 'base64'));
  if (counter === undefined) throw new GatewayError('internal', 'A stored meter cannot be read.');
  return counter.count() + estimated;
}

const amount = z.string().regex(/^\d+$/).transform(Number);
const UseRow = z
  .strictObject({
    system_id: SystemIdSchema,
    person: z.string(),
    days: z.int(),
    most_hashed: amount,
    sketched: z.array(z.strictObject({ persons: z.base64(), estimated: z.int() })),
    rows: amount,
    bytes: amount,
    opaque_bytes: amount,
    files: amount,
  })
  .transform(({ system_id, most_hashed, sketched, opaque_bytes, ...row }) => ({
    ...row,
    systemId: system_id,
    mostPersons: Math.max(most_hashed, ...sketched.map(personsOf)),
    opaqueBytes: opaque_bytes,
  }));
export type MeterUse = z.output<typeof UseRow>;

/**
 * What left since a day (UTC), by system and person: named persons are kept as a byte and 8 bytes a hash, many as a sketch. `mostPersons` is the day with the most customers: those of two days
 * may be the same ones, so days are not added up.
 */
export function selectMeterUse(db: Queryable, { viewer, everySystem }: PolicyReader, since: Date): Promise<MeterUse[]> {
  return many(
    db,
    sql(UseRow)`
      SELECT d.system_id, p.name AS person, count(*)::integer AS days,
        coalesce(max((length(d.persons) - 1) / 8 + d.estimated_persons) FILTER (WHERE get_byte(d.persons, 0) = 1), 0)::text
          AS most_hashed,
        coalesce(jsonb_agg(jsonb_build_object('persons', translate(encode(d.persons, 'base64'), E'\\n', ''),
          'estimated', d.estimated_persons)) FILTER (WHERE get_byte(d.persons, 0) <> 1), '[]') AS sketched,
        sum(d.rows)::text AS rows, sum(d.bytes)::text AS bytes, sum(d.opaque_bytes)::text AS opaque_bytes,
        sum(d.files)::text AS files
      FROM meter_days d JOIN persons p ON p.id = d.person_id
      WHERE d.day >= ${since}::date AND (${everySystem}::boolean OR EXISTS (SELECT FROM system_owners o
        WHERE o.system_id = d.system_id AND o.person_id = ${viewer}))
      GROUP BY d.system_id, p.id, p.name
      ORDER BY max(get_byte(d.persons, 0)) DESC, max(length(d.persons) / 8 + d.estimated_persons) DESC, p.name LIMIT ${LIMITS.pageRowsMax}`,
  );
}
