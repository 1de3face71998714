import { z } from 'zod';
import { execute, maybeOne, many, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { Locale, Person, PersonId, Role } from '../../policy/index.ts';
import { PersonIdSchema, PersonRow } from '../rows.ts';
import { nameShape } from './name-shape.ts';

/** What an identity provider, or the inventory before it, says of a person. */
export interface PersonFields {
  readonly name: string;
  readonly email: string | null;
  readonly employer: string;
  readonly roles: readonly Role[];
}

/** The person, or undefined. */
export function findPerson(db: Queryable, id: PersonId): Promise<Person | undefined> {
  return maybeOne(
    db,
    sql(PersonRow)`
      SELECT id, name, email, employer, locale, roles, contract_ends_at FROM persons WHERE id = ${id}`,
  );
}

/** The person, whose row stays locked to the end of the transaction. */
export function lockPersonRow(tx: Transaction, id: PersonId): Promise<Person | undefined> {
  return maybeOne(
    tx,
    sql(PersonRow)`
      SELECT id, name, email, employer, locale, roles, contract_ends_at FROM persons WHERE id = ${id} FOR UPDATE`,
  );
}

export interface IdentityKey {
  readonly issuer: string;
  readonly subject: string;
}

/** Two first sign-ins of one identity at once would make two persons of one human: the second waits here. */
export async function serializeIdentity(tx: Transaction, { issuer, subject }: IdentityKey): Promise<void> {
  const name = `identity ${issuer} ${subject}`;
  await execute(tx, sql(z.unknown())`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}

/** The person behind an identity at an identity provider. */
export function findByIdentity(db: Queryable, { issuer, subject }: IdentityKey): Promise<Person | undefined> {
  return maybeOne(
    db,
    sql(PersonRow)`
      SELECT p.id, p.name, p.email, p.employer, p.locale, p.roles, p.contract_ends_at
      FROM identities i JOIN persons p ON p.id = i.person_id
      WHERE i.issuer = ${issuer} AND i.subject = ${subject}`,
  );
}

export async function insertPerson(
  tx: Transaction,
  person: PersonFields & IdentityKey & { readonly id: string; readonly locale: Locale; readonly at: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO persons (id, name, name_shape, email, employer, locale, roles, created_at, updated_at)
      VALUES (${person.id}, ${person.name}, ${nameShape(person.name)}, ${person.email}, ${person.employer},
        ${person.locale}, ${person.roles}, ${person.at}, ${person.at})`,
  );
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO identities (issuer, subject, person_id, linked_at)
      VALUES (${person.issuer}, ${person.subject}, ${person.id}, ${person.at})`,
  );
}

export async function updatePerson(tx: Transaction, id: PersonId, fields: PersonFields & { at: Date }): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE persons SET name = ${fields.name}, name_shape = ${nameShape(fields.name)}, email = ${fields.email}, employer = ${fields.employer},
        roles = ${fields.roles}, updated_at = ${fields.at}
      WHERE id = ${id}`,
  );
}

export function updateLocale(tx: Transaction, id: PersonId, locale: Locale, at: Date): Promise<number> {
  return execute(tx, sql(z.never())`UPDATE persons SET locale = ${locale}, updated_at = ${at} WHERE id = ${id}`);
}

/** Whether a person may act at all. */
export type Standing = 'in_force' | 'locked' | 'deactivated';

const StandingRow = z.strictObject({ locked: z.boolean(), deactivated: z.boolean() });

/** A person nobody knows is as good as gone. */
export async function standingOf(db: Queryable, personId: PersonId): Promise<Standing> {
  const found = await maybeOne(
    db,
    sql(StandingRow)`
      SELECT EXISTS (SELECT FROM person_locks l WHERE l.person_id = p.id) AS locked,
        -- A contract that was closed, unless it was prolonged since.
        p.deactivated_at IS NOT NULL OR coalesce(p.contract_closed = p.contract_ends_at, false) AS deactivated
      FROM persons p WHERE p.id = ${personId}`,
  );
  if (found === undefined || found.deactivated) return 'deactivated';
  return found.locked ? 'locked' : 'in_force';
}

/** Reports whether the person may do nothing: a lock stands on them, or they were deactivated. */
export async function isLocked(db: Queryable, personId: PersonId): Promise<boolean> {
  return (await standingOf(db, personId)) !== 'in_force';
}

/** The lock that stands on the person themselves; undefined when there is none. */
export async function lockIdOf(db: Queryable, personId: PersonId): Promise<string | undefined> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ id: z.uuid() }))`
      SELECT id FROM locks WHERE kind = 'person' AND person_id = ${personId} AND lifted_at IS NULL`,
  );
  return row?.id;
}

/** A person as the list of persons shows them. */
export interface PersonEntry {
  readonly person: Person;
  readonly lock: {
    readonly reason: string;
    readonly lockedAt: Date;
    /** Null: at the gateway's own command line. */
    readonly lockedBy: { readonly id: PersonId; readonly name: string } | null;
    readonly until: Date | null;
  } | null;
  /** Their company is locked. */
  readonly companyLocked: boolean;
  readonly deactivatedAt: Date | null;
  /** Who vouches for them; `left`: not here any more. */
  readonly sponsor: { readonly name: string; readonly left: boolean } | null;
  /** Who else has a name that looks the same. */
  readonly looksLike: readonly string[];
}

const PersonEntryRow = z
  .strictObject({
    id: z.unknown(),
    name: z.unknown(),
    email: z.unknown(),
    employer: z.unknown(),
    locale: z.unknown(),
    roles: z.unknown(),
    contract_ends_at: z.unknown(),
    reason: z.string().nullable(),
    locked_at: z.date().nullable(),
    locked_by: PersonIdSchema.nullable(),
    locked_by_name: z.string().nullable(),
    until: z.date().nullable(),
    company_locked: z.boolean(),
    deactivated_at: z.date().nullable(),
    sponsor: z.strictObject({ name: z.string(), left: z.boolean() }).nullable(),
    looks_like: z.array(z.string()),
  })
  .transform((row): PersonEntry => {
    const {
      reason,
      locked_at,
      locked_by,
      locked_by_name,
      until,
      company_locked,
      deactivated_at,
      sponsor,
      looks_like,
      ...person
    } = row;
    const by = locked_by === null ? null : { id: locked_by, name: locked_by_name ?? '' };
    return {
      person: PersonRow.parse(person),
      lock: reason === null || locked_at === null ? null : { reason, lockedAt: locked_at, lockedBy: by, until },
      companyLocked: company_locked,
      deactivatedAt: deactivated_at,
      sponsor,
      looksLike: looks_like,
    };
  });

/** Every person, by name, with the lock that stands. */
export function listPersons(db: Queryable): Promise<PersonEntry[]> {
  return many(
    db,
    sql(PersonEntryRow)`
      SELECT p.id, p.name, p.email, p.employer, p.locale, p.roles, p.contract_ends_at,
        l.reason, l.locked_at, l.locked_by, o.name AS locked_by_name, l.until, p.deactivated_at,
        CASE WHEN v.id IS NULL THEN NULL ELSE jsonb_build_object('name', v.name, 'left', v.deactivated_at IS NOT NULL
          OR coalesce(v.contract_closed = v.contract_ends_at, false)) END AS sponsor,
        EXISTS (SELECT FROM person_locks c WHERE c.person_id = p.id AND c.kind = 'company') AS company_locked,
        coalesce((SELECT array_agg(x.name ORDER BY x.name) FROM persons x
          WHERE x.name_shape = p.name_shape AND x.id <> p.id), '{}') AS looks_like
      FROM persons p
      LEFT JOIN locks l ON l.person_id = p.id AND l.lifted_at IS NULL
      LEFT JOIN persons o ON o.id = l.locked_by
      LEFT JOIN persons v ON v.id = p.sponsor_id
      ORDER BY p.name, p.id`,
  );
}

/** Who somebody reports to; null: nobody that is known. @returns 0 when it was so already. */
export function updateManager(tx: Transaction, id: PersonId, managerId: PersonId | null): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE persons SET manager_id = ${managerId} WHERE id = ${id} AND manager_id IS DISTINCT FROM ${managerId}::uuid`,
  );
}

/** Deactivates the person, or takes them back (null). @returns 0 when it was so already. */
export function updateDeactivated(tx: Transaction, id: PersonId, at: Date | null): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE persons SET deactivated_at = ${at} WHERE id = ${id} AND (deactivated_at IS NULL) <> ${at === null}`,
  );
}

/** Who vouches for a contractor; null: nobody. @returns 0 when it was so already. */
export function updateSponsor(tx: Transaction, id: PersonId, sponsorId: PersonId | null): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE persons SET sponsor_id = ${sponsorId} WHERE id = ${id} AND sponsor_id IS DISTINCT FROM ${sponsorId}::uuid`,
  );
}
