/** Who stands behind a command: named, known to the gateway, not locked, of a role that may. */
import { keepsRecordings } from '../../approvals/index.ts';
import { type Database, GatewayError } from '../../foundation/index.ts';
import { findPerson } from '../../identity/index.ts';
import type { Person } from '../../policy/index.ts';
import { findPersonsCalled } from '../doctor/queries.ts';

/** @throws {GatewayError} `request_invalid` without a name, `not_found`, `not_permitted`. */
export async function keeperCalled(database: Database, called: string | undefined): Promise<Person> {
  if (called === undefined) throw new GatewayError('request_invalid', 'Say who does this: --as LOGIN');
  const [id, ...more] = await findPersonsCalled(database, called);
  const person = id === undefined || more.length > 0 ? undefined : await findPerson(database, id);
  if (person === undefined) throw new GatewayError('not_found', `There is no one person called ${called}.`);
  if (!keepsRecordings(person)) throw new GatewayError('not_permitted', `${called} may not look after recordings.`);
  return person;
}
