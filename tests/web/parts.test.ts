import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../foundation/index.ts';
import { createRateLimit } from '../../web/api/rate-limit.ts';
import { localPath } from '../../web/api/return-path.ts';
import { createSeal } from '../../web/api/seal.ts';
import { ManualClock } from '../support/manual-clock.ts';

const HERE = new URL('https://sekisho.example.com/');

describe('a return path', () => {
  test.each([
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/a\\b',
    'javascript:alert(1)',
    'tickets',
    '',
    '/a b',
    '/\u0000',
  ])('%j is refused', (path) => {
    expect(() => localPath(path, HERE)).toThrow('return');
  });

  test.each(['/', '/tickets/new?act=1', '/sessions/1#t=3', '/?return=https://evil.example/', '/a//b'])(
    '%j is kept',
    (path) => {
      expect(localPath(path, HERE)).toBe(path);
    },
  );
});

describe('a seal', () => {
  const seal = createSeal(new Secret('one'), 'test');

  test('opens nothing that was changed, cut, sealed for another purpose or with another secret', () => {
    const sealed = seal.close('{"state":"x"}');
    for (let at = 0; at < sealed.length - 1; at++) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      expect(seal.open(changed)).toBeUndefined();
      expect(seal.open(sealed.slice(0, at))).toBeUndefined();
    }
    expect(createSeal(new Secret('one'), 'other').open(sealed)).toBeUndefined();
    expect(createSeal(new Secret('two'), 'test').open(sealed)).toBeUndefined();
  });

  test('opens what another process sealed with the same secret, and shows nothing of it before', () => {
    const sealed = createSeal(new Secret('one'), 'test').close('verifier');
    expect(seal.open(sealed)).toBe('verifier');
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('verifier');
    expect(seal.close('verifier')).not.toBe(sealed);
  });
});

describe('a rate limit', () => {
  test('refuses past the limit for that key alone, until the minute is over', () => {
    const clock = new ManualClock();
    const limit = createRateLimit(clock, 3);
    for (let n = 0; n < 3; n++) limit.take('a');
    expect(() => limit.take('a')).toThrow('Too many');
    expect(() => limit.check('a')).toThrow('Too many');
    expect(() => limit.take('b')).not.toThrow();
    clock.advance(59_999);
    expect(() => limit.check('a')).toThrow('Too many');
    clock.advance(1);
    expect(() => limit.take('a')).not.toThrow();
  });

  test('checking counts nothing', () => {
    const limit = createRateLimit(new ManualClock(), 1);
    for (let n = 0; n < 5; n++) limit.check('a');
    expect(() => limit.take('a')).not.toThrow();
  });
});
