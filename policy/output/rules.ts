import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { Finder } from './identifiers/index.ts';
import type { IdentifierRule } from './model.ts';

/** Looks whether rules can be used. @throws {GatewayError} `identifier_rule_invalid` naming the rule. */
export function checkRules(rules: readonly IdentifierRule[]): void {
  compileRules(rules);
}

export function compileRules(rules: readonly IdentifierRule[]): readonly Finder[] {
  if (rules.length > LIMITS.identifierRulesMax) {
    throw new GatewayError('identifier_rule_invalid', `more than ${LIMITS.identifierRulesMax} rules`);
  }
  return [];
}
