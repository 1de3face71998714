import { GatewayError, type Transaction } from '../../foundation/index.ts';
import type { Person, PersonId } from '../../policy/index.ts';
import { findPerson, standingOf } from './queries.ts';

/**
 * The person as the database knows them now, not as the request remembers them.
 * @throws {GatewayError} `person_locked`, `person_deactivated`
 */
export async function requireUnlocked(tx: Transaction, id: PersonId): Promise<Person> {
  const person = await findPerson(tx, id);
  if (person === undefined) throw new GatewayError('not_authenticated');
  const standing = await standingOf(tx, id);
  if (standing !== 'in_force') throw new GatewayError(`person_${standing}`);
  return person;
}
