/** Groups of SCIM: who is in them decides about roles, where the configuration says so. */
import { LIMITS, newUuid, type Queryable, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { PersonIdSchema } from '../rows.ts';
import { ScimFault, SCIM_NOT_FOUND, unlessTaken } from './fault.ts';
import { parseFilter } from './filter.ts';
import {
  countGroups,
  deleteGroupRow,
  type GroupFilter,
  insertGroup,
  replaceMembers,
  selectGroups,
  updateGroup,
} from './queries.ts';
import { etagOf, type GroupInput, type ScimGroup } from './resources.ts';
import { applyRoles, type Page, requireVersion, type ScimDeps } from './service.ts';

const ALL: GroupFilter = { id: null, displayName: null, externalId: null };

export async function listScimGroups(
  { database, client }: ScimDeps,
  { filter, startIndex, count }: { filter: string | undefined; startIndex: number; count: number },
): Promise<Page<ScimGroup>> {
  const asked = groupFilter(filter);
  const limit = Math.min(count, LIMITS.scimPageMax);
  const total = await countGroups(database, client.issuer, asked);
  const resources = await selectGroups(database, client.issuer, { filter: asked, limit, offset: startIndex - 1 });
  return { total, startIndex, resources };
}

/** @throws {ScimFault} 404 */
export function findScimGroup({ database, client }: ScimDeps, id: string): Promise<ScimGroup> {
  return oneGroup(database, client.issuer, id);
}

/** @throws {ScimFault} `uniqueness`; `invalidValue` when a member is nobody. */
export function createScimGroup(deps: ScimDeps, input: GroupInput): Promise<ScimGroup> {
  const { client, clock, database } = deps;
  return database.inTransaction(async (tx) => {
    const at = clock.now();
    const id = newUuid(at);
    const { displayName, externalId = null } = input;
    if ((await insertGroup(tx, { id, issuer: client.issuer, displayName, externalId, at })) === 0) {
      throw new ScimFault(409, 'There is such a group already.', 'uniqueness');
    }
    await setMembers(deps, tx, { groupId: id, input, renamed: [] });
    return oneGroup(tx, client.issuer, id);
  });
}

/** Brings the group to what `change` makes of it. @throws {ScimFault} 404, 412, `uniqueness`, `invalidValue`. */
export function changeScimGroup(
  deps: ScimDeps,
  id: string,
  { ifMatch, change }: { ifMatch: string | undefined; change: (group: ScimGroup) => GroupInput },
): Promise<ScimGroup> {
  const { client, clock, database } = deps;
  return database.inTransaction(async (tx) => {
    const before = await oneGroup(tx, client.issuer, id);
    requireVersion(etagOf(before), ifMatch);
    const input = change(before);
    const { displayName, externalId = null } = input;
    const [other] = await selectGroups(tx, client.issuer, { filter: { ...ALL, displayName }, limit: 1, offset: 0 });
    if (other !== undefined && other.id !== id) throw new ScimFault(409, 'The name is taken.', 'uniqueness');
    const after = { id, displayName, externalId, version: before.version, at: clock.now() };
    const changed = await unlessTaken(updateGroup(tx, after));
    if (changed === 0) throw new ScimFault(412, 'It changed meanwhile.');
    const renamed = displayName === before.displayName ? [] : before.members.map((member) => member.id);
    await setMembers(deps, tx, { groupId: id, input, renamed });
    return oneGroup(tx, client.issuer, id);
  });
}

/** @throws {ScimFault} 404, 412. */
export async function deleteScimGroup(deps: ScimDeps, id: string, ifMatch: string | undefined): Promise<void> {
  await deps.database.inTransaction(async (tx) => {
    const group = await oneGroup(tx, deps.client.issuer, id);
    requireVersion(etagOf(group), ifMatch);
    await deleteGroupRow(tx, id);
    await told(deps, tx, { group: group.displayName, touched: group.members.map((member) => member.id) });
  });
}

/** @param renamed who is in it already and may have other roles by its new name. */
async function setMembers(
  deps: ScimDeps,
  tx: Transaction,
  { groupId, input, renamed }: { groupId: string; input: GroupInput; renamed: readonly string[] },
): Promise<void> {
  const { displayName, members = [] } = input;
  const wanted = members.map(({ value }) => value);
  const moved = await replaceMembers(tx, { groupId, issuer: deps.client.issuer, members: wanted });
  if (moved === undefined) throw new ScimFault(400, 'A member is nobody that is known here.', 'invalidValue');
  await told(deps, tx, { group: displayName, touched: [...new Set<string>([...moved, ...renamed])] });
}

async function told(
  deps: ScimDeps,
  tx: Transaction,
  { group, touched }: { group: string; touched: readonly string[] },
): Promise<void> {
  if (touched.length === 0) return;
  const persons: PersonId[] = touched.map((id) => PersonIdSchema.parse(id));
  // In one order for everybody: two changes of groups at once must not wait for each other's rows.
  for (const personId of persons.toSorted()) await applyRoles(deps, tx, personId);
  const body = { issuer: deps.client.issuer, group, persons: persons.slice(0, LIMITS.scimAuditedMembersMax) };
  await appendAuditEvent(tx, deps.clock, { type: 'scim.group_changed', actor: null, body });
}

async function oneGroup(db: Queryable, issuer: string, id: string): Promise<ScimGroup> {
  const [found] = await selectGroups(db, issuer, { filter: { ...ALL, id }, limit: 1, offset: 0 });
  if (found === undefined) throw SCIM_NOT_FOUND();
  return found;
}

function groupFilter(filter: string | undefined): GroupFilter {
  const names: Readonly<Record<string, keyof GroupFilter>> = {
    ...{ id: 'id', displayname: 'displayName', externalid: 'externalId' },
  };
  const asked: { -readonly [Key in keyof GroupFilter]: GroupFilter[Key] } = { ...ALL };
  for (const { attribute, value } of parseFilter(filter)) {
    const name = Object.hasOwn(names, attribute) ? names[attribute] : undefined;
    if (name === undefined || typeof value !== 'string') {
      throw new ScimFault(400, 'Groups are found by id, displayName and externalId.', 'invalidFilter');
    }
    asked[name] = value;
  }
  return asked;
}
