import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, TicketId } from '../../policy/index.ts';
import { Letter, type TicketLetter, TOPICS } from '../delivery/model.ts';
import { count, personId, ticketKind } from '../schemas.ts';

const nothing = z.never();

export async function insertOutbox(
  tx: Transaction,
  row: { readonly id: string; readonly topic: string; readonly payload: unknown; readonly now: Date },
): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO outbox (id, topic, payload, created_at)
      VALUES (${row.id}, ${row.topic}, ${JSON.stringify(row.payload)}, ${row.now})`,
  );
}

const OutboxRow = z
  .strictObject({ id: z.uuid(), topic: z.string(), payload: z.unknown(), dispatched_at: z.date().nullable() })
  .transform(({ dispatched_at, ...row }) => ({ ...row, dispatchedAt: dispatched_at }));

/** Rows that no queue was given yet, and those it was given before `lostBefore` without anything being done. */
export function openOutbox(
  db: Queryable,
  { lostBefore, limit }: { readonly lostBefore: Date; readonly limit: number },
): Promise<z.output<typeof OutboxRow>[]> {
  return many(
    db,
    sql(OutboxRow)`
      SELECT id, topic, payload, dispatched_at FROM outbox
      WHERE done_at IS NULL AND (dispatched_at IS NULL OR dispatched_at < ${lostBefore})
      ORDER BY dispatched_at NULLS FIRST, created_at, id LIMIT ${limit}`,
  );
}

export async function markDispatched(db: Queryable, id: string, now: Date): Promise<void> {
  await execute(db, sql(nothing)`UPDATE outbox SET dispatched_at = ${now} WHERE id = ${id}`);
}

export async function markDone(tx: Transaction, id: string, now: Date): Promise<void> {
  await execute(tx, sql(nothing)`UPDATE outbox SET done_at = ${now} WHERE id = ${id} AND done_at IS NULL`);
}

export async function deleteDoneBefore(db: Queryable, before: Date): Promise<void> {
  await execute(db, sql(nothing)`DELETE FROM outbox WHERE done_at < ${before}`);
}

const NewsRow = z
  .strictObject({
    number: count,
    kind: ticketKind,
    requester_id: personId,
    requester_name: z.string(),
    lookalike: z.boolean(),
    target_name: z.string(),
    systems: z.array(z.string()),
    owner_ids: z.array(personId),
    second_line_ids: z.array(personId),
    second_line: z.boolean(),
  })
  .transform((row) => ({
    number: row.number,
    kind: row.kind,
    requester: row.requester_id,
    requesterName: row.requester_name,
    lookalike: row.lookalike,
    systems: row.systems,
    targetName: row.target_name,
    owners: row.owner_ids,
    secondLine: row.second_line_ids,
    needsSecondLine: row.second_line,
  }));

/** Who is concerned by a ticket: its requester, the owners of its systems who are not, and the second line. */
export function concernedBy(db: Queryable, ticket: TicketId): Promise<z.output<typeof NewsRow> | undefined> {
  return maybeOne(
    db,
    sql(NewsRow)`
      SELECT t.number, t.kind, t.requester_id, p.name AS requester_name, t.second_line,
        EXISTS (SELECT FROM persons o WHERE o.name_shape = p.name_shape AND o.id <> p.id AND o.deactivated_at IS NULL)
          AS lookalike,
        ARRAY(SELECT s.name FROM ticket_systems x JOIN systems s ON s.id = x.system_id WHERE x.ticket_id = t.id
          ORDER BY 1) AS systems,
        coalesce((SELECT g.name FROM targets g WHERE g.id = t.target_id),
          (SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM ticket_targets o JOIN targets g ON g.id = o.target_id
            WHERE o.ticket_id = t.id),
          (SELECT string_agg(s.name, ', ' ORDER BY s.name) FROM ticket_systems x JOIN systems s ON s.id = x.system_id
            WHERE x.ticket_id = t.id), '') AS target_name,
        ARRAY(SELECT DISTINCT o.person_id::text FROM ticket_systems x JOIN system_owners o ON o.system_id = x.system_id
          WHERE x.ticket_id = t.id AND o.person_id <> t.requester_id ORDER BY 1) AS owner_ids,
        ARRAY(SELECT s.id::text FROM persons s WHERE 'security_officer' = ANY (s.roles) AND s.id <> t.requester_id
          AND s.deactivated_at IS NULL ORDER BY 1) AS second_line_ids
      FROM tickets t JOIN persons p ON p.id = t.requester_id WHERE t.id = ${ticket}`,
  );
}

export interface NamedPerson {
  readonly person: PersonId;
  readonly name: string;
}

/** Those of these people who may be told something, in the order of their ids. */
export function namesOf(db: Queryable, ids: readonly PersonId[]): Promise<NamedPerson[]> {
  const Row = z.strictObject({ person: personId, name: z.string() });
  return many(
    db,
    sql(Row)`
      SELECT p.id AS person, p.name FROM persons p WHERE p.id = ANY (${ids}::uuid[]) AND p.deactivated_at IS NULL
        AND NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = p.id) ORDER BY p.id`,
  );
}

/** Writes one notification; the same one again changes nothing. */
export async function insertNotification(
  db: Queryable,
  row: {
    readonly id: string;
    readonly person: PersonId;
    readonly kind: string;
    readonly payload: TicketLetter;
    readonly now: Date;
  },
): Promise<void> {
  await execute(
    db,
    sql(nothing)`
      INSERT INTO notifications (id, person_id, kind, payload, created_at)
      SELECT ${row.id}::uuid, ${row.person}::uuid, ${row.kind}, ${JSON.stringify(row.payload)}::jsonb, ${row.now}::timestamptz
      -- Queued before a lock, written after it: who is locked is told nothing more.
      WHERE NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = ${row.person}::uuid)
      ON CONFLICT (id) DO NOTHING`,
  );
}

const NotificationRow = z
  .strictObject({
    id: z.string(),
    kind: z.enum([
      ...TOPICS,
      // To administrators: messages could not be sent.
      'delivery.dead',
    ]),
    payload: Letter,
    created_at: z.date(),
    read_at: z.date().nullable(),
  })
  .transform(({ created_at, read_at, ...row }) => ({ ...row, createdAt: created_at, readAt: read_at }));
export type Notification = z.output<typeof NotificationRow>;

export function selectNotifications(db: Queryable, person: PersonId, limit: number): Promise<Notification[]> {
  return many(
    db,
    sql(NotificationRow)`
      SELECT id, kind, payload, created_at, read_at FROM notifications
      WHERE person_id = ${person} ORDER BY created_at DESC, id LIMIT ${limit}`,
  );
}

export async function countUnread(db: Queryable, person: PersonId): Promise<number> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ unread: count }))`
      SELECT count(*) AS unread FROM notifications WHERE person_id = ${person} AND read_at IS NULL`,
  );
  return row?.unread ?? 0;
}

/** @returns whether the notification is this person's. */
export async function updateRead(db: Queryable, person: PersonId, id: string, now: Date): Promise<boolean> {
  const touched = await execute(
    db,
    sql(nothing)`
      UPDATE notifications SET read_at = COALESCE(read_at, ${now}) WHERE id = ${id} AND person_id = ${person}`,
  );
  return touched === 1;
}
