import { format, inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { equalInConstantTime, Secret } from '../../foundation/index.ts';

describe('a secret', () => {
  const secret = new Secret('hunter2');

  test.each([
    ['a template', () => `is ${secret as unknown as string}`],
    ['String()', () => String(secret)],
    ['JSON', () => JSON.stringify({ secret })],
    ['the inspector', () => inspect({ secret }, { depth: 10, showHidden: true })],
    ['format', () => format('%s %o %j', secret, secret, secret)],
    ['its keys', () => JSON.stringify(Object.entries(secret))],
    ['a copy', () => inspect(Object.assign({}, secret))],
    ['an error', () => inspect(new Error('failed', { cause: secret }))],
  ])('does not show in %s', (_, show) => {
    expect(show()).not.toContain('hunter2');
  });

  test('is there for who asks for it', () => {
    expect(secret.expose()).toBe('hunter2');
  });
});

describe('comparing in constant time', () => {
  test.each([
    ['hunter2', 'hunter3'],
    ['hunter2', 'hunter'],
    ['', 'a'],
  ])('tells %j from %j', (left, right) => {
    expect(equalInConstantTime(left, right)).toBe(false);
  });

  test('knows equal strings', () => {
    expect(equalInConstantTime('関所', '関所')).toBe(true);
  });
});
