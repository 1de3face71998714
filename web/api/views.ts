import { createHmac, randomBytes } from 'node:crypto';
import { type Clock, equalInConstantTime, LIMITS } from '../../foundation/index.ts';

/** Proof that a person's looking at a session was noted, so that each look is one event and not one a segment. */
export interface Views {
  issue(person: string, session: string): string;
  /** Whether this is such a proof, of this person and session and not too old. */
  holds(view: string | undefined, person: string, session: string): boolean;
}

/** The key lives with the process: after a restart a look is noted anew. */
export function createViews(clock: Clock): Views {
  const key = randomBytes(32);
  const sign = (until: string, person: string, session: string): string =>
    createHmac('sha256', key).update(`${until}|${person}|${session}`).digest('base64url');
  return {
    issue(person, session) {
      const until = String(clock.now().getTime() + LIMITS.replayViewHours * 3_600_000);
      return `${until}.${sign(until, person, session)}`;
    },
    holds(view, person, session) {
      const [until = '', signature = ''] = view?.split('.') ?? [];
      if (!/^\d{1,16}$/.test(until) || Number(until) < clock.now().getTime()) return false;
      return equalInConstantTime(signature, sign(until, person, session));
    },
  };
}
