/** Access reviews as they are stored. */
import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import { type GrantAction, type PersonId, REVIEW_FLAGS, ROLES, type Role } from '../../policy/index.ts';
import { GrantActionSchema, PersonIdSchema, RoleSchema, SystemIdSchema } from '../rows.ts';
import { type ItemSnapshot, REVIEW_DECISIONS, type Review, type ReviewDecision, type ReviewItem } from './model.ts';

const ReviewRow = z
  .strictObject({
    id: z.uuid(),
    number: z.coerce.number(),
    scope: z.enum(['system', 'company']),
    subject: z.string(),
    due_at: z.date(),
    started_by: PersonIdSchema,
    started_by_name: z.string(),
    started_at: z.date(),
    climbed: z.number(),
    signed_by_name: z.string().nullable(),
    signed_at: z.date().nullable(),
    evidence_sha256: z.string().nullable(),
    items: z.number(),
    open: z.number(),
  })
  .transform(
    (row): Review => ({
      ...{ id: row.id, number: row.number, scope: row.scope, subject: row.subject, dueAt: row.due_at },
      startedBy: { id: row.started_by, name: row.started_by_name },
      ...{ startedAt: row.started_at, climbed: row.climbed, items: row.items, open: row.open },
      signedBy: row.signed_by_name === null ? null : { name: row.signed_by_name },
      ...{ signedAt: row.signed_at, evidenceSha256: row.evidence_sha256 },
    }),
  );

/** Reviews that this person sees, newest first: every one, or those with items of systems they own. */
export function selectReviews(
  db: Queryable,
  { viewer, every, id = null, limit }: { viewer: PersonId | null; every: boolean; id?: string | null; limit: number },
): Promise<Review[]> {
  return many(
    db,
    sql(ReviewRow)`
      SELECT r.id, r.number, r.scope, r.subject, r.due_at, r.started_by, b.name AS started_by_name, r.started_at,
        r.climbed, s.name AS signed_by_name, r.signed_at, encode(r.evidence_sha256, 'hex') AS evidence_sha256,
        (SELECT count(*) FROM access_review_items i WHERE i.review_id = r.id)::integer AS items,
        (SELECT count(*) FROM access_review_items i WHERE i.review_id = r.id AND NOT EXISTS (
          SELECT FROM access_review_decisions d WHERE d.item_id = i.id AND d.decision IN ('keep', 'reduce', 'remove')
        ))::integer AS open
      FROM access_reviews r JOIN persons b ON b.id = r.started_by LEFT JOIN persons s ON s.id = r.signed_by
      WHERE (${id}::uuid IS NULL OR r.id = ${id}::uuid) AND (${every} OR EXISTS (
        SELECT FROM access_review_items i JOIN system_owners o ON o.system_id = i.system_id
        WHERE i.review_id = r.id AND o.person_id = ${viewer}::uuid))
      ORDER BY r.number DESC LIMIT ${limit}`,
  );
}

/** The review, whose row stays locked to the end of the transaction; undefined when it is not there. */
export async function lockReview(tx: Transaction, id: string): Promise<Review | undefined> {
  await execute(tx, sql(z.unknown())`SELECT id FROM access_reviews WHERE id = ${id} FOR UPDATE`);
  const [review] = await selectReviews(tx, { viewer: null, every: true, id, limit: 1 });
  return review;
}

const Snapshot: z.ZodType<ItemSnapshot> = z.strictObject({
  person: z.string(),
  employer: z.string(),
  contractEndsAt: z.string().nullable(),
  target: z.string().nullable(),
  system: z.string().nullable(),
  actions: z.array(GrantActionSchema),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});

const ItemRow = z
  .strictObject({
    id: z.uuid(),
    person_id: PersonIdSchema,
    system_id: SystemIdSchema.nullable(),
    grant_id: z.uuid().nullable(),
    role: RoleSchema.nullable(),
    snapshot: Snapshot,
    flags: z.array(z.enum(REVIEW_FLAGS)),
    decisions: z.array(
      z.strictObject({
        decision: z.enum([...REVIEW_DECISIONS, 'hold']),
        reason: z.string(),
        actions: z.array(GrantActionSchema).nullable(),
        by: z.string().nullable(),
        at: z.string(),
      }),
    ),
    owned: z.boolean(),
    has_other_owner: z.boolean(),
  })
  .transform(
    ({ person_id, system_id, grant_id, has_other_owner, ...row }): ReviewItem => ({
      ...{ ...row, personId: person_id, systemId: system_id, grantId: grant_id, hasOtherOwner: has_other_owner },
      decided: row.decisions.some(({ decision }) => decision !== 'ask' && decision !== 'hold'),
    }),
  );

/** The items of a review, or the one that is named, as this person sees them. */
export function selectItems(
  db: Queryable,
  { review, item = null, viewer }: { review: string; item?: string | null; viewer: PersonId | null },
): Promise<ReviewItem[]> {
  return many(
    db,
    sql(ItemRow)`
      SELECT i.id, i.person_id, i.system_id, i.grant_id, i.role, i.snapshot, i.flags,
        coalesce((SELECT jsonb_agg(jsonb_build_object('decision', d.decision, 'reason', d.reason, 'actions', d.actions,
            'by', p.name, 'at', to_char(d.decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
            ORDER BY d.decided_at, d.id)
          FROM access_review_decisions d LEFT JOIN persons p ON p.id = d.decided_by WHERE d.item_id = i.id), '[]') AS decisions,
        EXISTS (SELECT FROM system_owners o WHERE o.system_id = i.system_id AND o.person_id = ${viewer}::uuid) AS owned,
        EXISTS (SELECT FROM system_owners o WHERE o.system_id = i.system_id AND o.person_id <> i.person_id) AS has_other_owner
      FROM access_review_items i
      WHERE i.review_id = ${review} AND (${item}::uuid IS NULL OR i.id = ${item}::uuid)
      ORDER BY cardinality(i.flags) DESC, i.snapshot ->> 'person', i.id`,
  );
}

const CandidateRow = z.strictObject({
  person_id: PersonIdSchema,
  name: z.string(),
  employer: z.string(),
  roles: z.array(z.enum(ROLES)),
  withheld_roles: z.array(z.enum(ROLES)),
  contract_ends_at: z.date().nullable(),
  deactivated: z.boolean(),
  locked: z.boolean(),
  looks_shared: z.boolean(),
  sponsor_left: z.boolean(),
  has_second_factor: z.boolean(),
  grants: z.array(
    z.strictObject({
      id: z.uuid(),
      target: z.string(),
      system: z.string(),
      system_id: SystemIdSchema,
      actions: z.array(GrantActionSchema),
      expires_at: z.coerce.date(),
      since: z.coerce.date(),
      last_used_at: z.coerce.date().nullable(),
      last_ticket_at: z.coerce.date().nullable(),
      used_kinds: z.array(z.string()),
      owns_system: z.boolean(),
    }),
  ),
});
export type Candidate = z.output<typeof CandidateRow>;

/** Who has a grant in force on the system, or works for the company, with everything of it that they have. */
export function selectCandidates(
  db: Queryable,
  { scope, subject, now }: { scope: 'system' | 'company'; subject: string; now: Date },
): Promise<Candidate[]> {
  return many(
    db,
    sql(CandidateRow)`
      SELECT * FROM (
        SELECT p.id AS person_id, p.name, p.employer, p.roles, p.withheld_roles, p.contract_ends_at,
          p.deactivated_at IS NOT NULL AS deactivated,
          EXISTS (SELECT FROM person_locks l WHERE l.person_id = p.id) AS locked,
          EXISTS (SELECT FROM persons x WHERE x.name_shape = p.name_shape AND x.id <> p.id) AS looks_shared,
          EXISTS (SELECT FROM persons v WHERE v.id = p.sponsor_id AND (v.deactivated_at IS NOT NULL
            OR v.contract_ends_at <= ${now})) AS sponsor_left,
          EXISTS (SELECT FROM passkeys f WHERE f.person_id = p.id AND f.removed_at IS NULL)
            OR EXISTS (SELECT FROM totp_secrets f WHERE f.person_id = p.id AND f.removed_at IS NULL
              AND f.confirmed_at IS NOT NULL) AS has_second_factor,
          coalesce((SELECT jsonb_agg(jsonb_build_object('id', g.id, 'target', t.name, 'system', s.name, 'system_id', s.id,
            'actions', g.actions, 'expires_at', g.expires_at, 'since', g.created_at,
            'last_used_at', (SELECT max(o.opened_at) FROM sessions o WHERE o.person_id = p.id AND o.target_id = t.id),
            'last_ticket_at', (SELECT max(k.created_at) FROM tickets k WHERE k.requester_id = p.id AND (k.target_id = t.id
              OR EXISTS (SELECT FROM ticket_targets w WHERE w.ticket_id = k.id AND w.target_id = t.id))),
            'used_kinds', (SELECT coalesce(jsonb_agg(DISTINCT o.kind), '[]') FROM sessions o
              WHERE o.person_id = p.id AND o.target_id = t.id),
            'owns_system', EXISTS (SELECT FROM system_owners o WHERE o.system_id = s.id AND o.person_id = p.id))
            ORDER BY s.name, t.name, g.id)
          FROM grants g JOIN targets t ON t.id = g.target_id JOIN systems s ON s.id = t.system_id
          WHERE g.person_id = p.id AND g.revoked_at IS NULL AND g.expires_at > ${now}
            AND (${scope} = 'company' OR s.name = ${subject})), '[]') AS grants
        FROM persons p WHERE ${scope} = 'system' OR company_key(p.employer) = company_key(${subject})
      ) found WHERE ${scope} = 'company' OR found.grants <> '[]' ORDER BY found.name, found.person_id`,
  );
}

/** Whether the person owns the system of this name. */
export async function ownsNamedSystem(db: Queryable, person: PersonId, name: string): Promise<boolean> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ id: SystemIdSchema }))`
      SELECT s.id FROM systems s JOIN system_owners o ON o.system_id = s.id WHERE s.name = ${name} AND o.person_id = ${person}`,
  );
  return row !== undefined;
}

export async function insertReview(
  tx: Transaction,
  review: { id: string; scope: string; subject: string; dueAt: Date; startedBy: PersonId; at: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO access_reviews (id, scope, subject, due_at, started_by, started_at)
      VALUES (${review.id}, ${review.scope}, ${review.subject}, ${review.dueAt}, ${review.startedBy}, ${review.at})`,
  );
}

export async function insertItem(
  tx: Transaction,
  review: string,
  item: Pick<ReviewItem, 'id' | 'personId' | 'systemId' | 'grantId' | 'role' | 'snapshot' | 'flags'>,
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO access_review_items (id, review_id, person_id, system_id, grant_id, role, snapshot, flags)
      VALUES (${item.id}, ${review}, ${item.personId}, ${item.systemId}, ${item.grantId}, ${item.role},
        ${JSON.stringify(item.snapshot)}::jsonb, ${[...item.flags]}::text[])`,
  );
}

/** @returns 0 when the item is decided already. */
export function insertDecision(
  tx: Transaction,
  given: {
    id: string;
    item: string;
    decision: ReviewDecision | 'hold';
    reason: string;
    actions: readonly GrantAction[] | null;
    by: PersonId | null;
    at: Date;
  },
): Promise<number> {
  const actions = given.actions === null ? null : [...given.actions];
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO access_review_decisions (id, item_id, decision, reason, actions, decided_by, decided_at)
      VALUES (${given.id}, ${given.item}, ${given.decision}, ${given.reason}, ${actions}::text[], ${given.by}, ${given.at})
      ON CONFLICT (item_id) WHERE decision IN ('keep', 'reduce', 'remove') DO NOTHING`,
  );
}

export async function revokeGrant(tx: Transaction, id: string, at: Date): Promise<void> {
  await execute(tx, sql(z.never())`UPDATE grants SET revoked_at = ${at} WHERE id = ${id} AND revoked_at IS NULL`);
}

export async function releaseGrant(tx: Transaction, id: string): Promise<void> {
  await execute(tx, sql(z.never())`UPDATE grants SET revoked_at = NULL WHERE id = ${id}`);
}

/** Only ever fewer actions. @returns 0 when nothing would be left, or nothing taken away. */
export function narrowGrant(tx: Transaction, id: string, actions: readonly GrantAction[]): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE grants SET actions = ${[...actions]}::text[], revoked_at = NULL
      WHERE id = ${id} AND actions @> ${[...actions]}::text[] AND cardinality(actions) > ${actions.length}`,
  );
}

/** Withholds the role, or gives it back to the identity provider to say. */
export async function withholdRole(
  tx: Transaction,
  { person, role, withheld, at }: { person: PersonId; role: Role; withheld: boolean; at: Date },
): Promise<void> {
  await execute(
    tx,
    withheld
      ? sql(z.never())`UPDATE persons SET withheld_roles = array_append(array_remove(withheld_roles, ${role}), ${role}),
          updated_at = ${at} WHERE id = ${person}`
      : sql(z.never())`UPDATE persons SET withheld_roles = array_remove(withheld_roles, ${role}), updated_at = ${at}
          WHERE id = ${person} AND ${role} = ANY (withheld_roles)`,
  );
}

export async function markSigned(
  tx: Transaction,
  sign: { review: string; by: PersonId; at: Date; evidence: string; sha256: Buffer },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE access_reviews SET signed_by = ${sign.by}, signed_at = ${sign.at}, evidence = ${sign.evidence},
        evidence_sha256 = ${sign.sha256} WHERE id = ${sign.review}`,
  );
}
