import { describe, expect, test } from '@jest/globals';
import { RULES } from '../../policy/command/rules/index.ts';
import { judgeCommand } from '../../policy/index.ts';
import { GUARDED } from './policies.ts';

const rulesFound = (text: string): readonly string[] => judgeCommand(text, GUARDED).findings.map(({ rule }) => rule);

describe('the rule table', () => {
  test('has no two rows of one id', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  });

  test.each(RULES.map((rule) => [rule.id, rule] as const))('%s has at least two cases of each kind', (_, rule) => {
    expect(rule.tests.positive.length).toBeGreaterThanOrEqual(2);
    expect(rule.tests.negative.length).toBeGreaterThanOrEqual(2);
  });

  const positives = RULES.flatMap((rule) => rule.tests.positive.map((text) => [rule.id, text] as const));
  test.each(positives)('%s recognises: %s', (id, text) => {
    expect(rulesFound(text)).toContain(id);
    expect(judgeCommand(text, GUARDED).verdict).not.toBe('allow');
  });

  const negatives = RULES.flatMap((rule) => rule.tests.negative.map((text) => [rule.id, text] as const));
  test.each(negatives)('%s leaves alone: %s', (id, text) => {
    expect(rulesFound(text)).not.toContain(id);
  });
});
