/** Policies of targets, for those who answer for them. */
import type { Person, Role, TargetId } from '../../policy/index.ts';
import type { IdentityDeps } from '../rows.ts';
import { type MeterUse, selectMeterUse, selectTargetPolicies, type TargetPolicyRecord } from './queries.ts';

const DAY_MS = 86_400_000;
const USE_DAYS = 30;
const READERS: readonly Role[] = ['auditor', 'security_officer', 'administrator'];

/** Owners see the systems they own; auditors, security officers and administrators see all. */
export function listTargetPolicies({ database, clock }: IdentityDeps, person: Person): Promise<TargetPolicyRecord[]> {
  return selectTargetPolicies(database, { ...readerOf(person), at: clock.now() }, null);
}

/** The policy of one target; undefined when there is none, or not for this person. */
export async function findTargetPolicy(
  { database, clock }: IdentityDeps,
  person: Person,
  id: TargetId,
): Promise<TargetPolicyRecord | undefined> {
  const [found] = await selectTargetPolicies(database, { ...readerOf(person), at: clock.now() }, id);
  return found;
}

/** What left in the last 30 days, by system and person, of the systems this person may see. */
export function listMeterUse({ database, clock }: IdentityDeps, person: Person): Promise<MeterUse[]> {
  const at = clock.now();
  return selectMeterUse(database, { ...readerOf(person), at }, new Date(at.getTime() - (USE_DAYS - 1) * DAY_MS));
}

function readerOf(person: Person) {
  return { viewer: person.id, everySystem: person.roles.some((role) => READERS.includes(role)) };
}
