/** What there is: systems with their owners and data, targets with who may reach them, and the changes people make to it. */
import { z } from 'zod';
import { execute, LIMITS, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, TargetId } from '../../policy/index.ts';
import {
  AssetRow,
  GrantActionSchema,
  PersonIdSchema,
  SystemIdSchema,
  TargetIdSchema,
  TargetModeSchema,
  TargetRow,
} from '../rows.ts';

export interface Reader {
  readonly viewer: PersonId;
  readonly everySystem: boolean;
}

const Named = z.strictObject({ id: PersonIdSchema, name: z.string() });

const SystemRow = z
  .strictObject({
    id: SystemIdSchema,
    name: z.string(),
    title_en: z.string(),
    title_ja: z.string(),
    protection_class: z.int(),
    owners: z.array(Named),
    assets: z.array(AssetRow),
    targets: z.array(
      z.strictObject({
        id: TargetIdSchema,
        name: z.string(),
        host: z.string(),
        port: z.int(),
        mode: TargetModeSchema,
        legacy: z.boolean(),
        people: z.int(),
      }),
    ),
  })
  .transform(({ title_en, title_ja, protection_class, ...row }) => ({
    ...row,
    title: { en: title_en, ja: title_ja },
    protectionClass: protection_class,
  }));
export type AdministeredSystem = z.output<typeof SystemRow>;

/** Systems that this person may see, by name; `people`: with a grant in force on the target. */
export function selectSystems(
  db: Queryable,
  { viewer, everySystem, at }: Reader & { readonly at: Date },
): Promise<AdministeredSystem[]> {
  return many(
    db,
    sql(SystemRow)`
      SELECT s.id, s.name, s.title_en, s.title_ja, s.protection_class::integer,
        coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) ORDER BY p.name)
          FROM system_owners o JOIN persons p ON p.id = o.person_id WHERE o.system_id = s.id), '[]') AS owners,
        coalesce((SELECT jsonb_agg(jsonb_build_object('kind', x.kind, 'name', x.name, 'data_class', x.data_class,
            'record_count', x.record_count) ORDER BY x.kind, x.name)
          FROM protected_assets x WHERE x.system_id = s.id), '[]') AS assets,
        coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'host', t.host, 'port', t.port,
            'mode', t.mode, 'legacy', t.legacy_algorithms,
            'people', (SELECT count(DISTINCT g.person_id)::integer FROM grants g
              WHERE g.target_id = t.id AND g.revoked_at IS NULL AND g.expires_at > ${at})) ORDER BY t.name)
          FROM targets t WHERE t.system_id = s.id), '[]') AS targets
      FROM systems s
      WHERE ${everySystem}::boolean OR EXISTS (
        SELECT FROM system_owners o WHERE o.system_id = s.id AND o.person_id = ${viewer})
      ORDER BY s.name LIMIT ${LIMITS.pageRowsMax}`,
  );
}

const TargetDetailRow = z
  .strictObject({
    target: TargetRow,
    title_en: z.string(),
    title_ja: z.string(),
    owned: z.boolean(),
    is_site: z.boolean(),
    via: z.string().nullable(),
    inspect_as: z.string().nullable(),
    pinned_at: z.date().nullable(),
    pinned_by: z.string().nullable(),
    accounts: z.array(z.strictObject({ person: z.string(), account: z.string() })),
    grants: z.array(
      z.strictObject({
        id: z.uuid(),
        personId: PersonIdSchema,
        person: z.string(),
        actions: z.array(GrantActionSchema),
        expiresAt: z.coerce.date(),
      }),
    ),
  })
  .transform(({ title_en, title_ja, is_site, inspect_as, pinned_at, pinned_by, ...row }) => ({
    ...row,
    systemTitle: { en: title_en, ja: title_ja },
    ...{ isSite: is_site, inspectAs: inspect_as, pinnedAt: pinned_at, pinnedBy: pinned_by },
  }));
export type AdministeredTarget = z.output<typeof TargetDetailRow>;

/** One target with whom it lets in; undefined when there is none, or not for this person. */
export function selectTarget(
  db: Queryable,
  { viewer, everySystem, at, id }: Reader & { readonly at: Date; readonly id: TargetId },
): Promise<AdministeredTarget | undefined> {
  return maybeOne(
    db,
    sql(TargetDetailRow)`
      SELECT jsonb_build_object('id', t.id, 'system_id', t.system_id, 'system_name', s.name, 'name', t.name,
          'host', t.host, 'port', t.port, 'host_key', t.host_key, 'host_ca', t.host_ca, 'mode', t.mode,
          'legacy_algorithms', t.legacy_algorithms, 'source_address', t.source_address) AS target,
        s.title_en, s.title_ja, t.web IS NOT NULL AS is_site, v.name AS via, t.inspect_as, t.pinned_at,
        b.name AS pinned_by,
        EXISTS (SELECT FROM system_owners o WHERE o.system_id = s.id AND o.person_id = ${viewer}) AS owned,
        coalesce((SELECT jsonb_agg(jsonb_build_object('person', p.name, 'account', a.account) ORDER BY p.name)
          FROM target_accounts a JOIN persons p ON p.id = a.person_id WHERE a.target_id = t.id), '[]') AS accounts,
        coalesce((SELECT jsonb_agg(jsonb_build_object('id', g.id, 'personId', p.id, 'person', p.name,
            'actions', g.actions, 'expiresAt', g.expires_at) ORDER BY p.name, g.created_at)
          FROM grants g JOIN persons p ON p.id = g.person_id
          WHERE g.target_id = t.id AND g.revoked_at IS NULL AND g.expires_at > ${at}), '[]') AS grants
      FROM targets t JOIN systems s ON s.id = t.system_id LEFT JOIN targets v ON v.id = t.via_target_id
        LEFT JOIN persons b ON b.id = t.pinned_by
      WHERE t.id = ${id} AND (${everySystem}::boolean OR EXISTS (
        SELECT FROM system_owners o WHERE o.system_id = s.id AND o.person_id = ${viewer}))`,
  );
}

const GrantRow = z
  .strictObject({
    id: z.uuid(),
    target_id: TargetIdSchema,
    person_id: PersonIdSchema,
    actions: z.array(GrantActionSchema),
    owned: z.boolean(),
    ended: z.boolean(),
  })
  .transform(({ target_id, person_id, ...row }) => ({ ...row, targetId: target_id, personId: person_id }));
export type EndableGrant = z.output<typeof GrantRow>;

/** The row stays locked to the end of the transaction. */
export function lockGrant(tx: Transaction, id: string, viewer: PersonId): Promise<EndableGrant | undefined> {
  return maybeOne(
    tx,
    sql(GrantRow)`
      SELECT g.id, g.target_id, g.person_id, g.actions, g.revoked_at IS NOT NULL AS ended,
        EXISTS (SELECT FROM system_owners o JOIN targets t ON t.system_id = o.system_id
          WHERE t.id = g.target_id AND o.person_id = ${viewer}) AS owned
      FROM grants g WHERE g.id = ${id} FOR UPDATE OF g`,
  );
}

export async function markGrantEnded(
  tx: Transaction,
  { grant, by, at }: { readonly grant: string; readonly by: PersonId; readonly at: Date },
): Promise<void> {
  await execute(tx, sql(z.never())`UPDATE grants SET revoked_at = ${at}, ended_by = ${by} WHERE id = ${grant}`);
}

/** What the inventory said is kept beside the first key that somebody pins over it. @returns 0 when that key is pinned already. */
export function updateHostKey(
  tx: Transaction,
  { target, hostKey, by, at }: { target: TargetId; hostKey: string; by: PersonId; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE targets SET pinned_over = CASE WHEN pinned_at IS NULL THEN host_key ELSE pinned_over END,
        host_key = ${hostKey}, pinned_at = ${at}, pinned_by = ${by}
      WHERE id = ${target} AND host_key IS DISTINCT FROM ${hostKey}`,
  );
}
