/** Users of SCIM are our persons: made, changed and deactivated as the provider's client says. */
import { GatewayError, invariant, LIMITS, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { endEverythingOf } from '../lifecycle/end.ts';
import { bringUpToDate, findOrCreate } from '../persons/provision.ts';
import { lockPersonRow, updateDeactivated, updateManager } from '../persons/queries.ts';
import { PersonIdSchema } from '../rows.ts';
import { ScimFault, SCIM_NOT_FOUND, unlessTaken } from './fault.ts';
import { parseFilter } from './filter.ts';
import {
  countUsers,
  deleteUserRow,
  insertUser,
  selectGroupNames,
  selectUsers,
  updateUser,
  type UserFilter,
} from './queries.ts';
import { ENTERPRISE, etagOf, type ScimUser, type UserInput } from './resources.ts';
import { type Page, requireVersion, type ScimDeps } from './service.ts';

/** As the tickets say that end with it. */
const DEACTIVATED = 'deactivated by the identity provider';
const EVERYBODY: UserFilter = { id: null, userName: null, externalId: null, active: null };

export async function listScimUsers(
  { database, client }: ScimDeps,
  { filter, startIndex, count }: { filter: string | undefined; startIndex: number; count: number },
): Promise<Page<ScimUser>> {
  const asked = userFilter(filter);
  const limit = Math.min(count, LIMITS.scimPageMax);
  const total = await countUsers(database, client.issuer, asked);
  const resources = await selectUsers(database, client.issuer, { filter: asked, limit, offset: startIndex - 1 });
  return { total, startIndex, resources };
}

/** @throws {ScimFault} 404 */
export async function findScimUser({ database, client }: ScimDeps, id: string): Promise<ScimUser> {
  return oneUser(database, client.issuer, id);
}

/**
 * Makes a person, or takes over one who signed in before.
 * @throws {ScimFault} `uniqueness` when the client made this user already.
 */
export async function createScimUser(deps: ScimDeps, input: UserInput): Promise<ScimUser> {
  const { client, clock, database } = deps;
  const { issuer } = client;
  const subject = subjectOf(deps, input);
  return database.inTransaction(async (tx) => {
    const fields = { ...fieldsOf(input), roles: [], locale: localeOf(input), issuer, subject };
    const { person } = await findOrCreate(tx, clock, fields);
    const at = clock.now();
    const user = { personId: person.id, issuer, userName: input.userName, externalId: input.externalId ?? null, at };
    if ((await insertUser(tx, user)) === 0) throw new ScimFault(409, 'There is such a user already.', 'uniqueness');
    await applyInput(deps, tx, person.id, input);
    return oneUser(tx, issuer, person.id);
  });
}

/** Brings the user to what `change` makes of it. @throws {ScimFault} 404, 412, `mutability`, `uniqueness`, `invalidValue`. */
export async function changeScimUser(
  deps: ScimDeps,
  id: string,
  { ifMatch, change }: { ifMatch: string | undefined; change: (user: ScimUser) => UserInput },
): Promise<ScimUser> {
  const { client, clock, database } = deps;
  return database.inTransaction(async (tx) => {
    const person = await lockPersonRow(tx, personIdOf(id));
    const before = await oneUser(tx, client.issuer, id);
    invariant(person, 'a user is a person');
    requireVersion(etagOf(before), ifMatch);
    const input = change(before);
    const known = client.subject === 'externalId' ? before.externalId : before.userName;
    // Another subject is another human: their sign-in would open what this one was given.
    if (subjectOf(deps, input) !== known) {
      throw new ScimFault(400, `${client.subject} is who it is at the provider, and never changes.`, 'mutability');
    }
    const { userName, externalId = null } = input;
    const other = await selectUsers(tx, client.issuer, { filter: { ...EVERYBODY, userName }, limit: 1, offset: 0 });
    if (other[0] !== undefined && other[0].id !== id) throw new ScimFault(409, 'The name is taken.', 'uniqueness');
    const after = { id, userName, externalId, version: before.version, at: clock.now() };
    const changed = await unlessTaken(updateUser(tx, after));
    if (changed === 0) throw new ScimFault(412, 'It changed meanwhile.');
    await applyInput(deps, tx, person.id, input);
    return oneUser(tx, client.issuer, id);
  });
}

/** Deactivates the person at once and forgets the user; what the person did stays. @throws {ScimFault} 404, 412. */
export async function deleteScimUser(deps: ScimDeps, id: string, ifMatch: string | undefined): Promise<void> {
  await deps.database.inTransaction(async (tx) => {
    const person = await lockPersonRow(tx, personIdOf(id));
    requireVersion(etagOf(await oneUser(tx, deps.client.issuer, id)), ifMatch);
    invariant(person, 'a user is a person');
    await setActive(deps, tx, person.id, false);
    await deleteUserRow(tx, id);
  });
}

async function applyInput(deps: ScimDeps, tx: Transaction, id: PersonId, input: UserInput): Promise<void> {
  const { client, clock } = deps;
  const person = await lockPersonRow(tx, id);
  invariant(person, 'a user is a person');
  const groups = await selectGroupNames(tx, id, client.issuer);
  const roles = client.rolesOf === null ? person.roles : client.rolesOf(groups);
  await bringUpToDate(tx, clock, { person, fields: { ...fieldsOf(input), roles } });
  const managerId = input[ENTERPRISE]?.manager;
  await updateManager(
    tx,
    id,
    managerId === undefined || managerId === '' ? null : await managerOf(deps, tx, id, managerId),
  );
  await setActive(deps, tx, id, input.active ?? true);
}

/** @throws {ScimFault} `invalidValue`: nobody of this client, or the person themselves. */
async function managerOf({ client }: ScimDeps, tx: Transaction, id: PersonId, managerId: string): Promise<PersonId> {
  const [found] = await selectUsers(tx, client.issuer, {
    filter: { ...EVERYBODY, id: managerId },
    limit: 1,
    offset: 0,
  });
  if (found === undefined || found.id === id) throw new ScimFault(400, 'There is no such manager.', 'invalidValue');
  return personIdOf(found.id);
}

async function setActive({ clock, client }: ScimDeps, tx: Transaction, id: PersonId, active: boolean): Promise<void> {
  const at = clock.now();
  if ((await updateDeactivated(tx, id, active ? null : at)) === 0) return;
  const about = { person: id, issuer: client.issuer };
  if (active) {
    await appendAuditEvent(tx, clock, { type: 'person.reactivated', actor: null, body: about });
    return;
  }
  const ended = await endEverythingOf(tx, clock, { person: id, actor: null, reason: DEACTIVATED });
  await appendAuditEvent(tx, clock, { type: 'person.deactivated', actor: null, body: { ...about, ended } });
}

async function oneUser(db: Parameters<typeof selectUsers>[0], issuer: string, id: string): Promise<ScimUser> {
  const [found] = await selectUsers(db, issuer, { filter: { ...EVERYBODY, id }, limit: 1, offset: 0 });
  if (found === undefined) throw SCIM_NOT_FOUND();
  return found;
}

function personIdOf(id: string): PersonId {
  const parsed = PersonIdSchema.safeParse(id);
  if (!parsed.success) throw SCIM_NOT_FOUND();
  return parsed.data;
}

function subjectOf({ client }: ScimDeps, input: UserInput): string {
  const subject = input[client.subject];
  if (subject === undefined || subject === '' || subject.length > 255) {
    throw new ScimFault(400, `${client.subject} says who it is at the provider, and is missing.`, 'invalidValue');
  }
  return subject;
}

function fieldsOf(input: UserInput) {
  const { name, displayName, userName, emails = [] } = input;
  const parts = [name?.familyName, name?.givenName].filter((part) => part !== undefined && part !== '').join(' ');
  const shown = [displayName, name?.formatted, parts, userName].find((one) => one !== undefined && one.trim() !== '');
  const email = (emails.find(({ primary }) => primary === true) ?? emails[0])?.value ?? null;
  if (shown === undefined) throw new GatewayError('request_invalid');
  return { name: shown.slice(0, 200), email, employer: input[ENTERPRISE]?.organization ?? '' };
}

function localeOf({ preferredLanguage }: UserInput): 'en' | 'ja' {
  return /^ja\b/i.test(preferredLanguage ?? '') ? 'ja' : 'en';
}

function userFilter(filter: string | undefined): UserFilter {
  const names: Readonly<Record<string, keyof UserFilter>> = {
    ...{ id: 'id', username: 'userName', externalid: 'externalId', active: 'active' },
  };
  const asked: Record<string, unknown> = { ...EVERYBODY };
  for (const { attribute, value } of parseFilter(filter)) {
    const name = Object.hasOwn(names, attribute) ? names[attribute] : undefined;
    if (name === undefined || (name === 'active') !== (typeof value === 'boolean')) {
      throw new ScimFault(400, 'Users are found by id, userName, externalId and active.', 'invalidFilter');
    }
    asked[name] = value;
  }
  return { ...EVERYBODY, ...asked };
}
