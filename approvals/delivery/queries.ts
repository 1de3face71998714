import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { count, personId, ticketState } from '../schemas.ts';
import type { Settled } from './after.ts';
import { Letter, type Receiver, TOPICS, type Topic } from './model.ts';

const nothing = z.never();
const topic = z.enum(TOPICS);
const locale = z.enum(['en', 'ja']);

const UnplannedRow = z
  .strictObject({
    id: z.uuid(),
    person_id: personId,
    name: z.string(),
    kind: z.string(),
    payload: z.unknown(),
    mail: z.boolean(),
  })
  .transform(({ person_id, ...row }) => ({ ...row, person: person_id }));
export type Unplanned = z.output<typeof UnplannedRow>;

/** Notifications of which it is not settled whether they are sent too; those of another process are left to it. */
export function lockUnplanned(tx: Transaction, limit: number): Promise<Unplanned[]> {
  return many(
    tx,
    sql(UnplannedRow)`
      SELECT n.id, n.person_id, p.name, n.kind, n.payload, coalesce(s.mail, true) AS mail
      FROM notifications n JOIN persons p ON p.id = n.person_id
        LEFT JOIN notification_settings s ON s.person_id = n.person_id
      WHERE n.planned_at IS NULL ORDER BY n.created_at LIMIT ${limit} FOR UPDATE OF n SKIP LOCKED`,
  );
}

export async function markPlanned(tx: Transaction, ids: readonly string[], now: Date): Promise<void> {
  await execute(tx, sql(nothing)`UPDATE notifications SET planned_at = ${now} WHERE id = ANY (${ids}::uuid[])`);
}

export interface NewDelivery {
  readonly id: string;
  readonly channel: string;
  readonly person: PersonId | null;
  readonly topic: Topic;
  readonly letter: Letter;
  readonly tries: number;
  readonly now: Date;
}

/** @returns whether it is new; the same one again changes nothing. */
export async function insertDelivery(tx: Transaction, row: NewDelivery): Promise<boolean> {
  const written = await execute(
    tx,
    sql(nothing)`
      INSERT INTO deliveries (id, channel, person_id, kind, payload, created_at, tries_left, next_at)
      VALUES (${row.id}, ${row.channel}, ${row.person}, ${row.topic}, ${JSON.stringify(row.letter)}, ${row.now},
        ${row.tries}, ${row.now}) ON CONFLICT (id) DO NOTHING`,
  );
  return written === 1;
}

const DueRow = z.strictObject({ id: z.uuid(), channel: z.string(), attempts: z.number().int() });

export function selectDue(db: Queryable, now: Date, limit: number): Promise<z.output<typeof DueRow>[]> {
  return many(
    db,
    sql(DueRow)`
      SELECT id, channel, attempts FROM deliveries WHERE state = 'waiting' AND next_at <= ${now}
      ORDER BY next_at LIMIT ${limit}`,
  );
}

const ClaimedRow = z.strictObject({
  id: z.uuid(),
  channel: z.string(),
  kind: topic,
  payload: Letter,
  attempts: z.number().int(),
  tries_left: z.number().int(),
  created_at: z.date(),
});
export type Claimed = z.output<typeof ClaimedRow>;

/**
 * Takes the try after `attempt`, once, however many workers were handed it. Until `until` it is theirs; somebody who
 * breaks off in between leaves it to the next try.
 */
export function claim(
  tx: Transaction,
  { delivery, attempt, until }: { readonly delivery: string; readonly attempt: number; readonly until: Date },
): Promise<Claimed | undefined> {
  return maybeOne(
    tx,
    sql(ClaimedRow)`
      UPDATE deliveries SET attempts = attempts + 1, tries_left = greatest(tries_left - 1, 0), next_at = ${until}
      WHERE id = ${delivery} AND state = 'waiting' AND attempts = ${attempt} AND tries_left > 0
      RETURNING id, channel, kind, payload, attempts, tries_left, created_at`,
  );
}

/** Those whose last try nobody finished. @returns them, locked. */
export function lockWornOut(tx: Transaction, now: Date, limit: number): Promise<Claimed[]> {
  return many(
    tx,
    sql(ClaimedRow)`
      SELECT id, channel, kind, payload, attempts, tries_left, created_at FROM deliveries
      WHERE state = 'waiting' AND tries_left = 0 AND next_at <= ${now} ORDER BY next_at LIMIT ${limit}
      FOR UPDATE SKIP LOCKED`,
  );
}

/** @returns whether this try was still the one that counts. */
export async function settle(
  tx: Transaction,
  { id, attempts }: Pick<Claimed, 'id' | 'attempts'>,
  to: Settled | { readonly state: 'dropped' },
  now: Date,
): Promise<boolean> {
  const fault = 'fault' in to ? to.fault : null;
  const status = 'status' in to ? to.status : null;
  const ended = to.state === 'waiting' ? null : now;
  const nextAt = to.state === 'waiting' ? to.nextAt : now;
  const written = await execute(
    tx,
    sql(nothing)`
      UPDATE deliveries SET state = ${to.state}, next_at = ${nextAt}, error = ${fault}, status = ${status},
        ended_at = ${ended}
      WHERE id = ${id} AND state = 'waiting' AND attempts = ${attempts}`,
  );
  return written === 1;
}

const ReceiverRow = z.strictObject({
  id: personId,
  name: z.string(),
  email: z.string().nullable(),
  locale,
  gone: z.boolean(),
});

/** Who gets it now; `gone`: locked or not here any more, and told nothing. */
export function selectReceiver(db: Queryable, delivery: string): Promise<(Receiver & { gone: boolean }) | undefined> {
  return maybeOne(
    db,
    sql(ReceiverRow)`
      SELECT p.id, p.name, p.email, p.locale, p.deactivated_at IS NOT NULL
        OR EXISTS (SELECT FROM person_locks l WHERE l.person_id = p.id) AS gone
      FROM deliveries d JOIN persons p ON p.id = d.person_id WHERE d.id = ${delivery}`,
  );
}

const StandingRow = z
  .strictObject({ state: ticketState, updated_at: z.date() })
  .transform(({ state, updated_at }) => ({ state, since: updated_at }));

/** How the ticket stands now, and since when. */
export function selectTicketNow(db: Queryable, ticket: string): Promise<z.output<typeof StandingRow> | undefined> {
  return maybeOne(db, sql(StandingRow)`SELECT state, updated_at FROM tickets WHERE id = ${ticket}`);
}

export async function deleteEndedBefore(db: Queryable, before: Date): Promise<void> {
  await execute(db, sql(nothing)`DELETE FROM deliveries WHERE state IN ('sent', 'dropped') AND ended_at < ${before}`);
}

const ListedRow = z
  .strictObject({
    ...{ id: z.uuid(), channel: z.string(), kind: topic, person: z.string().nullable(), number: count.nullable() },
    ...{ attempts: z.number().int(), error: z.string().nullable(), status: z.number().int().nullable() },
    ...{ created_at: z.date(), ended_at: z.date().nullable(), next_at: z.date() },
  })
  .transform(({ created_at, ended_at, next_at, kind, ...row }) => ({
    ...row,
    topic: kind,
    createdAt: created_at,
    endedAt: ended_at,
    nextAt: next_at,
  }));
export type ListedDelivery = z.output<typeof ListedRow>;

/** Dead letters newest first, or what waits for another try. */
export function selectDeliveries(db: Queryable, state: 'dead' | 'waiting', limit: number): Promise<ListedDelivery[]> {
  return many(
    db,
    sql(ListedRow)`
      SELECT d.id, d.channel, d.kind, p.name AS person, (d.payload ->> 'number')::bigint AS number, d.attempts, d.error,
        d.status, d.created_at, d.ended_at, d.next_at
      FROM deliveries d LEFT JOIN persons p ON p.id = d.person_id
      WHERE d.state = ${state} AND (d.state = 'dead' OR d.attempts > 0)
      ORDER BY coalesce(d.ended_at, d.next_at) DESC, d.id LIMIT ${limit}`,
  );
}

const TallyRow = z
  .strictObject({ channel: z.string(), waiting: count, sent: count, dead: count, last_sent: z.date().nullable() })
  .transform(({ last_sent, ...row }) => ({ ...row, lastSentAt: last_sent }));
export type ChannelTally = z.output<typeof TallyRow>;

export function selectTallies(db: Queryable, since: Date): Promise<ChannelTally[]> {
  return many(
    db,
    sql(TallyRow)`
      SELECT channel, count(*) FILTER (WHERE state = 'waiting') AS waiting,
        count(*) FILTER (WHERE state = 'sent' AND ended_at >= ${since}) AS sent,
        count(*) FILTER (WHERE state = 'dead') AS dead, max(ended_at) FILTER (WHERE state = 'sent') AS last_sent
      FROM deliveries GROUP BY channel ORDER BY channel`,
  );
}

const AgainRow = z.strictObject({ id: z.uuid(), channel: z.string() });

/** Dead letters become waiting again: one, or all of a channel. @returns them. */
export function reviveDead(
  tx: Transaction,
  {
    id,
    channel,
    tries,
    now,
  }: { readonly id: string | null; readonly channel: string | null; readonly tries: number; readonly now: Date },
): Promise<z.output<typeof AgainRow>[]> {
  return many(
    tx,
    sql(AgainRow)`
      UPDATE deliveries SET state = 'waiting', tries_left = ${tries}, next_at = ${now}, error = NULL, status = NULL,
        ended_at = NULL
      WHERE state = 'dead' AND (id = ${id}::uuid OR channel = ${channel}::text) RETURNING id, channel`,
  );
}

/** One for each administrator; the same again changes nothing. */
export async function notifyAdministrators(
  tx: Transaction,
  rows: { readonly key: string; readonly channel: string; readonly now: Date },
): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO notifications (id, person_id, kind, payload, created_at, planned_at)
      SELECT md5(${rows.key}::text || p.id::text)::uuid, p.id, 'delivery.dead',
        jsonb_build_object('subject', ${rows.channel}::text), ${rows.now}, ${rows.now}
      FROM persons p WHERE 'administrator' = ANY (p.roles) AND p.deactivated_at IS NULL
      ON CONFLICT (id) DO NOTHING`,
  );
}

const SettingRow = z.strictObject({ mail: z.boolean() });

export async function selectWantsMail(db: Queryable, person: PersonId): Promise<boolean> {
  return (
    (await maybeOne(db, sql(SettingRow)`SELECT mail FROM notification_settings WHERE person_id = ${person}`))?.mail ??
    true
  );
}

export async function upsertWantsMail(tx: Transaction, person: PersonId, mail: boolean, now: Date): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO notification_settings (person_id, mail, updated_at) VALUES (${person}, ${mail}, ${now})
      ON CONFLICT (person_id) DO UPDATE SET mail = EXCLUDED.mail, updated_at = EXCLUDED.updated_at`,
  );
}
