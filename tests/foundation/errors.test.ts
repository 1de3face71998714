import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { asError, ERRORS, type ErrorCode, GatewayError, hasCode, invariant } from '../../foundation/index.ts';

describe('errors', () => {
  test.each([false, undefined, null])('an invariant that is %s ends the work', (fact) => {
    expect(() => invariant(fact, 'the ticket has a requester')).toThrow('invariant: the ticket has a requester');
  });

  test.each([0, '', Number.NaN])('an invariant that is %j holds: only absence and false do not', (fact) => {
    expect(() => invariant(fact, 'it is there')).not.toThrow();
  });

  test('a failure has a code, an HTTP status and a sentence fit for the user', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const error = new GatewayError(code);
      expect(error.status).toBeGreaterThanOrEqual(400);
      expect(error.status).toBeLessThan(600);
      expect(error.message).toMatch(/^[A-Z].*[.]$/);
    }
  });

  test('a code is known by itself and not by another, nor in an error that only looks like one', () => {
    expect(hasCode(new GatewayError('not_found'), 'not_found')).toBe(true);
    expect(hasCode(new GatewayError('not_found'), 'internal')).toBe(false);
    expect(hasCode(Object.assign(new Error('no'), { code: 'not_found' }), 'not_found')).toBe(false);
  });

  test('whatever was thrown becomes an error; an error of node stays itself, code and all', async () => {
    expect(asError('odd').message).toBe('odd');
    expect(asError(undefined)).toHaveProperty('stack');
    const thrown: unknown = await readFile('/no/such/file').catch((error: unknown) => error);
    expect(asError(thrown)).toBe(thrown);
  });
});
