import { z } from 'zod';
import { many, type Queryable, sql } from '../../foundation/index.ts';

const SealedRow = z.strictObject({ session: z.string(), sealedAt: z.date() });
export type SealedRow = z.infer<typeof SealedRow>;

/** Sealed recordings in the order they were sealed, those after `after` only. */
export function listSealed(
  db: Queryable,
  { after, limit }: { readonly after: SealedRow | null; readonly limit: number },
): Promise<SealedRow[]> {
  return many(
    db,
    sql(SealedRow)`
      SELECT session_id AS session, sealed_at AS "sealedAt" FROM recordings
      WHERE ${after === null}::boolean
        OR (sealed_at, session_id) > (${after?.sealedAt ?? null}::timestamptz, ${after?.session ?? null}::uuid)
      ORDER BY sealed_at, session_id LIMIT ${limit}`,
  );
}
