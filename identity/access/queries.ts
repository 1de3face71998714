import { z } from 'zod';
import { LIMITS, many, type Queryable, sql } from '../../foundation/index.ts';
import {
  actionsFor,
  type GrantAction,
  type LockKind,
  type Person,
  type PersonId,
  type ProtectedAsset,
  type RiskSettings,
  type SessionKind,
  type SystemId,
  type Target,
  type TargetId,
  type TargetMode,
} from '../../policy/index.ts';
import {
  AssetRow,
  GrantActionSchema,
  LockKindSchema,
  PersonRow,
  RiskRow,
  SystemIdSchema,
  TargetIdSchema,
  TargetModeSchema,
  TargetRow,
} from '../rows.ts';

/** A target with what one person has there. */
export interface TargetAccess {
  readonly target: Target;
  readonly account: string | undefined;
  readonly grant: { readonly actions: readonly GrantAction[]; readonly expiresAt: Date } | undefined;
  readonly assets: readonly ProtectedAsset[];
  readonly risk: RiskSettings;
  /** Programs that an owner accepted for its system. */
  readonly programs: ReadonlySet<string>;
  /** Sessions open on it, of everybody; 0 when nobody asked. */
  readonly open: number;
  /** Whether a relay host stands before it. */
  readonly hasWay: boolean;
  /** Of the target and its system. */
  readonly locks: readonly LockKind[];
}

export interface PersonAccess {
  readonly person: Person;
  /** Of the person, their company and their key. */
  readonly locks: readonly LockKind[];
  /** Locked addresses and networks, and those the connection is known to come from. */
  readonly places: { readonly locked: readonly string[]; readonly of: readonly string[] };
  /** Whether what signed in, the key that was asked about or the sign-in at the console behind the connection, still counts. */
  readonly keyInForce: boolean;
  /** Their open sessions; 0 when nobody asked. */
  readonly open: number;
  /** Every target of the name, in any order; empty when there is none. */
  readonly candidates: readonly TargetAccess[];
}

const instant = z.iso.datetime({ offset: true, local: true }).transform((text) => new Date(text));

const CandidateRow = z
  .strictObject({
    target: TargetRow,
    account: z.string().nullable(),
    grant: z.strictObject({ actions: z.array(GrantActionSchema), expires_at: instant }).nullable(),
    assets: z.array(AssetRow),
    risk: RiskRow,
    programs: z.array(z.string()),
    open: z.int(),
    has_way: z.boolean(),
    locks: z.array(LockKindSchema),
  })
  .transform(
    ({ target, account, grant, assets, risk, programs, open, has_way, locks }): TargetAccess => ({
      target,
      account: account ?? undefined,
      grant: grant === null ? undefined : { actions: grant.actions, expiresAt: grant.expires_at },
      assets,
      risk,
      programs: new Set(programs),
      open,
      hasWay: has_way,
      locks,
    }),
  );

const PersonAccessRow = z
  .strictObject({
    id: z.unknown(),
    name: z.unknown(),
    email: z.unknown(),
    employer: z.unknown(),
    locale: z.unknown(),
    roles: z.unknown(),
    contract_ends_at: z.unknown(),
    locks: z.array(LockKindSchema),
    locked_places: z.array(z.string()),
    places: z.array(z.string()),
    key_in_force: z.boolean(),
    open: z.int(),
    candidates: z.array(CandidateRow),
  })
  .transform(
    ({ locks, locked_places, places, key_in_force, open, candidates, ...person }): PersonAccess => ({
      person: PersonRow.parse(person),
      locks,
      places: { locked: locked_places, of: places },
      keyInForce: key_in_force,
      open,
      candidates,
    }),
  );

/**
 * A person and what they have on the targets of one name, in one reading: what is decided on is of one moment. Of
 * several grants on a target the one that allows the action, then the one that lasts longest, is the person's.
 */
export async function findPersonAccess(
  db: Queryable,
  asked: {
    personId: PersonId;
    targetName: string | null;
    systemName: string | null;
    action: SessionKind;
    /** An enrolled key; null asks about none. */
    key: { readonly fingerprint: string; readonly blob: Buffer } | null;
    /** The fingerprint of the key that proved who it is, enrolled or certified; null: none did. */
    fingerprint: string | null;
    /** The SSH connection; null asks about none. */
    connectionId: string | null;
    at: Date;
    /** Open sessions that began later are counted; null counts none. */
    openSince: Date | null;
  },
): Promise<PersonAccess | undefined> {
  const { personId, targetName, systemName, key, connectionId, at, openSince } = asked;
  const needed = [...actionsFor(asked.action)];
  const rows = await many(
    db,
    sql(PersonAccessRow)`
      SELECT p.id, p.name, p.email, p.employer, p.locale, p.roles, p.contract_ends_at,
        ARRAY(SELECT l.kind FROM person_locks l WHERE l.person_id = p.id
          UNION ALL SELECT 'person' WHERE p.deactivated_at IS NOT NULL UNION ALL SELECT l.kind FROM locks l WHERE l.kind = 'key' AND l.subject = ${asked.fingerprint}::text AND l.lifted_at IS NULL) AS locks,
        ARRAY(SELECT l.subject FROM locks l WHERE l.kind = 'device' AND l.lifted_at IS NULL) AS locked_places,
        ARRAY(SELECT DISTINCT o.source_address FROM sessions o WHERE o.connection_id = ${connectionId}::uuid) AS places,
        (${key?.fingerprint ?? null}::text IS NULL OR EXISTS (SELECT FROM ssh_keys k
          WHERE k.fingerprint = ${key?.fingerprint ?? null}::text AND k.public_key = ${key?.blob ?? null}::bytea
            AND k.person_id = p.id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${at}))
        ) AND NOT EXISTS (SELECT FROM connection_sign_ins c
          WHERE c.connection_id = ${connectionId}::uuid AND c.ended_at IS NOT NULL) AS key_in_force,
        (SELECT count(*) FROM sessions o WHERE o.person_id = p.id AND o.closed_at IS NULL
          AND o.opened_at > ${openSince}::timestamptz)::integer AS open,
        coalesce((
          SELECT jsonb_agg(jsonb_build_object(
            'target', jsonb_build_object('id', t.id, 'system_id', t.system_id, 'system_name', s.name, 'name', t.name,
              'host', t.host, 'port', t.port, 'host_key', t.host_key, 'host_ca', t.host_ca, 'mode', t.mode,
              'legacy_algorithms', t.legacy_algorithms, 'source_address', t.source_address, 'sign_in', t.sign_in),
            'account', a.account,
            'grant', (
              SELECT jsonb_build_object('actions', g.actions, 'expires_at', g.expires_at) FROM grants g
              WHERE g.target_id = t.id AND g.person_id = p.id AND g.revoked_at IS NULL
              ORDER BY g.actions && ${needed}::text[] DESC, g.expires_at DESC LIMIT 1),
            'assets', coalesce((
              SELECT jsonb_agg(jsonb_build_object('kind', x.kind, 'name', x.name, 'data_class', x.data_class,
                'record_count', x.record_count) ORDER BY x.kind, x.name)
              FROM protected_assets x WHERE x.system_id = t.system_id), '[]')
            || coalesce((
              SELECT jsonb_agg(jsonb_build_object('kind', c.kind, 'name', c.name, 'data_class', 'copy',
                'record_count', null, 'copy_of', c.copy_of) ORDER BY c.made_at DESC)
              FROM (SELECT * FROM protected_copies k WHERE k.target_id = t.id AND k.protected_until > ${at}
                ORDER BY k.made_at DESC LIMIT ${LIMITS.protectedCopiesMax}) c), '[]'),
            'programs', coalesce((
              SELECT jsonb_agg(m.name) FROM programs m WHERE m.system_id = t.system_id AND m.state = 'accepted'), '[]'),
            'risk', s.risk,
            'open', (SELECT count(*) FROM sessions o WHERE o.target_id = t.id AND o.closed_at IS NULL
              AND o.opened_at > ${openSince}::timestamptz),
            'has_way', t.via_target_id IS NOT NULL,
            'locks', coalesce((SELECT jsonb_agg(l.kind) FROM target_locks l WHERE l.target_id = t.id), '[]')))
          FROM targets t
          JOIN systems s ON s.id = t.system_id
          LEFT JOIN target_accounts a ON a.target_id = t.id AND a.person_id = p.id
          WHERE t.name = ${targetName} AND (${systemName}::text IS NULL OR s.name = ${systemName})), '[]') AS candidates
      FROM persons p WHERE p.id = ${personId}`,
  );
  return rows[0];
}

const HopRow = z
  .strictObject({ target: TargetRow, account: z.string().nullable(), locks: z.array(LockKindSchema) })
  .transform(({ target, account, locks }) => ({ target, account: account ?? undefined, locks }));

/** The relay hosts before a target, outermost first, with the person's own account on each; `bound` of them at most. */
export function findWay(
  db: Queryable,
  { personId, targetId, bound }: { personId: PersonId; targetId: TargetId; bound: number },
): Promise<{ target: Target; account: string | undefined; locks: readonly LockKind[] }[]> {
  return many(
    db,
    sql(HopRow)`
      WITH RECURSIVE way (id, hop) AS (
        SELECT via_target_id, 1 FROM targets WHERE id = ${targetId} AND via_target_id IS NOT NULL
        UNION ALL
        SELECT t.via_target_id, way.hop + 1 FROM way JOIN targets t ON t.id = way.id
        WHERE t.via_target_id IS NOT NULL AND way.hop < ${bound}
      )
      SELECT jsonb_build_object('id', t.id, 'system_id', t.system_id, 'system_name', s.name, 'name', t.name,
          'host', t.host, 'port', t.port, 'host_key', t.host_key, 'host_ca', t.host_ca, 'mode', t.mode,
          'legacy_algorithms', t.legacy_algorithms, 'source_address', t.source_address, 'sign_in', t.sign_in) AS target,
        a.account,
        ARRAY(SELECT l.kind FROM target_locks l WHERE l.target_id = t.id) AS locks
      FROM way
      JOIN targets t ON t.id = way.id
      JOIN systems s ON s.id = t.system_id
      LEFT JOIN target_accounts a ON a.target_id = t.id AND a.person_id = ${personId}
      ORDER BY way.hop DESC`,
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
  readonly id: TargetId;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly mode: TargetMode;
  readonly legacyAlgorithms: boolean;
  readonly systemId: SystemId;
  readonly systemName: string;
  readonly systemTitle: { readonly en: string; readonly ja: string };
  readonly account: string;
  readonly actions: readonly GrantAction[];
  readonly expiresAt: Date;
}

const OpenTargetRow = z
  .strictObject({
    id: TargetIdSchema,
    name: z.string(),
    host: z.string(),
    port: z.number().int(),
    mode: TargetModeSchema,
    legacy_algorithms: z.boolean(),
    system_id: SystemIdSchema,
    system_name: z.string(),
    title_en: z.string(),
    title_ja: z.string(),
    account: z.string(),
    actions: z.array(GrantActionSchema),
    expires_at: z.date(),
  })
  .transform(
    ({ legacy_algorithms, system_id, system_name, title_en, title_ja, expires_at, ...row }): OpenTargetRecord => ({
      ...row,
      legacyAlgorithms: legacy_algorithms,
      systemId: system_id,
      systemName: system_name,
      systemTitle: { en: title_en, ja: title_ja },
      expiresAt: expires_at,
    }),
  );

/** Targets with an account and a grant in force; one line each, of the grant that lasts longest. */
export function listGrantedTargets(db: Queryable, personId: PersonId, now: Date): Promise<OpenTargetRecord[]> {
  return many(
    db,
    sql(OpenTargetRow)`
      SELECT DISTINCT ON (t.name, s.name) t.id, t.name, t.host, t.port, t.mode, t.legacy_algorithms, t.system_id,
        s.name AS system_name, s.title_en, s.title_ja, a.account, g.actions, g.expires_at
      FROM grants g
      JOIN targets t ON t.id = g.target_id
      JOIN systems s ON s.id = t.system_id
      JOIN target_accounts a ON a.target_id = t.id AND a.person_id = g.person_id
      WHERE g.person_id = ${personId} AND g.revoked_at IS NULL AND g.expires_at > ${now}
      ORDER BY t.name, s.name, g.expires_at DESC`,
  );
}
