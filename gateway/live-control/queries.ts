import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, SessionId } from '../../policy/index.ts';

const ControlledRow = z
  .strictObject({
    person_id: z.custom<PersonId>((value) => typeof value === 'string'),
    closed_at: z.date().nullable(),
    end_asked_at: z.date().nullable(),
    paused_at: z.date().nullable(),
    owned: z.boolean(),
  })
  .transform((row) => ({
    personId: row.person_id,
    isLive: row.closed_at === null && row.end_asked_at === null,
    isPaused: row.paused_at !== null,
    /** Whether the asking person answers for the system. */
    isOwned: row.owned,
  }));

/** The session, whose row stays locked: of two commands at once the second sees what the first did. */
export function lockSession(tx: Transaction, id: SessionId, asker: PersonId) {
  return maybeOne(
    tx,
    sql(ControlledRow)`
      SELECT s.person_id, s.closed_at, s.end_asked_at, s.paused_at,
        EXISTS (SELECT FROM targets t JOIN system_owners o ON o.system_id = t.system_id
                WHERE t.id = s.target_id AND o.person_id = ${asker}) AS owned
      FROM sessions s WHERE s.id = ${id} FOR UPDATE OF s`,
  );
}

export async function markEndAsked(tx: Transaction, ended: { id: SessionId; text: string; at: Date }): Promise<void> {
  await execute(
    tx,
    sql(z.never())`UPDATE sessions SET end_asked_at = ${ended.at}, end_text = ${ended.text} WHERE id = ${ended.id}`,
  );
}

export async function markPaused(
  tx: Transaction,
  paused: { id: SessionId; by: PersonId; text: string; at: Date },
): Promise<void> {
  await execute(
    tx,
    sql(
      z.never(),
    )`UPDATE sessions SET paused_at = ${paused.at}, paused_by = ${paused.by}, pause_text = ${paused.text} WHERE id = ${paused.id}`,
  );
}

export async function markResumed(tx: Transaction, id: SessionId): Promise<void> {
  await execute(
    tx,
    sql(z.never())`UPDATE sessions SET paused_at = NULL, paused_by = NULL, pause_text = NULL WHERE id = ${id}`,
  );
}

/** Told to every gateway process of this database when the transaction is committed. */
export async function notifyControl(tx: Transaction, channel: string, payload: string): Promise<void> {
  await execute(tx, sql(z.unknown())`SELECT pg_notify(${channel}, ${payload})`);
}

const AskedRow = z
  .strictObject({
    id: z.custom<SessionId>((value) => typeof value === 'string'),
    end_text: z.string().nullable(),
    pause_text: z.string().nullable(),
  })
  .transform((row) => ({ id: row.id, endText: row.end_text, pauseText: row.pause_text }));

/** What was asked of these sessions and still stands. */
export function selectAsked(db: Queryable, ids: readonly SessionId[]) {
  return many(db, sql(AskedRow)`SELECT id, end_text, pause_text FROM sessions WHERE id = ANY (${ids}::uuid[])`);
}

/** Writes when people last typed, of many sessions at once. */
export async function updateLastInput(
  db: Queryable,
  inputs: readonly { readonly id: SessionId; readonly at: Date }[],
): Promise<void> {
  const [ids, moments] = [inputs.map(({ id }) => id), inputs.map(({ at }) => at)];
  await execute(
    db,
    sql(z.never())`
      UPDATE sessions s SET last_input_at = i.at
      FROM unnest(${ids}::uuid[], ${moments}::timestamptz[]) AS i (id, at)
      WHERE s.id = i.id AND s.closed_at IS NULL`,
  );
}
