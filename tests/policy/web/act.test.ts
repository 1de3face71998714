import { describe, expect, test } from '@jest/globals';
import { judgeRequest, WebSettingsSchema } from '../../../policy/index.ts';

const settings = WebSettingsSchema.parse({
  exports: [{ path: '/export' }],
  changingParameters: ['requestId'],
});
const policy = {
  mode: 'guarded-web' as const,
  assets: [{ kind: 'table' as const, name: 'crm.customers', dataClass: 'personal', recordCount: 1 }],
  programs: new Set<string>(),
};

function digest(...parameters: [string, string][]): string {
  const act = { method: 'GET', path: '/export', parameters, bodySha256: null };
  const { digest: of, verdict } = judgeRequest(act, { settings, policy });
  expect(verdict).toBe('needs_ticket');
  return of;
}

describe('what a ticket is about', () => {
  test.each(['token', 'cursor', 'nonce', 'ts', 'timestamp', 'page', 'from'])(
    'another %s is another request: it may say which records are meant',
    (name) => {
      expect(digest([name, '1'])).not.toBe(digest([name, '2']));
    },
  );

  test.each(['_', '_dc', 'cb'])('a page number that calls itself %s is no cache buster', (name) => {
    expect(digest([name, '1'])).not.toBe(digest([name, '2']));
  });

  test('a moment against caches, a token against forged requests and what the inventory names change nothing', () => {
    const plain = digest(['from', '2026-01']);
    expect(digest(['from', '2026-01'], ['_', '1795478400123'])).toBe(plain);
    expect(digest(['csrfmiddlewaretoken', 'a'], ['from', '2026-01'])).toBe(plain);
    expect(digest(['requestId', 'x'], ['from', '2026-01'])).toBe(plain);
  });
});
