import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { LocaleSchema, PersonIdSchema } from '../rows.ts';
import type { ScimGroup, ScimUser } from './resources.ts';

const TokenRow = z
  .strictObject({
    id: z.uuid(),
    issuer: z.string(),
    label: z.string(),
    created_at: z.date(),
    expires_at: z.date(),
    last_used_at: z.date().nullable(),
    revoked_at: z.date().nullable(),
  })
  .transform((row) => ({
    ...{ id: row.id, issuer: row.issuer, label: row.label },
    ...{ createdAt: row.created_at, expiresAt: row.expires_at },
    ...{ lastUsedAt: row.last_used_at, revokedAt: row.revoked_at },
  }));
export type ScimToken = z.output<typeof TokenRow>;

export async function insertToken(
  db: Queryable,
  token: { id: string; hash: Buffer; issuer: string; label: string; createdAt: Date; expiresAt: Date },
): Promise<void> {
  await execute(
    db,
    sql(z.never())`
      INSERT INTO scim_tokens (id, token_hash, issuer, label, created_at, expires_at)
      VALUES (${token.id}, ${token.hash}, ${token.issuer}, ${token.label}, ${token.createdAt}, ${token.expiresAt})`,
  );
}

/** The token in force, its use noted once a minute at most: a client that calls often writes little. */
export async function useToken(db: Queryable, hash: Buffer, now: Date): Promise<ScimToken | undefined> {
  const found = await maybeOne(
    db,
    sql(TokenRow)`
      SELECT id, issuer, label, created_at, expires_at, last_used_at, revoked_at FROM scim_tokens
      WHERE token_hash = ${hash} AND revoked_at IS NULL AND expires_at > ${now}`,
  );
  if (found === undefined) return undefined;
  if (found.lastUsedAt === null || now.getTime() - found.lastUsedAt.getTime() > 60_000) {
    await execute(db, sql(z.never())`UPDATE scim_tokens SET last_used_at = ${now} WHERE id = ${found.id}`);
  }
  return found;
}

export function selectTokens(db: Queryable): Promise<ScimToken[]> {
  return many(
    db,
    sql(TokenRow)`
      SELECT id, issuer, label, created_at, expires_at, last_used_at, revoked_at FROM scim_tokens ORDER BY created_at`,
  );
}

export function revokeTokenRow(db: Queryable, id: string, at: Date): Promise<number> {
  return execute(db, sql(z.never())`UPDATE scim_tokens SET revoked_at = ${at} WHERE id = ${id} AND revoked_at IS NULL`);
}

const UserRow = z
  .strictObject({
    person_id: z.uuid(),
    user_name: z.string(),
    external_id: z.string().nullable(),
    name: z.string(),
    email: z.string().nullable(),
    employer: z.string(),
    locale: LocaleSchema,
    manager_id: z.uuid().nullable(),
    active: z.boolean(),
    version: z.string(),
    created_at: z.date(),
    updated_at: z.date(),
  })
  .transform(
    (row): ScimUser => ({
      ...{ id: row.person_id, userName: row.user_name, externalId: row.external_id, name: row.name, email: row.email },
      ...{ employer: row.employer, locale: row.locale, managerId: row.manager_id, active: row.active },
      ...{ version: row.version, createdAt: row.created_at, updatedAt: row.updated_at },
    }),
  );

export interface UserFilter {
  readonly id: string | null;
  readonly userName: string | null;
  readonly externalId: string | null;
  readonly active: boolean | null;
}

export function selectUsers(
  db: Queryable,
  issuer: string,
  { filter, limit, offset }: { filter: UserFilter; limit: number; offset: number },
): Promise<ScimUser[]> {
  return many(
    db,
    sql(UserRow)`
      SELECT u.person_id, u.user_name, u.external_id, p.name, p.email, p.employer, p.locale, p.manager_id,
        p.deactivated_at IS NULL AS active, u.version::text AS version, u.created_at, u.updated_at
      FROM scim_users u JOIN persons p ON p.id = u.person_id
      WHERE u.issuer = ${issuer} AND (${filter.id}::text IS NULL OR u.person_id::text = ${filter.id}::text)
        AND (${filter.userName}::text IS NULL OR lower(u.user_name) = lower(${filter.userName}::text))
        AND (${filter.externalId}::text IS NULL OR u.external_id = ${filter.externalId}::text)
        AND (${filter.active}::boolean IS NULL OR (p.deactivated_at IS NULL) = ${filter.active}::boolean)
      ORDER BY u.created_at, u.person_id LIMIT ${limit} OFFSET ${offset}`,
  );
}

const Count = z.strictObject({ n: z.number().int() });

export async function countUsers(db: Queryable, issuer: string, filter: UserFilter): Promise<number> {
  const [row] = await many(
    db,
    sql(Count)`
      SELECT count(*)::integer AS n FROM scim_users u JOIN persons p ON p.id = u.person_id
      WHERE u.issuer = ${issuer} AND (${filter.id}::text IS NULL OR u.person_id::text = ${filter.id}::text)
        AND (${filter.userName}::text IS NULL OR lower(u.user_name) = lower(${filter.userName}::text))
        AND (${filter.externalId}::text IS NULL OR u.external_id = ${filter.externalId}::text)
        AND (${filter.active}::boolean IS NULL OR (p.deactivated_at IS NULL) = ${filter.active}::boolean)`,
  );
  return row?.n ?? 0;
}

/** @returns 0 when the name, the external id or the person is taken. */
export function insertUser(
  tx: Transaction,
  user: { personId: PersonId; issuer: string; userName: string; externalId: string | null; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO scim_users (person_id, issuer, user_name, external_id, created_at, updated_at)
      VALUES (${user.personId}, ${user.issuer}, ${user.userName}, ${user.externalId}, ${user.at}, ${user.at})
      ON CONFLICT DO NOTHING`,
  );
}

/** Raises the version. @returns 0 when it is not the expected one any more. */
export function updateUser(
  tx: Transaction,
  user: { id: string; userName: string; externalId: string | null; version: string; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE scim_users SET user_name = ${user.userName}, external_id = ${user.externalId}, version = version + 1,
        updated_at = ${user.at}
      WHERE person_id = ${user.id} AND version = ${user.version}::bigint`,
  );
}

export async function deleteUserRow(tx: Transaction, id: string): Promise<void> {
  await execute(tx, sql(z.never())`DELETE FROM scim_group_members WHERE person_id = ${id}`);
  await execute(tx, sql(z.never())`DELETE FROM scim_users WHERE person_id = ${id}`);
}

const NameRow = z.strictObject({ display_name: z.string() }).transform((row) => row.display_name);

export function selectGroupNames(db: Queryable, personId: string, issuer: string): Promise<string[]> {
  return many(
    db,
    sql(NameRow)`
      SELECT g.display_name FROM scim_groups g JOIN scim_group_members m ON m.group_id = g.id
      WHERE m.person_id = ${personId} AND g.issuer = ${issuer}`,
  );
}

const GroupRow = z
  .strictObject({
    id: z.uuid(),
    display_name: z.string(),
    external_id: z.string().nullable(),
    members: z.array(z.strictObject({ id: z.string(), name: z.string() })),
    version: z.string(),
    created_at: z.date(),
    updated_at: z.date(),
  })
  .transform(
    (row): ScimGroup => ({
      ...{ id: row.id, displayName: row.display_name, externalId: row.external_id, members: row.members },
      ...{ version: row.version, createdAt: row.created_at, updatedAt: row.updated_at },
    }),
  );

export interface GroupFilter {
  readonly id: string | null;
  readonly displayName: string | null;
  readonly externalId: string | null;
}

export function selectGroups(
  db: Queryable,
  issuer: string,
  { filter, limit, offset }: { filter: GroupFilter; limit: number; offset: number },
): Promise<ScimGroup[]> {
  return many(
    db,
    sql(GroupRow)`
      SELECT g.id, g.display_name, g.external_id, g.version::text AS version, g.created_at, g.updated_at,
        coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) ORDER BY p.name, p.id)
          FROM scim_group_members m JOIN persons p ON p.id = m.person_id WHERE m.group_id = g.id), '[]') AS members
      FROM scim_groups g
      WHERE g.issuer = ${issuer} AND (${filter.id}::text IS NULL OR g.id::text = ${filter.id}::text)
        AND (${filter.displayName}::text IS NULL OR g.display_name = ${filter.displayName}::text)
        AND (${filter.externalId}::text IS NULL OR g.external_id = ${filter.externalId}::text)
      ORDER BY g.created_at, g.id LIMIT ${limit} OFFSET ${offset}`,
  );
}

export async function countGroups(db: Queryable, issuer: string, filter: GroupFilter): Promise<number> {
  const [row] = await many(
    db,
    sql(Count)`
      SELECT count(*)::integer AS n FROM scim_groups g
      WHERE g.issuer = ${issuer} AND (${filter.id}::text IS NULL OR g.id::text = ${filter.id}::text)
        AND (${filter.displayName}::text IS NULL OR g.display_name = ${filter.displayName}::text)
        AND (${filter.externalId}::text IS NULL OR g.external_id = ${filter.externalId}::text)`,
  );
  return row?.n ?? 0;
}

/** @returns 0 when the name is taken. */
export function insertGroup(
  tx: Transaction,
  group: { id: string; issuer: string; displayName: string; externalId: string | null; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO scim_groups (id, issuer, display_name, external_id, created_at, updated_at)
      VALUES (${group.id}, ${group.issuer}, ${group.displayName}, ${group.externalId}, ${group.at}, ${group.at})
      ON CONFLICT DO NOTHING`,
  );
}

/** @returns 0 when it is not the expected version any more. */
export function updateGroup(
  tx: Transaction,
  group: { id: string; displayName: string; externalId: string | null; version: string; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE scim_groups SET display_name = ${group.displayName}, external_id = ${group.externalId},
        version = version + 1, updated_at = ${group.at}
      WHERE id = ${group.id} AND version = ${group.version}::bigint`,
  );
}

export async function deleteGroupRow(tx: Transaction, id: string): Promise<void> {
  await execute(tx, sql(z.never())`DELETE FROM scim_groups WHERE id = ${id}`);
}

const MemberRow = z.strictObject({ person_id: PersonIdSchema }).transform((row) => row.person_id);

/**
 * Makes these the members, of those the provider's client made. @returns everybody who came or left; undefined when one
 * is nobody's here.
 */
export async function replaceMembers(
  tx: Transaction,
  { groupId, issuer, members }: { groupId: string; issuer: string; members: readonly string[] },
): Promise<PersonId[] | undefined> {
  const wanted = [...new Set(members)];
  const known = await many(
    tx,
    sql(MemberRow)`
      SELECT person_id FROM scim_users WHERE issuer = ${issuer} AND person_id::text = ANY (${wanted}::text[])`,
  );
  if (known.length !== wanted.length) return undefined;
  const left = await many(
    tx,
    sql(MemberRow)`
      DELETE FROM scim_group_members WHERE group_id = ${groupId} AND NOT person_id = ANY (${known}::uuid[])
      RETURNING person_id`,
  );
  const came = await many(
    tx,
    sql(MemberRow)`
      INSERT INTO scim_group_members (group_id, person_id)
      SELECT ${groupId}::uuid, unnest(${known}::uuid[]) ON CONFLICT DO NOTHING
      RETURNING person_id`,
  );
  return [...left, ...came];
}
