import { z } from 'zod';
import { many, maybeOne, type Queryable, sql } from '../../foundation/index.ts';
import type { PersonId, ProtectedAsset, SessionKind, SystemId, Target, TargetMode } from '../../policy/index.ts';
import { AssetRow, SessionKindSchema, SystemIdSchema, TargetModeSchema, TargetRow } from '../rows.ts';

/** A target with what one person has there. */
export interface TargetAccess {
  readonly target: Target;
  readonly account: string | undefined;
  readonly grant: { readonly actions: readonly SessionKind[]; readonly expiresAt: Date } | undefined;
}

const TargetAccessRow = z
  .strictObject({
    id: z.unknown(),
    system_id: z.unknown(),
    name: z.unknown(),
    host: z.unknown(),
    port: z.unknown(),
    host_key: z.unknown(),
    mode: z.unknown(),
    account: z.string().nullable(),
    actions: z.array(SessionKindSchema).nullable(),
    expires_at: z.date().nullable(),
  })
  .transform(
    ({ account, actions, expires_at, ...target }): TargetAccess => ({
      target: TargetRow.parse(target),
      account: account ?? undefined,
      grant: actions === null || expires_at === null ? undefined : { actions, expiresAt: expires_at },
    }),
  );

/** Of several grants the one that names the action, then the one that lasts longest, is the person's. */
export function findTargetAccess(
  db: Queryable,
  { personId, loginName, action }: { personId: PersonId; loginName: string; action: SessionKind },
): Promise<TargetAccess | undefined> {
  return maybeOne(
    db,
    sql(TargetAccessRow)`
      SELECT t.id, t.system_id, t.name, t.host, t.port, t.host_key, t.mode, a.account, g.actions, g.expires_at
      FROM targets t
      LEFT JOIN target_accounts a ON a.target_id = t.id AND a.person_id = ${personId}
      LEFT JOIN LATERAL (
        SELECT actions, expires_at FROM grants
        WHERE target_id = t.id AND person_id = ${personId} AND revoked_at IS NULL
        ORDER BY (${action}::text = ANY (actions)) DESC, expires_at DESC
        LIMIT 1
      ) g ON true
      WHERE t.name = ${loginName}`,
  );
}

/** What must not leave a system unasked. */
export function listAssets(db: Queryable, systemId: SystemId): Promise<ProtectedAsset[]> {
  return many(
    db,
    sql(AssetRow)`
      SELECT kind, name, data_class, record_count FROM protected_assets
      WHERE system_id = ${systemId} ORDER BY kind, name`,
  );
}

/** A target a person may enter now. */
export interface OpenTargetRecord {
  readonly name: string;
  readonly mode: TargetMode;
  readonly systemId: SystemId;
  readonly systemTitle: { readonly en: string; readonly ja: string };
  readonly account: string;
  readonly actions: readonly SessionKind[];
  readonly expiresAt: Date;
}

const OpenTargetRow = z
  .strictObject({
    name: z.string(),
    mode: TargetModeSchema,
    system_id: SystemIdSchema,
    title_en: z.string(),
    title_ja: z.string(),
    account: z.string(),
    actions: z.array(SessionKindSchema),
    expires_at: z.date(),
  })
  .transform(
    (row): OpenTargetRecord => ({
      name: row.name,
      mode: row.mode,
      systemId: row.system_id,
      systemTitle: { en: row.title_en, ja: row.title_ja },
      account: row.account,
      actions: row.actions,
      expiresAt: row.expires_at,
    }),
  );

/** Targets with an account and a grant in force; one line each, of the grant that lasts longest. */
export function listGrantedTargets(db: Queryable, personId: PersonId, now: Date): Promise<OpenTargetRecord[]> {
  return many(
    db,
    sql(OpenTargetRow)`
      SELECT DISTINCT ON (t.name) t.name, t.mode, t.system_id, s.title_en, s.title_ja, a.account, g.actions, g.expires_at
      FROM grants g
      JOIN targets t ON t.id = g.target_id
      JOIN systems s ON s.id = t.system_id
      JOIN target_accounts a ON a.target_id = t.id AND a.person_id = g.person_id
      WHERE g.person_id = ${personId} AND g.revoked_at IS NULL AND g.expires_at > ${now}
      ORDER BY t.name, g.expires_at DESC`,
  );
}
