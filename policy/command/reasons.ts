/** Why a finding matters, by its rule: for the refusal and the console. Rules about programs carry their own reason. */
import type { Locale } from '../model.ts';
import { RULES } from './rules/index.ts';
import type { Reason } from './rules/rule.ts';
import { GATE_REASONS } from './reasons-of-gate.ts';
import { OTHER_REASONS } from './reasons-of-others.ts';

/** The reason of every rule that can be found, by the rule's id. */
export const RULE_REASONS: ReadonlyMap<string, Reason> = new Map([
  ...Object.entries(GATE_REASONS),
  ...Object.entries(OTHER_REASONS),
  ...RULES.map(({ id, why }) => [id, why] as const),
]);

const OF_FAMILY: readonly (readonly [prefix: string, of: string])[] = [
  ['sql.meta-', 'sql.meta-output'],
  ['sql.', 'sql.export'],
  ['files.', 'files.protected-path'],
];

/**
 * One sentence saying why what `ruleId` finds matters, in the person's language. An id of a family without a sentence of
 * its own gets the family's; any other id is undefined.
 */
export function reasonOf(ruleId: string, locale: Locale): string | undefined {
  const own = RULE_REASONS.get(ruleId);
  const family = OF_FAMILY.find(([prefix]) => ruleId.startsWith(prefix))?.[1];
  return (own ?? (family === undefined ? undefined : RULE_REASONS.get(family)))?.[locale];
}
