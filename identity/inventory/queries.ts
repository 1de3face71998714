/** Upserts of the inventory. Each says what it did: an unchanged row is not written, so applying twice is silent. */
import { z } from 'zod';
import { execute, many, maybeOne, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, SystemId, TargetId } from '../../policy/index.ts';
import { SystemIdSchema, TargetIdSchema } from '../rows.ts';
import type { Inventory } from './schema.ts';

type InventorySystem = Inventory['systems'][number];
type InventoryTarget = Inventory['targets'][number];

export type Change = 'added' | 'changed' | 'removed' | 'revoked';

const ChangeRow = z
  .strictObject({ added: z.boolean() })
  .transform(({ added }): Change => (added ? 'added' : 'changed'));

/** One inventory at a time, to the end of the transaction. */
export async function serializeInventory(tx: Transaction): Promise<void> {
  await execute(tx, sql(z.unknown())`SELECT pg_advisory_xact_lock(hashtextextended('inventory', 0))`);
}

/** @returns how many persons changed: 0 or 1. */
export function updateContract(tx: Transaction, id: PersonId, endsAt: Date | null, at: Date): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE persons SET contract_ends_at = ${endsAt}, updated_at = ${at}
      WHERE id = ${id} AND contract_ends_at IS DISTINCT FROM ${endsAt}::timestamptz`,
  );
}

export function upsertSystem(
  tx: Transaction,
  { id, at, system }: { id: string; at: Date; system: InventorySystem },
): Promise<Change | undefined> {
  return maybeOne(
    tx,
    sql(ChangeRow)`
      INSERT INTO systems AS s (id, name, title_en, title_ja, risk, created_at)
      VALUES (${id}, ${system.name}, ${system.titleEn}, ${system.titleJa},
        ${system.risk === null ? null : JSON.stringify(system.risk)}::jsonb, ${at})
      ON CONFLICT (name) DO UPDATE
        SET title_en = excluded.title_en, title_ja = excluded.title_ja, risk = excluded.risk
        WHERE (s.title_en, s.title_ja, s.risk) IS DISTINCT FROM (excluded.title_en, excluded.title_ja, excluded.risk)
      RETURNING (xmax = 0) AS added`,
  );
}

export async function findSystemId(tx: Transaction, name: string): Promise<SystemId | undefined> {
  const row = await maybeOne(
    tx,
    sql(z.strictObject({ id: SystemIdSchema }))`SELECT id FROM systems WHERE name = ${name}`,
  );
  return row?.id;
}

/** @returns 0 when the person owns the system already. */
export function insertOwner(tx: Transaction, systemId: SystemId, personId: PersonId): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO system_owners (system_id, person_id) VALUES (${systemId}, ${personId}) ON CONFLICT DO NOTHING`,
  );
}

/** Takes every ownership away that is not among the pairs at the same places of the two lists. */
export function deleteOtherOwners(
  tx: Transaction,
  { systemIds, personIds }: { systemIds: readonly SystemId[]; personIds: readonly PersonId[] },
): Promise<{ system: string; person: string }[]> {
  return many(
    tx,
    sql(z.strictObject({ system: z.string(), person: z.string() }))`
      DELETE FROM system_owners o USING systems s, persons p
      WHERE s.id = o.system_id AND p.id = o.person_id AND NOT EXISTS (
        SELECT FROM unnest(${systemIds}::uuid[], ${personIds}::uuid[]) AS kept (system_id, person_id)
        WHERE kept.system_id = o.system_id AND kept.person_id = o.person_id)
      RETURNING s.name AS system, p.name AS person`,
  );
}

export function upsertAsset(
  tx: Transaction,
  { id, systemId, asset }: { id: string; systemId: SystemId; asset: InventorySystem['assets'][number] },
): Promise<Change | undefined> {
  return maybeOne(
    tx,
    sql(ChangeRow)`
      INSERT INTO protected_assets AS a (id, system_id, kind, name, data_class, record_count)
      VALUES (${id}, ${systemId}, ${asset.kind}, ${asset.name}, ${asset.dataClass}, ${asset.recordCount})
      ON CONFLICT (system_id, kind, name) DO UPDATE
        SET data_class = excluded.data_class, record_count = excluded.record_count
        WHERE (a.data_class, a.record_count) IS DISTINCT FROM (excluded.data_class, excluded.record_count)
      RETURNING (xmax = 0) AS added`,
  );
}

export async function upsertTarget(
  tx: Transaction,
  { id, at, systemId, target }: { id: string; at: Date; systemId: SystemId; target: InventoryTarget },
): Promise<Change | undefined> {
  await releasePin(tx, systemId, target);
  return maybeOne(
    tx,
    sql(ChangeRow)`
      INSERT INTO targets AS t (id, system_id, name, host, port, host_key, host_ca, mode, legacy_algorithms,
        source_address, inspect_as, web, sign_in, rotate_secret, created_at)
      VALUES (${id}, ${systemId}, ${target.name}, ${target.host}, ${target.port}, ${target.hostKey}, ${target.hostCa},
        ${target.mode}, ${target.legacyAlgorithms}, ${target.sourceAddress}, ${target.inspectAs},
        ${target.web === null ? null : JSON.stringify(target.web)}::jsonb, ${target.signIn},
        ${target.rotateSecret}, ${at})
      ON CONFLICT (system_id, name) DO UPDATE SET host = excluded.host, port = excluded.port,
          host_key = CASE WHEN t.pinned_at IS NULL THEN excluded.host_key ELSE t.host_key END, host_ca = excluded.host_ca, mode = excluded.mode,
          legacy_algorithms = excluded.legacy_algorithms, source_address = excluded.source_address,
          inspect_as = excluded.inspect_as, web = excluded.web,
          sign_in = excluded.sign_in, rotate_secret = excluded.rotate_secret
        WHERE (t.host, t.port, t.host_key, t.host_ca, t.mode, t.legacy_algorithms, t.source_address, t.inspect_as, t.web,
            t.sign_in, t.rotate_secret)
          IS DISTINCT FROM (excluded.host, excluded.port,
            CASE WHEN t.pinned_at IS NULL THEN excluded.host_key ELSE t.host_key END, excluded.host_ca, excluded.mode,
            excluded.legacy_algorithms, excluded.source_address, excluded.inspect_as, excluded.web, excluded.sign_in,
            excluded.rotate_secret)
      RETURNING (xmax = 0) AS added`,
  );
}

/** A key that somebody pinned stays while the inventory says what it said then, of the same place. */
async function releasePin(tx: Transaction, systemId: SystemId, target: InventoryTarget): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE targets SET pinned_at = NULL, pinned_by = NULL, pinned_over = NULL
      WHERE system_id = ${systemId} AND name = ${target.name} AND pinned_at IS NOT NULL
        AND (pinned_over, host, port) IS DISTINCT FROM (${target.hostKey}::text, ${target.host}::text, ${target.port}::integer)`,
  );
}

/** The targets that a reference `name` or `name%system` stands for. */
export async function findTargetIds(tx: Transaction, reference: string): Promise<TargetId[]> {
  const [name = '', system = null] = reference.split('%');
  const rows = await many(
    tx,
    sql(z.strictObject({ id: TargetIdSchema }))`
      SELECT t.id FROM targets t JOIN systems s ON s.id = t.system_id
      WHERE t.name = ${name} AND (${system}::text IS NULL OR s.name = ${system})`,
  );
  return rows.map(({ id }) => id);
}

/** @returns how many targets changed: 0 or 1. */
export function updateWay(tx: Transaction, id: TargetId, via: TargetId | null): Promise<number> {
  return execute(
    tx,
    sql(
      z.never(),
    )`UPDATE targets SET via_target_id = ${via} WHERE id = ${id} AND via_target_id IS DISTINCT FROM ${via}::uuid`,
  );
}

/** How many relay hosts stand before a target; a circle counts to the bound, which is more than any way may have. */
export async function countHops(tx: Transaction, id: TargetId, bound: number): Promise<number> {
  const rows = await many(
    tx,
    sql(z.strictObject({ hop: z.number().int() }))`
      WITH RECURSIVE way (id, hop) AS (
        SELECT via_target_id, 1 FROM targets WHERE id = ${id} AND via_target_id IS NOT NULL
        UNION ALL
        SELECT t.via_target_id, way.hop + 1 FROM way JOIN targets t ON t.id = way.id
        WHERE t.via_target_id IS NOT NULL AND way.hop < ${bound}
      ) SELECT hop FROM way`,
  );
  return rows.length;
}

/** A person's account on a target; the constraints refuse one that is somebody else's or a shared name. */
export function upsertAccount(
  tx: Transaction,
  account: { id: string; at: Date; targetId: TargetId; personId: PersonId; account: string },
): Promise<Change | undefined> {
  return maybeOne(
    tx,
    sql(ChangeRow)`
      INSERT INTO target_accounts AS a (id, target_id, person_id, account, created_at)
      VALUES (${account.id}, ${account.targetId}, ${account.personId}, ${account.account}, ${account.at})
      ON CONFLICT ON CONSTRAINT target_accounts_one_account DO UPDATE SET account = excluded.account
        WHERE a.account IS DISTINCT FROM excluded.account
      RETURNING (xmax = 0) AS added`,
  );
}

export interface GrantFields {
  readonly targetId: TargetId;
  readonly personId: PersonId;
  readonly actions: readonly string[];
  readonly expiresAt: Date;
}

const GrantIdRow = z.strictObject({ id: z.uuid(), same: z.boolean() });

/** The inventory's own grant in force (`granted_by` is null) for a person on a target. */
export function lockInventoryGrant(tx: Transaction, grant: GrantFields) {
  return maybeOne(
    tx,
    sql(GrantIdRow)`
      SELECT id, (actions = ${grant.actions}::text[] AND expires_at = ${grant.expiresAt}) AS same FROM grants
      WHERE target_id = ${grant.targetId} AND person_id = ${grant.personId}
        AND revoked_at IS NULL AND granted_by IS NULL
      ORDER BY created_at DESC LIMIT 1 FOR UPDATE`,
  );
}

/** Whether somebody ended, or an access review removed, reduced or held, a grant that was just like this one. */
export async function wasTakenAway(tx: Transaction, grant: GrantFields): Promise<boolean> {
  const row = await maybeOne(
    tx,
    sql(z.strictObject({ id: z.uuid() }))`
      SELECT i.id FROM access_review_items i JOIN grants g ON g.id = i.grant_id
      JOIN access_review_decisions d ON d.item_id = i.id AND d.decision IN ('remove', 'reduce', 'hold')
      WHERE i.person_id = ${grant.personId} AND g.target_id = ${grant.targetId}
        AND ARRAY(SELECT jsonb_array_elements_text(i.snapshot -> 'actions')) = ${grant.actions}::text[]
        AND (i.snapshot ->> 'expiresAt')::timestamptz = ${grant.expiresAt}
      UNION ALL
      SELECT g.id FROM grants g
      WHERE g.person_id = ${grant.personId} AND g.target_id = ${grant.targetId} AND g.ended_by IS NOT NULL
        AND g.actions = ${grant.actions}::text[] AND g.expires_at = ${grant.expiresAt} LIMIT 1`,
  );
  return row !== undefined;
}

export async function updateGrant(tx: Transaction, id: string, grant: GrantFields): Promise<void> {
  await execute(
    tx,
    sql(z.never())`UPDATE grants SET actions = ${grant.actions}, expires_at = ${grant.expiresAt} WHERE id = ${id}`,
  );
}

export async function insertGrant(tx: Transaction, grant: GrantFields & { id: string; at: Date }): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO grants (id, person_id, target_id, actions, expires_at, granted_by, created_at)
      VALUES (${grant.id}, ${grant.personId}, ${grant.targetId}, ${grant.actions}, ${grant.expiresAt}, NULL, ${grant.at})`,
  );
}

/** Revokes the inventory's grants that are not among `kept`; those a person gave stay. */
export function revokeOtherGrants(
  tx: Transaction,
  { kept, at }: { kept: readonly string[]; at: Date },
): Promise<{ target: string; person: string }[]> {
  return many(
    tx,
    sql(z.strictObject({ target: z.string(), person: z.string() }))`
      UPDATE grants g SET revoked_at = ${at} FROM targets t, persons p
      WHERE t.id = g.target_id AND p.id = g.person_id AND g.revoked_at IS NULL AND g.granted_by IS NULL
        AND g.id <> ALL (${kept}::uuid[])
      RETURNING t.name AS target, p.name AS person`,
  );
}
