/** Sessions as the console lists them, and the names it shows. */
import { z } from 'zod';
import { LIMITS, many, type Queryable, sql } from '../../foundation/index.ts';
import { type PersonId, SESSION_KINDS, type SessionId, type SystemId, type TargetId } from '../../policy/index.ts';

const SessionRow = z
  .strictObject({
    id: z.string(),
    person_id: z.string(),
    person_name: z.string(),
    target_name: z.string(),
    account: z.string(),
    kind: z.enum(SESSION_KINDS),
    command: z.string().nullable(),
    source_address: z.string(),
    opened_at: z.date(),
    closed_at: z.date().nullable(),
    close_reason: z.string().nullable(),
    exit_status: z.number().nullable(),
    paused_at: z.date().nullable(),
    end_asked_at: z.date().nullable(),
    last_input_at: z.date().nullable(),
    owned: z.boolean(),
    sealed: z.boolean(),
    replayable: z.boolean(),
    system_id: z.string(),
    system_en: z.string(),
    system_ja: z.string(),
    refusals: z.coerce.number().int(),
    exports: z.coerce.number().int(),
    verdict: z.string().nullable(),
  })
  .transform((row) => ({
    /** Whether the viewer may see what was on the screen; being the one who worked is not enough. */
    replayable: row.replayable,
    /** Whether the viewer answers for the system. */
    owned: row.owned,
    /** Whether the end was asked for already. */
    ending: row.end_asked_at !== null,
    session: {
      id: row.id,
      person: { id: row.person_id, name: row.person_name },
      target: { name: row.target_name },
      system: { id: row.system_id, title: { en: row.system_en, ja: row.system_ja } },
      account: row.account,
      kind: row.kind,
      command: row.command,
      sourceAddress: row.source_address,
      openedAt: row.opened_at,
      closedAt: row.closed_at,
      closeReason: row.close_reason,
      exitStatus: row.exit_status,
      pausedAt: row.paused_at,
      lastInputAt: row.last_input_at,
      sealed: row.sealed,
      /** Acts that the gate refused in it. */
      refusals: row.refusals,
      /** Tickets that were used in it. */
      exports: row.exports,
      /** What the last check of its recording said; null: nobody has checked it. */
      verdict: row.verdict,
    },
  }));
export type VisibleSession = z.output<typeof SessionRow>;

/** What a list is narrowed to; null: not by this. */
export interface SessionNarrowing {
  readonly person: PersonId | null;
  readonly target: TargetId | null;
  readonly system: SystemId | null;
  readonly state: 'open' | 'closed' | null;
  readonly refusals: boolean;
  readonly exports: boolean;
  /** The last verdict about the recording; `none`: it was never checked. */
  readonly verdict: string | null;
  readonly from: Date | null;
  readonly until: Date | null;
}

const NOT_NARROWED: SessionNarrowing = {
  ...{ person: null, target: null, system: null, state: null, refusals: false, exports: false },
  ...{ verdict: null, from: null, until: null },
};

/** The last session of a page: what comes behind it stands on the next one. */
export interface SessionCursor {
  readonly openedAt: Date;
  readonly id: SessionId;
}

export interface SessionFilter {
  readonly viewer: PersonId;
  readonly seesEvery: boolean;
  readonly box: 'mine' | 'all' | 'live';
  /** Sees that somebody works where, to be able to end it; nothing of what they do. */
  readonly seesLive?: boolean;
  readonly id?: SessionId;
  readonly narrowing?: SessionNarrowing;
  readonly after?: SessionCursor;
  readonly limit: number;
}

/**
 * Newest first, only what the viewer may see: their own, those on systems they own, all for who sees every one. Read
 * along `sessions_opened`; what is looked up in other tables to narrow the list is read once and not for each session.
 */
export function selectSessions(db: Queryable, filter: SessionFilter): Promise<VisibleSession[]> {
  const { viewer, box, id = null, after } = filter;
  const { person, target, system, state, refusals, exports, verdict, from, until } = filter.narrowing ?? NOT_NARROWED;
  return many(
    db,
    sql(SessionRow)`
      SELECT w.id, w.person_id, p.name AS person_name, t.name AS target_name, w.account, w.kind, w.command,
        w.source_address, w.opened_at, w.closed_at, w.close_reason, w.exit_status, w.paused_at, w.end_asked_at, w.last_input_at,
        t.system_id, y.title_en AS system_en, y.title_ja AS system_ja,
        t.system_id IN (SELECT o.system_id FROM system_owners o WHERE o.person_id = ${viewer}) AS owned,
        EXISTS (SELECT FROM recordings r WHERE r.session_id = w.id) AS sealed,
        (${filter.seesEvery}::boolean
          OR t.system_id IN (SELECT o.system_id FROM system_owners o WHERE o.person_id = ${viewer})) AS replayable,
        (SELECT count(*) FROM refused_acts a WHERE a.session_id = w.id) AS refusals,
        (SELECT count(*) FROM redemptions d WHERE d.session_id = w.id) AS exports,
        (SELECT e.body->>'verdict' FROM audit_events e WHERE e.session_id = w.id AND e.type = 'recording.verified'
          ORDER BY e.seq DESC LIMIT 1) AS verdict
      FROM sessions w JOIN persons p ON p.id = w.person_id JOIN targets t ON t.id = w.target_id
        JOIN systems y ON y.id = t.system_id
      WHERE (${id}::uuid IS NULL OR w.id = ${id}::uuid)
        AND (${filter.seesEvery}::boolean OR ${filter.seesLive === true}::boolean OR w.person_id = ${viewer}
          OR t.system_id IN (SELECT o.system_id FROM system_owners o WHERE o.person_id = ${viewer}))
        AND (${box} <> 'live' OR w.closed_at IS NULL)
        AND (${box} <> 'mine' OR w.person_id = ${viewer})
        AND (${person}::uuid IS NULL OR w.person_id = ${person}::uuid)
        AND (${target}::uuid IS NULL OR w.target_id = ${target}::uuid)
        AND (${system}::uuid IS NULL OR t.system_id = ${system}::uuid)
        AND (${state}::text IS NULL OR (w.closed_at IS NULL) = (${state}::text = 'open'))
        AND (NOT ${refusals}::boolean OR w.id IN (SELECT a.session_id FROM refused_acts a))
        AND (NOT ${exports}::boolean OR w.id IN (SELECT d.session_id FROM redemptions d))
        AND (${verdict}::text IS DISTINCT FROM 'none' OR w.id NOT IN (
          SELECT e.session_id FROM audit_events e WHERE e.type = 'recording.verified' AND e.session_id IS NOT NULL))
        AND (${verdict}::text IS NULL OR ${verdict}::text = 'none' OR w.id IN (
          SELECT v.session_id FROM (SELECT DISTINCT ON (e.session_id) e.session_id, e.body->>'verdict' AS verdict
            FROM audit_events e WHERE e.type = 'recording.verified' ORDER BY e.session_id, e.seq DESC) v
          WHERE v.verdict = ${verdict}::text))
        AND (${from}::timestamptz IS NULL OR w.opened_at >= ${from}::timestamptz)
        AND (${until}::timestamptz IS NULL OR w.opened_at < ${until}::timestamptz)
        AND (${after?.openedAt ?? null}::timestamptz IS NULL
          OR (w.opened_at, w.id) < (${after?.openedAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
      ORDER BY w.opened_at DESC, w.id DESC LIMIT ${filter.limit}`,
  );
}

const Named = z.strictObject({ id: z.string(), name: z.string() });
const Titled = z.strictObject({ id: z.string(), en: z.string(), ja: z.string() });

/** By whom, where, and on which systems there are sessions that the viewer may see. */
export async function sessionFacets(db: Queryable, viewer: PersonId, seesEvery: boolean) {
  const limit = LIMITS.facetsMax;
  const [persons, targets, systems] = await Promise.all([
    many(
      db,
      sql(Named)`
        SELECT p.id, p.name FROM persons p WHERE EXISTS (
          SELECT FROM sessions w JOIN targets t ON t.id = w.target_id WHERE w.person_id = p.id AND (${seesEvery}::boolean
            OR p.id = ${viewer} OR t.system_id IN (SELECT o.system_id FROM system_owners o WHERE o.person_id = ${viewer})))
        ORDER BY p.name LIMIT ${limit}`,
    ),
    many(
      db,
      sql(Named)`
        SELECT t.id, t.name FROM targets t WHERE EXISTS (
          SELECT FROM sessions w WHERE w.target_id = t.id AND (${seesEvery}::boolean OR w.person_id = ${viewer}
            OR t.system_id IN (SELECT o.system_id FROM system_owners o WHERE o.person_id = ${viewer})))
        ORDER BY t.name LIMIT ${limit}`,
    ),
    many(
      db,
      sql(Titled)`
        SELECT y.id, y.title_en AS en, y.title_ja AS ja FROM systems y WHERE EXISTS (
          SELECT FROM targets t JOIN sessions w ON w.target_id = t.id
          WHERE t.system_id = y.id AND (${seesEvery}::boolean OR w.person_id = ${viewer}
            OR y.id IN (SELECT o.system_id FROM system_owners o WHERE o.person_id = ${viewer})))
        ORDER BY y.title_en LIMIT ${limit}`,
    ),
  ]);
  return { persons, targets, systems: systems.map(({ id, ...title }) => ({ id, title })) };
}

/** Names of people by their id. */
export async function namesOf(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await many(
    db,
    sql(z.strictObject({ id: z.string(), name: z.string() }))`
      SELECT id, name FROM persons WHERE id = ANY (${ids}::uuid[])`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Whether the database answers. */
export async function ping(db: Queryable): Promise<void> {
  await many(db, sql(z.strictObject({ one: z.number() }))`SELECT 1 AS one`);
}
