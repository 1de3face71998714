import { describe } from '@jest/globals';
import { findPartner, type Partner } from '../../scripts/partners.mjs';

export type { Partner };

/**
 * A suite that needs these partners: skipped when one is missing, which fails a run with CI=true.
 * `describeWith(['ssh', 'sshd'], 'a session', () => { … })`
 */
export function describeWith(needs: Partner | readonly Partner[], name: string, suite: () => void): void {
  const missing = [needs].flat().filter((partner) => findPartner(partner) === undefined);
  if (missing.length === 0) describe(name, suite);
  else describe.skip(`${name} [lacks ${missing.join(', ')}]`, suite);
}

/** Path of the partner's program. Call it inside `describeWith`. */
export function partner(name: Partner): string {
  const path = findPartner(name);
  if (path === undefined) throw new Error(`${name} is missing: call this inside describeWith`);
  return path;
}
