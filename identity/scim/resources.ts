/** SCIM resources as JSON (RFC 7643): what is read of them, and what is told. */
import { z } from 'zod';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]*$/u, 'one line of text');
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);
/** A widespread client writes booleans as text. */
const flag = z.union([z.boolean(), z.string().transform((text) => text.toLowerCase() === 'true')]);
const reference = z.union([
  z.string(),
  z.looseObject({ value: z.string().nullish() }).transform(({ value }) => value ?? ''),
]);

/** What is read of a User; the rest is dropped, as RFC 7644 §3.3 allows. */
export const UserInput = z.looseObject({
  userName: line(320).min(1),
  externalId: optional(line(255)),
  displayName: optional(line(200)),
  name: optional(
    z.looseObject({ formatted: optional(line(200)), givenName: optional(line(100)), familyName: optional(line(100)) }),
  ),
  emails: optional(z.array(z.looseObject({ value: line(320), primary: optional(flag) })).max(20)),
  active: optional(flag),
  preferredLanguage: optional(line(40)),
  [ENTERPRISE]: optional(z.looseObject({ organization: optional(line(200)), manager: optional(reference) })),
});
export type UserInput = z.output<typeof UserInput>;

export const GroupInput = z.looseObject({
  displayName: line(200).min(1),
  externalId: optional(line(255)),
  members: optional(z.array(z.looseObject({ value: z.string().max(64) })).max(20_000)),
});
export type GroupInput = z.output<typeof GroupInput>;

export interface ScimUser {
  readonly id: string;
  readonly userName: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly employer: string;
  readonly locale: 'en' | 'ja';
  readonly managerId: string | null;
  readonly active: boolean;
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ScimGroup {
  readonly id: string;
  readonly displayName: string;
  readonly externalId: string | null;
  readonly members: readonly { readonly id: string; readonly name: string }[];
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface Versioned {
  readonly id: string;
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const etagOf = ({ version }: Pick<Versioned, 'version'>): string => `W/"${version}"`;

function metaOf(resource: Versioned, resourceType: 'User' | 'Group', base: string) {
  return {
    resourceType,
    created: resource.createdAt.toISOString(),
    lastModified: resource.updatedAt.toISOString(),
    location: `${base}/${resourceType}s/${resource.id}`,
    version: etagOf(resource),
  };
}

/** @param base the address of the service, without a slash at its end. */
export function userJson(user: ScimUser, base: string) {
  return {
    schemas: [USER, ENTERPRISE],
    id: user.id,
    userName: user.userName,
    ...(user.externalId === null ? {} : { externalId: user.externalId }),
    displayName: user.name,
    name: { formatted: user.name },
    emails: user.email === null ? [] : [{ value: user.email, primary: true, type: 'work' }],
    active: user.active,
    preferredLanguage: user.locale,
    [ENTERPRISE]: {
      organization: user.employer,
      ...(user.managerId === null
        ? {}
        : { manager: { value: user.managerId, $ref: `${base}/Users/${user.managerId}` } }),
    },
    meta: metaOf(user, 'User', base),
  };
}

export function groupJson(group: ScimGroup, base: string) {
  return {
    schemas: [GROUP],
    id: group.id,
    displayName: group.displayName,
    ...(group.externalId === null ? {} : { externalId: group.externalId }),
    members: group.members.map(({ id, name }) => ({
      value: id,
      display: name,
      type: 'User',
      $ref: `${base}/Users/${id}`,
    })),
    meta: metaOf(group, 'Group', base),
  };
}
