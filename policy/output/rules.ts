/** Rules of administrators for identifiers: RE2 syntax, matched in time linear in the line whatever the pattern says. */
import { RE2JS } from 're2js';
import { asError, GatewayError, LIMITS } from '../../foundation/index.ts';
import type { Finder, Found } from './identifiers/index.ts';
import { IDENTIFIER_KINDS, type IdentifierRule } from './model.ts';

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/** Rules ready to be matched: compiled once for a session, and used by each of its meters and masks. */
export type CompiledRules = readonly Finder[];

/** Looks whether rules can be used. @throws {GatewayError} `identifier_rule_invalid` naming the rule and the fault. */
export function checkRules(rules: readonly IdentifierRule[]): void {
  compileRules(rules);
}

/** @throws {GatewayError} `identifier_rule_invalid`. */
export function compileRules(rules: readonly IdentifierRule[]): CompiledRules {
  if (rules.length > LIMITS.identifierRulesMax) {
    throw new GatewayError('identifier_rule_invalid', `more than ${LIMITS.identifierRulesMax} rules`);
  }
  const twice = rules.find(({ id }, at) => rules.findIndex((other) => other.id === id) !== at);
  if (twice !== undefined)
    throw new GatewayError('identifier_rule_invalid', `rule ${twice.id}: there are two of this name`);
  return rules.map(compileRule);
}

function compileRule({ id, kind, pattern, flags }: IdentifierRule): Finder {
  const refuse = (why: string) => new GatewayError('identifier_rule_invalid', `rule ${id}: ${why}`);
  if (pattern.length > LIMITS.identifierPatternCharactersMax) throw refuse('the pattern is too long');
  if (!IDENTIFIER_KINDS.includes(kind)) throw refuse(`${kind} is no kind of identifier`);
  const bits = flags.split('').reduce((sum, flag) => sum | (FLAGS[flag] ?? Number.NaN), 0);
  if (/[^ims]/.test(flags)) throw refuse('flags are of i, m and s');
  const compiled = compile(pattern, bits, refuse);
  // A pattern may be short and its program long: a{1000} in brackets, a thousand times.
  if (compiled.programSize() > LIMITS.identifierProgramSizeMax) throw refuse('the pattern repeats too much');
  if (compiled.matcher('').find()) throw refuse('the pattern matches nothing at all');
  return (line) => findAll(compiled, kind, line);
}

function compile(pattern: string, bits: number, refuse: (why: string) => GatewayError): RE2JS {
  try {
    return RE2JS.compile(pattern, bits);
  } catch (error) {
    throw refuse(asError(error).message);
  }
}

function findAll(compiled: RE2JS, kind: Found['kind'], line: string): readonly Found[] {
  const found: Found[] = [];
  const matcher = compiled.matcher(line);
  while (found.length < LIMITS.identifierMatchesPerLineMax && matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    if (end > start) found.push({ kind, shelf: kind, value: line.slice(start, end), start, end, strong: true });
  }
  return found;
}
