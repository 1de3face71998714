/** For whom a SCIM request is, and what both kinds of resources share. */
import type { Transaction } from '../../foundation/index.ts';
import type { PersonId, Role } from '../../policy/index.ts';
import { lockPersonRow } from '../persons/queries.ts';
import { bringUpToDate } from '../persons/provision.ts';
import type { IdentityDeps } from '../rows.ts';
import { ScimFault } from './fault.ts';
import { selectGroupNames } from './queries.ts';

/** What the client of one identity provider may do: with that provider's people and groups, and nobody else's. */
export interface ScimClient {
  readonly issuer: string;
  /** The attribute that is the `sub` of a sign-in at the provider. */
  readonly subject: 'externalId' | 'userName';
  /** What the client's groups give; null: roles come from sign-ins. */
  readonly rolesOf: ((groups: readonly string[]) => readonly Role[]) | null;
}

export type ScimDeps = IdentityDeps & { readonly client: ScimClient };

export interface Page<Resource> {
  readonly total: number;
  readonly startIndex: number;
  readonly resources: readonly Resource[];
}

/** After a change of groups: the roles that the person's groups give now. */
export async function applyRoles({ client, clock }: ScimDeps, tx: Transaction, personId: PersonId): Promise<void> {
  if (client.rolesOf === null) return;
  const person = await lockPersonRow(tx, personId);
  if (person === undefined) return;
  const roles = client.rolesOf(await selectGroupNames(tx, personId, client.issuer));
  const { name, email, employer } = person;
  await bringUpToDate(tx, clock, { person, fields: { name, email, employer, roles } });
}

/** @throws {ScimFault} 412 when the resource is not the version that the client means (RFC 7644 §3.14). */
export function requireVersion(etag: string, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*') return;
  if (!ifMatch.split(',').some((one) => one.trim() === etag)) throw new ScimFault(412, 'It changed meanwhile.');
}
