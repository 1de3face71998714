import { z } from 'zod';
import { execute, many, type Queryable, sql, type Transaction } from '../../../foundation/index.ts';

const ClimbRow = z.strictObject({ id: z.uuid(), to: z.literal([1, 2, 3]) });

/** Open reviews that are due for a higher step than they had: a reminder, the second line, the hold. */
export function dueClimbs(
  db: Queryable,
  { remind, now, hold }: { remind: Date; now: Date; hold: Date },
): Promise<z.output<typeof ClimbRow>[]> {
  return many(
    db,
    sql(ClimbRow)`
      SELECT id, "to" FROM (
        SELECT id, climbed, CASE WHEN due_at <= ${hold} THEN 3 WHEN due_at <= ${now} THEN 2 ELSE 1 END AS "to"
        FROM access_reviews WHERE signed_at IS NULL AND due_at <= ${remind}
      ) due WHERE climbed < "to"`,
  );
}

export async function markClimbed(tx: Transaction, id: string, to: number): Promise<void> {
  await execute(tx, sql(z.never())`UPDATE access_reviews SET climbed = ${to} WHERE id = ${id}`);
}

/** Tells the owners who have something left to decide; from the second step on the second line, too. */
export async function notifyOfReview(
  tx: Transaction,
  { review, to, at }: { review: string; to: number; at: Date },
): Promise<void> {
  const kind = to === 1 ? 'review.due' : 'review.overdue';
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO notifications (id, person_id, kind, payload, created_at)
      SELECT gen_random_uuid(), p.id, ${kind}, jsonb_build_object('review', r.id, 'number', r.number, 'subject', r.subject),
        ${at}
      FROM access_reviews r, persons p
      WHERE r.id = ${review} AND p.deactivated_at IS NULL
        AND NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = p.id)
        AND ((${to > 1} AND 'security_officer' = ANY (p.roles)) OR EXISTS (
          SELECT FROM access_review_items i JOIN system_owners o ON o.system_id = i.system_id AND o.person_id = p.id
          WHERE i.review_id = r.id AND i.person_id <> p.id AND NOT EXISTS (SELECT FROM access_review_decisions d
            WHERE d.item_id = i.id AND d.decision IN ('keep', 'reduce', 'remove'))))`,
  );
}
