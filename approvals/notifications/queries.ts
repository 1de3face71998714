import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, TicketId } from '../../policy/index.ts';
import { count, personId, ticketId, ticketState } from '../schemas.ts';

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

const OutboxRow = z.strictObject({ id: z.uuid(), topic: z.string(), payload: z.unknown() });

export function waitingOutbox(db: Queryable, limit: number): Promise<z.output<typeof OutboxRow>[]> {
  return many(
    db,
    sql(OutboxRow)`
      SELECT id, topic, payload FROM outbox WHERE dispatched_at IS NULL ORDER BY created_at, id LIMIT ${limit}`,
  );
}

export async function markDispatched(db: Queryable, id: string, now: Date): Promise<void> {
  await execute(db, sql(nothing)`UPDATE outbox SET dispatched_at = ${now} WHERE id = ${id} AND dispatched_at IS NULL`);
}

export async function deleteDispatchedBefore(db: Queryable, before: Date): Promise<void> {
  await execute(db, sql(nothing)`DELETE FROM outbox WHERE dispatched_at < ${before}`);
}

const NewsRow = z
  .strictObject({
    number: count,
    requester_id: personId,
    requester_name: z.string(),
    target_name: z.string(),
    owner_ids: z.array(personId),
    second_line_ids: z.array(personId),
    second_line: z.boolean(),
  })
  .transform((row) => ({
    number: row.number,
    requester: row.requester_id,
    requesterName: row.requester_name,
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
      SELECT t.number, t.requester_id, p.name AS requester_name, t.second_line,
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

const NotificationPayload = z.strictObject({
  ticket: ticketId,
  number: count,
  state: ticketState,
  requesterName: z.string(),
  targetName: z.string(),
});

/** Of what is no ticket: what it is about, and the review it is found in. */
const PlainPayload = z.strictObject({ review: z.uuid().optional(), number: count.optional(), subject: z.string() });

/** Writes one notification; the same one again changes nothing. */
export async function insertNotification(
  db: Queryable,
  row: {
    readonly id: string;
    readonly person: PersonId;
    readonly kind: string;
    readonly payload: z.output<typeof NotificationPayload>;
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
      'ticket.requested',
      'ticket.decided',
      'ticket.completed',
      'ticket.deviates',
      'ticket.waiting',
      'emergency.started',
      'emergency.overdue',
      'review.due',
      'review.overdue',
      'contract.ending',
      'contract.ended',
      'accounts.found',
      'grant.ending',
    ]),
    payload: z.union([NotificationPayload, PlainPayload]),
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
