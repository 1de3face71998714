/** Sessions as the console lists them, and the names it shows. */
import { z } from 'zod';
import { many, type Queryable, sql } from '../../foundation/index.ts';
import { type PersonId, SESSION_KINDS, type SessionId } from '../../policy/index.ts';

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
    },
  }));
export type VisibleSession = z.output<typeof SessionRow>;

export interface SessionFilter {
  readonly viewer: PersonId;
  readonly seesEvery: boolean;
  readonly box: 'mine' | 'all' | 'live';
  /** Sees that somebody works where, to be able to end it; nothing of what they do. */
  readonly seesLive?: boolean;
  readonly id: SessionId | null;
  readonly before: Date | null;
  readonly limit: number;
}

/**
 * Newest first, only what the viewer may see: their own, those on systems they own, all for who sees every one. Sessions
 * opened at the same moment as the last one come with it, so that `before` never skips any.
 */
export function selectSessions(db: Queryable, filter: SessionFilter): Promise<VisibleSession[]> {
  const { viewer, box, id, before } = filter;
  return many(
    db,
    sql(SessionRow)`
      SELECT w.id, w.person_id, p.name AS person_name, t.name AS target_name, w.account, w.kind, w.command,
        w.source_address, w.opened_at, w.closed_at, w.close_reason, w.exit_status, w.paused_at, w.end_asked_at, w.last_input_at, own.owned,
        EXISTS (SELECT FROM recordings r WHERE r.session_id = w.id) AS sealed,
        (own.owned OR ${filter.seesEvery}::boolean) AS replayable
      FROM sessions w JOIN persons p ON p.id = w.person_id JOIN targets t ON t.id = w.target_id
        CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM system_owners o
          WHERE o.system_id = t.system_id AND o.person_id = ${viewer}) AS owned) own
      WHERE (${id}::uuid IS NULL OR w.id = ${id}::uuid)
        AND (w.person_id = ${viewer} OR own.owned OR ${filter.seesEvery}::boolean OR ${filter.seesLive === true}::boolean)
        AND (${box} <> 'live' OR w.closed_at IS NULL)
        AND (${box} <> 'mine' OR w.person_id = ${viewer})
        AND (${before}::timestamptz IS NULL OR w.opened_at < ${before}::timestamptz)
      ORDER BY w.opened_at DESC FETCH FIRST (${filter.limit}::int) ROWS WITH TIES`,
  );
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
