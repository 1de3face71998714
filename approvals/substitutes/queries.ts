import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { personId } from '../schemas.ts';

export async function insertSubstitute(
  tx: Transaction,
  row: { id: string; owner: PersonId; substitute: PersonId; startsAt: Date; endsAt: Date; now: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO substitutes (id, owner_id, substitute_id, starts_at, ends_at, created_at)
      VALUES (${row.id}, ${row.owner}, ${row.substitute}, ${row.startsAt}, ${row.endsAt}, ${row.now})`,
  );
}

/** @returns whom it was; undefined when nothing of this owner was in force. */
export async function revokeRow(
  tx: Transaction,
  { id, owner, now }: { id: string; owner: PersonId; now: Date },
): Promise<PersonId | undefined> {
  const row = await maybeOne(
    tx,
    sql(z.strictObject({ substitute_id: personId }))`
      UPDATE substitutes SET revoked_at = ${now} WHERE id = ${id} AND owner_id = ${owner} AND revoked_at IS NULL
      RETURNING substitute_id`,
  );
  return row?.substitute_id;
}

const named = z.strictObject({ id: personId, name: z.string() });
const SubstituteRow = z
  .strictObject({ id: z.uuid(), owner: named, substitute: named, starts_at: z.date(), ends_at: z.date() })
  .transform(({ starts_at, ends_at, ...row }) => ({ ...row, startsAt: starts_at, endsAt: ends_at }));
export type Substitute = z.output<typeof SubstituteRow>;

export async function selectSubstitutes(db: Queryable, person: PersonId, now: Date) {
  const substitutes = await many(
    db,
    sql(SubstituteRow)`
      SELECT u.id, json_build_object('id', o.id, 'name', o.name) AS owner,
        json_build_object('id', p.id, 'name', p.name) AS substitute, u.starts_at, u.ends_at
      FROM substitutes u JOIN persons o ON o.id = u.owner_id JOIN persons p ON p.id = u.substitute_id
      WHERE (u.owner_id = ${person} OR u.substitute_id = ${person}) AND u.revoked_at IS NULL AND u.ends_at > ${now}
      ORDER BY u.starts_at, u.id`,
  );
  const owners = await many(
    db,
    sql(named)`
      SELECT p.id, p.name FROM persons p
      WHERE 'owner' = ANY (p.roles) AND p.id <> ${person} AND p.deactivated_at IS NULL
        AND (p.contract_ends_at IS NULL OR p.contract_ends_at > ${now})
      ORDER BY p.name, p.id`,
  );
  return { substitutes, owners };
}
