import { z } from 'zod';
import { many, type Queryable, sql } from '../../../foundation/index.ts';
import type { EntryTicket, PersonId, TargetId, TicketId } from '../../../policy/index.ts';
import { TargetIdSchema } from '../../rows.ts';

const EntryRow = z
  .strictObject({
    id: z.custom<TicketId>((value) => z.uuid().safeParse(value).success),
    kind: z.enum(['access', 'emergency']),
    target_id: TargetIdSchema,
    not_before: z.date(),
    not_after: z.date(),
    locked: z.boolean(),
  })
  .transform(({ target_id, not_before, not_after, ...row }) => ({
    ...row,
    target: target_id,
    notBefore: not_before,
    notAfter: not_after,
  }));

/** The tickets that let the person in to these targets now; approved work before an emergency, the longest first. */
export function entryTickets(
  db: Queryable,
  { person, targets, now }: { person: PersonId; targets: readonly TargetId[]; now: Date },
): Promise<(EntryTicket & { readonly target: TargetId; readonly locked: boolean })[]> {
  return many(
    db,
    sql(EntryRow)`
      SELECT t.id, t.kind, o.target_id, t.not_before, t.not_after,
        EXISTS (SELECT FROM locks l WHERE l.kind = 'ticket' AND l.subject = t.id::text AND l.lifted_at IS NULL) AS locked
      FROM tickets t JOIN ticket_targets o ON o.ticket_id = t.id
      WHERE t.requester_id = ${person} AND o.target_id = ANY (${[...targets]}::uuid[])
        AND (t.state = 'in_use' OR (t.state = 'approved' AND t.kind = 'access'))
        AND t.kind IN ('access', 'emergency') AND t.not_before <= ${now} AND t.not_after > ${now}
      ORDER BY t.kind, t.not_after DESC, t.id`,
  );
}
