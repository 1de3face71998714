import { z } from 'zod';
import { execute, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, TicketId } from '../../policy/index.ts';
import type { MessageKind } from '../model.ts';
import { count } from '../schemas.ts';

export interface MessageToWrite {
  readonly ticket: TicketId;
  readonly author: PersonId;
  readonly kind: MessageKind;
  readonly text: string;
  readonly now: Date;
}

export async function insertMessage(tx: Transaction, message: MessageToWrite & { readonly id: string }): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO ticket_messages (id, ticket_id, author_id, kind, text, written_at)
      VALUES (${message.id}, ${message.ticket}, ${message.author}, ${message.kind}, ${message.text}, ${message.now})`,
  );
}

/** How many messages the ticket has, of one kind or of all. */
export async function countMessages(db: Queryable, ticket: TicketId, kind: MessageKind | null = null): Promise<number> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ messages: count }))`
      SELECT count(*) AS messages FROM ticket_messages
      WHERE ticket_id = ${ticket} AND (${kind}::text IS NULL OR kind = ${kind})`,
  );
  return row?.messages ?? 0;
}
