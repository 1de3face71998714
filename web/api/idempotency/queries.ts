import { z } from 'zod';
import { execute, maybeOne, one, type Queryable, sql } from '../../../foundation/index.ts';
import type { PersonId } from '../../../policy/index.ts';

export interface CommandKey {
  readonly person: PersonId;
  readonly keyDigest: Buffer;
}

export interface Claim extends CommandKey {
  readonly requestDigest: Buffer;
  readonly now: Date;
  readonly until: Date;
}

const Known = z.strictObject({ requestDigest: z.instanceof(Buffer), answer: z.instanceof(Buffer).nullable() });
const Count = z.strictObject({ keys: z.coerce.number() });

/** What is over is nobody's any more. */
export async function forgetExpired(db: Queryable, now: Date): Promise<void> {
  await execute(db, sql(z.never())`DELETE FROM idempotency_keys WHERE expires_at <= ${now}`);
}

export async function countKeys(db: Queryable, person: PersonId): Promise<number> {
  const counted = sql(Count)`SELECT count(*) AS keys FROM idempotency_keys WHERE person_id = ${person}`;
  return (await one(db, counted)).keys;
}

/** @returns whether it is ours now; of several at once, one claims it. */
export async function insertClaim(
  db: Queryable,
  { person, keyDigest, requestDigest, now, until }: Claim,
): Promise<boolean> {
  const claimed = await execute(
    db,
    sql(z.never())`
      INSERT INTO idempotency_keys (person_id, key_digest, request_digest, claimed_at, expires_at)
      VALUES (${person}, ${keyDigest}, ${requestDigest}, ${now}, ${until}) ON CONFLICT DO NOTHING`,
  );
  return claimed === 1;
}

export function findClaim(db: Queryable, { person, keyDigest }: CommandKey) {
  return maybeOne(
    db,
    sql(Known)`
      SELECT request_digest AS "requestDigest", answer FROM idempotency_keys
      WHERE person_id = ${person} AND key_digest = ${keyDigest}`,
  );
}

export async function keepAnswer(db: Queryable, { person, keyDigest }: CommandKey, answer: Buffer): Promise<void> {
  await execute(
    db,
    sql(z.never())`
      UPDATE idempotency_keys SET answer = ${answer} WHERE person_id = ${person} AND key_digest = ${keyDigest}`,
  );
}

export async function releaseClaim(db: Queryable, { person, keyDigest }: CommandKey): Promise<void> {
  await execute(
    db,
    sql(z.never())`
      DELETE FROM idempotency_keys WHERE person_id = ${person} AND key_digest = ${keyDigest} AND answer IS NULL`,
  );
}
