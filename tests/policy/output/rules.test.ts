import { describe, expect, test } from '@jest/globals';
import { checkRules, hasCodeOf, type IdentifierRule } from './rule-support.ts';
import { count } from './metering.ts';

function rule(pattern: string, extra: Partial<IdentifierRule> = {}): IdentifierRule {
  return { id: 'member', kind: 'custom', pattern, flags: '', ...extra };
}

describe('rules of administrators', () => {
  const refused: readonly (readonly [string, IdentifierRule])[] = [
    ['what does not compile', rule('(')],
    ['what only another engine knows: a look behind', rule('(?<=a)b')],
    ['a reference back', rule('(a)\\1')],
    ['a pattern over its length', rule('a'.repeat(501))],
    ['a pattern that is short and long when compiled', rule('(?:(?:[a-z]{50}){20}){20}')],
    ['a pattern that matches nothing at all', rule('a*')],
    ['a flag that is none', rule('a', { flags: 'g' })],
  ];
  for (const [name, bad] of refused) {
    test(`refuse ${name}, naming the rule`, () => {
      expect(hasCodeOf(() => checkRules([bad]))).toMatch(/^identifier_rule_invalid: .*member/);
    });
  }

  test('are bounded in number', () => {
    const many = Array.from({ length: 51 }, (_, at) => rule('abc', { id: `r${at}` }));
    expect(hasCodeOf(() => checkRules(many))).toMatch(/^identifier_rule_invalid/);
    expect(() => checkRules(many.slice(1))).not.toThrow();
  });

  test('are refused where two have one name', () => {
    expect(hasCodeOf(() => checkRules([rule('abc'), rule('abd')]))).toMatch(/^identifier_rule_invalid: .*member/);
  });

  test('find persons, in every width', () => {
    const rules = [rule('KAI-\\d{6}')];
    expect(count('KAI-000001\nKAI-000002\nＫＡＩ-000002\nother\n', { rules }).persons.size).toBe(2);
    expect(count('kai-000001\n', { rules: [rule('KAI-\\d{6}', { flags: 'i' })] }).persons.size).toBe(1);
  });

  test('cost time linear in the line, whatever they say', () => {
    const rules = [rule('([A-Za-z0-9]+)*@x$')];
    const line = `${'a'.repeat(100_000)}\n`;
    const start = performance.now();
    expect(count(line, { rules }).persons.size).toBe(0);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
