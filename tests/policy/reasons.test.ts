import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RULES } from '../../policy/command/rules/index.ts';
import { RULE_REASONS, reasonOf } from '../../policy/index.ts';

const FAMILIES =
  /'((?:gate|client|sql|files|shell|interpreter|control|send|dump|listen|tunnel|escape|container|meter)\.[a-z0-9]+(?:-[a-z0-9]+)*)'/g;

function idsIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('reasons') && !name.includes('budget'))
    .flatMap((name) => [...readFileSync(`${directory}/${name}`, 'utf8').matchAll(FAMILIES)])
    .map((match) => match[1] ?? '');
}

describe('the reason of a rule', () => {
  const ids = [...new Set([...idsIn('policy'), ...RULES.map(({ id }) => id)])];

  test('is looked for under every id the policy can find', () => {
    expect(ids.length).toBeGreaterThan(100);
  });

  test.each(ids)('%s is given in English and in Japanese', (id) => {
    expect(reasonOf(id, 'en')).toMatch(/^[A-Z].{10,}\.$/s);
    expect(reasonOf(id, 'ja')).toMatch(/[\u3040-\u30ff].*。$/s);
  });

  test('is none for an id nobody finds', () => {
    expect(reasonOf('nobody.finds-this', 'en')).toBeUndefined();
  });

  test('has one sentence a rule', () => {
    expect(RULE_REASONS.get('dump.mysql')?.en).toBe(reasonOf('dump.mysql', 'en'));
  });
});
