import { z } from 'zod';
import { execute, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import { personId, ticketId } from '../schemas.ts';

const nothing = z.never();

const LinkRow = z
  .strictObject({
    ...{ id: z.uuid(), ticket_id: ticketId, person_id: personId, purpose: z.enum(['decide', 'review']) },
    ...{ expires_at: z.date(), used_at: z.date().nullable() },
  })
  .transform(({ ticket_id, person_id, expires_at, used_at, ...row }) => ({
    ...row,
    ticket: ticket_id,
    person: person_id,
    expiresAt: expires_at,
    usedAt: used_at,
  }));
export type Link = z.output<typeof LinkRow>;

export async function insertLink(tx: Transaction, link: Omit<Link, 'usedAt'> & { readonly now: Date }): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO ticket_links (id, ticket_id, person_id, purpose, created_at, expires_at)
      VALUES (${link.id}, ${link.ticket}, ${link.person}, ${link.purpose}, ${link.now}, ${link.expiresAt})
      ON CONFLICT (id) DO NOTHING`,
  );
}

export function selectLink(db: Queryable, id: string): Promise<Link | undefined> {
  return maybeOne(
    db,
    sql(LinkRow)`SELECT id, ticket_id, person_id, purpose, expires_at, used_at FROM ticket_links WHERE id = ${id}`,
  );
}

/** Two at once: the second waits here and sees that it is used. */
export function lockLink(tx: Transaction, id: string): Promise<Link | undefined> {
  return maybeOne(
    tx,
    sql(LinkRow)`
      SELECT id, ticket_id, person_id, purpose, expires_at, used_at FROM ticket_links WHERE id = ${id} FOR UPDATE`,
  );
}

export async function markLinkUsed(tx: Transaction, id: string, now: Date): Promise<void> {
  await execute(tx, sql(nothing)`UPDATE ticket_links SET used_at = ${now} WHERE id = ${id}`);
}
