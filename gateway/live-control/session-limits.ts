/** How many sessions may be open at once, of one person, on one target and in one process. */
import { type Clock, LIMITS } from '../../foundation/index.ts';
import type { SessionRegistry } from '../session-registry.ts';
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

interface LimitDeps {
  readonly clock: Clock;
  readonly registry: SessionRegistry;
  readonly timeLimits?: TimeLimits | undefined;
  readonly sessionLimits?: SessionLimits | undefined;
}

/**
 * Open sessions that began before count for nobody: what is older than any session can be was left behind by a gateway
 * that never came back.
 */
export function countedSince({ clock, timeLimits }: Pick<LimitDeps, 'clock' | 'timeLimits'>): Date {
  const { hoursMax } = timeLimits ?? DEFAULT_TIME_LIMITS;
  return new Date(clock.now().getTime() - hoursMax * HOUR_MS);
}

/**
 * Which limit one more session would pass; undefined when none. `open`: sessions in every process, counted without a
 * lock: two at once may pass by one.
 */
export function findPassedLimit(
  deps: Pick<LimitDeps, 'registry' | 'sessionLimits'>,
  open: { readonly person: number; readonly target: number },
): CrowdRefusal | undefined {
  if (deps.registry.size >= LIMITS.sessionsPerProcessMax) return 'too_many_here';
  const { perPerson, perTarget } = deps.sessionLimits ?? DEFAULT_SESSION_LIMITS;
  if (open.person >= perPerson) return 'too_many_of_person';
  return open.target >= perTarget ? 'too_many_on_target' : undefined;
}
