/** The database: there, current, in the right role, and of one time with this machine. */
import { asError, type Clock, type Database, hasCode, sqlState } from '../../foundation/index.ts';
import { checkDatabaseRole, checkSchema } from '../migrate.ts';
import { type Check, type Finding, ok, problem } from './model.ts';
import { readClock } from './queries.ts';

/** A session certificate begins this long before it is issued. */
const CLOCK_OFF_MS = 30_000;

export function databaseChecks(deps: { database: Database; clock: Clock; migrations: string }): Check[] {
  return [
    { name: 'database', run: () => unlessAway(() => checkDatabase(deps)) },
    { name: 'clock', run: () => unlessAway(async () => [await checkClock(deps)], []) },
  ];
}

async function checkDatabase(deps: { database: Database; migrations: string }): Promise<Finding[]> {
  const schema = await refusal(() => checkSchema(deps.database, deps.migrations));
  if (schema !== undefined) {
    return [problem('doctor.database.schema', 'doctor.database.schema.next', { detail: schema })];
  }
  const role = await refusal(() => checkDatabaseRole(deps.database));
  if (role !== undefined) return [problem('doctor.database.role', 'doctor.database.role.next', { detail: role })];
  return [ok('doctor.database.ok')];
}

async function checkClock({ database, clock }: { database: Database; clock: Clock }): Promise<Finding> {
  const before = clock.now().getTime();
  const there = (await readClock(database)).getTime();
  const after = clock.now().getTime();
  const off = there < before ? before - there : Math.max(there - after, 0);
  if (off < CLOCK_OFF_MS) return ok('doctor.clock.ok', { milliseconds: off });
  return problem('doctor.clock.off', 'doctor.clock.off.next', { seconds: Math.round(off / 1_000) });
}

/** What the check refuses a start with; undefined when it refuses nothing. */
async function refusal(check: () => Promise<void>): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (thrown) {
    if (hasCode(thrown, 'start_refused')) return thrown.message;
    throw thrown;
  }
}

/** That the database is away is one finding, however many checks ask it: `instead` is for the others. */
async function unlessAway(check: () => Promise<Finding[]>, instead?: Finding[]): Promise<Finding[]> {
  try {
    return await check();
  } catch (thrown) {
    // 28: the name or the password is not taken; 3D: there is no such database.
    const isAway = hasCode(thrown, 'database_unavailable') || /^(28|3D)/.test(sqlState(thrown) ?? '');
    if (!isAway) throw thrown;
    if (instead !== undefined) return instead;
    const error = asError(thrown);
    const detail = asError(error.cause ?? error).message;
    return [problem('doctor.database.unreachable', 'doctor.database.unreachable.next', { detail })];
  }
}
