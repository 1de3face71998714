import { describe, expect, test } from '@jest/globals';
import type { Rule } from '../../policy/command/rules/rule.ts';
import { loadRules, RULES } from '../../policy/command/rules/index.ts';

const [first] = RULES;
if (first === undefined) throw new Error('there is no rule');

describe('a table of rules does not load', () => {
  test.each([
    ['with one case to recognise', { ...first.tests, positive: first.tests.positive.slice(0, 1) }],
    ['with one case to leave alone', { ...first.tests, negative: first.tests.negative.slice(0, 1) }],
    ['with none at all', { positive: [], negative: [] }],
  ])('%s', (_what, tests) => {
    const untested: Rule = { ...first, id: 'new.rule', tests };
    expect(() => loadRules([first, untested])).toThrow('rule new.rule does not load');
  });

  test('with an id used twice', () => {
    expect(() => loadRules([first, first])).toThrow(`rule ${first.id} does not load`);
  });
});

test('the rules in force load, and are found by every tool they name', () => {
  const byTool = loadRules(RULES);
  for (const rule of RULES) for (const tool of rule.tools) expect(byTool.get(tool)).toContain(rule);
});
