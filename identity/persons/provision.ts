import { z } from 'zod';
import { type Clock, GatewayError, invariant, newUuid, type Transaction } from '../../foundation/index.ts';
import { type Locale, type Person, type Principal, type Role, ROLES } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { isPrintable } from '../keys/public-key.ts';
import { type IdentityDeps, LocaleSchema, RoleSchema } from '../rows.ts';
import {
  findByIdentity,
  findPerson,
  insertPerson,
  lockPersonRow,
  type PersonFields,
  serializeIdentity,
  updateLocale,
  updatePerson,
} from './queries.ts';

const line = (max: number) => z.string().max(max).refine(isPrintable, 'has characters that cannot be shown');

/** What a verified ID token says of a person; `issuer` and `subject` together are who they are. */
const ClaimsSchema = z.strictObject({
  issuer: line(2048).min(1),
  subject: line(255).min(1),
  name: line(200).min(1),
  email: line(320).nullable(),
  employer: line(200),
  locale: LocaleSchema,
  roles: z.array(RoleSchema),
});
export type Claims = z.input<typeof ClaimsSchema>;

/**
 * The person behind verified claims: made at the first sight, afterwards brought to what the claims say. Roles come
 * from the claims alone. The locale is the claims' at first and the person's own choice afterwards.
 * @param by `scim`: people and their roles come that way alone, so the claims make and change nobody.
 * @throws {GatewayError} `sign_in_failed` when a claim cannot be used, or nobody was provisioned for it.
 */
export async function provisionPerson(
  deps: IdentityDeps,
  claims: Claims,
  by: 'just_in_time' | 'scim' = 'just_in_time',
): Promise<Person> {
  const parsed = ClaimsSchema.safeParse(claims);
  if (!parsed.success) {
    throw new GatewayError('sign_in_failed', 'The identity provider sent claims that cannot be used.', {
      cause: parsed.error,
    });
  }
  if (by === 'scim') {
    const known = await findByIdentity(deps.database, parsed.data);
    if (known !== undefined) return known;
    throw new GatewayError('sign_in_failed', 'Nobody is provisioned for this account; ask your administrator.');
  }
  return deps.database.inTransaction(async (tx) => {
    const seen = await findOrCreate(tx, deps.clock, parsed.data);
    return seen.created ? seen.person : bringUpToDate(tx, deps.clock, { person: seen.person, fields: parsed.data });
  });
}

/** The person of an identity, made from `fields` when nobody has it yet. */
export async function findOrCreate(
  tx: Transaction,
  clock: Clock,
  fields: PersonFields & { readonly issuer: string; readonly subject: string; readonly locale: Locale },
): Promise<{ person: Person; created: boolean }> {
  await serializeIdentity(tx, fields);
  const known = await findByIdentity(tx, fields);
  if (known !== undefined) return { person: known, created: false };
  await insertPerson(tx, { ...fields, roles: inOrder(fields.roles), id: newUuid(clock.now()), at: clock.now() });
  const person = await findByIdentity(tx, fields);
  invariant(person, 'an inserted person is found');
  await auditProvisioned(tx, clock, person);
  return { person, created: true };
}

/** Brings name, email, employer and roles to what is told; nothing is written when nothing differs. */
export async function bringUpToDate(
  tx: Transaction,
  clock: Clock,
  { person, fields }: { person: Person; fields: PersonFields },
): Promise<Person> {
  const roles = inOrder(fields.roles);
  const { name, email, employer } = fields;
  const sameNameAndRoles = person.name === name && inOrder(person.roles).join() === roles.join();
  if (sameNameAndRoles && person.email === email && person.employer === employer) return person;
  await lockPersonRow(tx, person.id);
  await updatePerson(tx, person.id, { name, email, employer, roles, at: clock.now() });
  const changed: Person = { ...person, name, email, employer, roles };
  await auditProvisioned(tx, clock, changed);
  return changed;
}

/** The language the person chose for themselves. @throws {GatewayError} `not_found` */
export function changeLocale(deps: IdentityDeps, principal: Principal, locale: Locale): Promise<Person> {
  return deps.database.inTransaction(async (tx) => {
    await updateLocale(tx, principal.person.id, locale, deps.clock.now());
    const person = await findPerson(tx, principal.person.id);
    if (person === undefined) throw new GatewayError('not_found');
    return person;
  });
}

function inOrder(roles: readonly Role[]): Role[] {
  return ROLES.filter((role) => roles.includes(role));
}

function auditProvisioned(tx: Transaction, clock: Clock, { id, name, roles }: Person): Promise<void> {
  return appendAuditEvent(tx, clock, {
    type: 'person.provisioned',
    actor: null,
    body: { person: id, name, roles: [...roles] },
  });
}
