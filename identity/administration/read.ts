/** Systems and targets, for those who answer for them and those who look after the gateway. */
import type { Person, Role, TargetId } from '../../policy/index.ts';
import type { IdentityDeps } from '../rows.ts';
import {
  type AdministeredSystem,
  type AdministeredTarget,
  type Reader,
  selectSystems,
  selectTarget,
} from './queries.ts';

const READERS: readonly Role[] = ['auditor', 'security_officer', 'administrator'];

/** Owners see the systems they own; auditors, security officers and administrators see all. */
export function listSystems({ database, clock }: IdentityDeps, person: Person): Promise<AdministeredSystem[]> {
  return selectSystems(database, { ...readerOf(person), at: clock.now() });
}

/** Undefined when there is no such target, or not for this person. */
export function findTarget(
  { database, clock }: IdentityDeps,
  person: Person,
  id: TargetId,
): Promise<AdministeredTarget | undefined> {
  return selectTarget(database, { ...readerOf(person), at: clock.now(), id });
}

function readerOf(person: Person): Reader {
  return { viewer: person.id, everySystem: person.roles.some((role) => READERS.includes(role)) };
}
