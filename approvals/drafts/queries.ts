import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql } from '../../foundation/index.ts';
import type { PersonId, TicketKind } from '../../policy/index.ts';
import { count, ticketKind } from '../schemas.ts';

const DraftRow = z
  .strictObject({
    id: z.uuid(),
    kind: ticketKind,
    content: z.record(z.string(), z.unknown()),
    updated_at: z.date(),
  })
  .transform(({ updated_at, ...row }) => ({ ...row, updatedAt: updated_at }));
export type Draft = z.output<typeof DraftRow>;

export interface SavedDraft {
  readonly id: string;
  readonly person: PersonId;
  readonly kind: TicketKind;
  readonly content: object;
  readonly isNew: boolean;
  readonly now: Date;
}

/** The draft as it stands now; undefined when it is not this person's. */
export function upsertDraft(db: Queryable, draft: SavedDraft): Promise<Draft | undefined> {
  const content = JSON.stringify(draft.content);
  if (draft.isNew) {
    return maybeOne(
      db,
      sql(DraftRow)`
        INSERT INTO ticket_drafts (id, person_id, kind, content, created_at, updated_at)
        VALUES (${draft.id}, ${draft.person}, ${draft.kind}, ${content}, ${draft.now}, ${draft.now})
        RETURNING id, kind, content, updated_at`,
    );
  }
  return maybeOne(
    db,
    sql(DraftRow)`
      UPDATE ticket_drafts SET kind = ${draft.kind}, content = ${content}, updated_at = ${draft.now}
      WHERE id = ${draft.id} AND person_id = ${draft.person} RETURNING id, kind, content, updated_at`,
  );
}

export function selectDrafts(db: Queryable, person: PersonId, limit: number): Promise<Draft[]> {
  return many(
    db,
    sql(DraftRow)`
      SELECT id, kind, content, updated_at FROM ticket_drafts WHERE person_id = ${person}
      ORDER BY updated_at DESC, id LIMIT ${limit}`,
  );
}

export async function countDrafts(db: Queryable, person: PersonId): Promise<number> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ drafts: count }))`SELECT count(*) AS drafts FROM ticket_drafts WHERE person_id = ${person}`,
  );
  return row?.drafts ?? 0;
}

export async function deleteDraft(db: Queryable, person: PersonId, id: string): Promise<boolean> {
  const gone = await execute(db, sql(z.never())`DELETE FROM ticket_drafts WHERE id = ${id} AND person_id = ${person}`);
  return gone === 1;
}
