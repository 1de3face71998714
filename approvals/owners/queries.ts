import { z } from 'zod';
import { maybeOne, type Queryable, sql } from '../../foundation/index.ts';
import type { PersonId, SystemId, TargetId } from '../../policy/index.ts';

const YesRow = z.strictObject({ yes: z.boolean() });

/** Whether this person is a named owner of the system and still under contract. */
export async function ownsSystem(db: Queryable, person: PersonId, system: SystemId, now: Date): Promise<boolean> {
  const row = await maybeOne(
    db,
    sql(YesRow)`SELECT EXISTS (
      SELECT FROM system_owners o JOIN persons p ON p.id = o.person_id
      WHERE o.system_id = ${system} AND o.person_id = ${person}
        AND (p.contract_ends_at IS NULL OR p.contract_ends_at > ${now})) AS yes`,
  );
  return row?.yes === true;
}

/** Whether anybody but the requester could approve: an owner in role, in contract and not locked. */
export async function hasOtherOwner(db: Queryable, requester: PersonId, target: TargetId, now: Date): Promise<boolean> {
  const row = await maybeOne(
    db,
    sql(YesRow)`SELECT EXISTS (
      SELECT FROM targets t JOIN system_owners o ON o.system_id = t.system_id JOIN persons p ON p.id = o.person_id
      WHERE t.id = ${target} AND p.id <> ${requester} AND 'owner' = ANY (p.roles)
        AND (p.contract_ends_at IS NULL OR p.contract_ends_at > ${now})
        AND NOT EXISTS (SELECT FROM locks l WHERE l.person_id = p.id AND l.lifted_at IS NULL)) AS yes`,
  );
  return row?.yes === true;
}
