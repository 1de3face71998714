/** How many sessions may be open at once, of one person, on one target and in one process. */
import { type Clock, type Database, LIMITS } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import type { SessionRegistry } from '../session-registry.ts';
import { countOpenSessions } from './queries.ts';
import { DEFAULT_TIME_LIMITS, type TimeLimits } from './time-limits.ts';

export type CrowdRefusal = 'too_many_of_person' | 'too_many_on_target' | 'too_many_here';

const HOUR_MS = 3_600_000;

/** How many sessions may be open at once, in all processes. */
export interface SessionLimits {
  readonly perPerson: number;
  readonly perTarget: number;
}

const DEFAULT_SESSION_LIMITS: SessionLimits = {
  perPerson: LIMITS.sessionsPerPersonMax,
  perTarget: LIMITS.sessionsPerTargetMax,
};

/** Which limit one more session would pass; undefined when none. Counted without a lock: two at once may pass by one. */
export async function findPassedLimit(
  deps: {
    readonly database: Database;
    readonly clock: Clock;
    readonly registry: SessionRegistry;
    readonly timeLimits?: TimeLimits | undefined;
    readonly sessionLimits?: SessionLimits | undefined;
  },
  { personId, loginName }: { readonly personId: PersonId; readonly loginName: string },
): Promise<CrowdRefusal | undefined> {
  if (deps.registry.size >= LIMITS.sessionsPerProcessMax) return 'too_many_here';
  const { hoursMax } = deps.timeLimits ?? DEFAULT_TIME_LIMITS;
  const since = new Date(deps.clock.now().getTime() - hoursMax * HOUR_MS);
  const open = await countOpenSessions(deps.database, { personId, loginName, since });
  const { perPerson, perTarget } = deps.sessionLimits ?? DEFAULT_SESSION_LIMITS;
  if (open.person >= perPerson) return 'too_many_of_person';
  return open.target >= perTarget ? 'too_many_on_target' : undefined;
}
