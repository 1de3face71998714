import { describe, expect, test } from '@jest/globals';
import { compareAccounts, type ExistingAccount, type KnownAccount } from '../../policy/index.ts';

const now = new Date('2026-04-01T00:00:00Z');
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const there = (name: string, uid: number, more: Partial<ExistingAccount> = {}): ExistingAccount => ({
  ...{ name, uid, shell: '/bin/bash', lastLoginAt: daysAgo(1) },
  ...more,
});
const known = (name: string, more: Partial<KnownAccount> = {}): KnownAccount => ({
  ...{ name, person: `Name of ${name}`, left: false, lastSessionAt: null, since: daysAgo(200) },
  ...more,
});
const compare = (existing: ExistingAccount[], accounts: KnownAccount[] = [known('aoki')]) =>
  compareAccounts(existing, accounts, { inspectAs: 'sekisho', now }).map(({ kind, account }) => [kind, account]);

describe('the accounts of a target', () => {
  test.each<[string, ExistingAccount[], string[][]]>([
    ['one that nobody is known for', [there('aoki', 1000), there('maint', 1001)], [['unknown', 'maint']]],
    [
      'two names of one user id, and who is not the known one',
      [there('aoki', 1000), there('aoki2', 1000)],
      [
        ['unknown', 'aoki2'],
        ['shared', 'aoki'],
        ['shared', 'aoki2'],
      ],
    ],
    [
      'a second root',
      [there('root', 0), there('toor', 0), there('aoki', 1000)],
      [
        ['unknown', 'toor'],
        ['shared', 'toor'],
      ],
    ],
    ['a known one that is not there', [there('root', 0)], [['missing', 'aoki']]],
    [
      'a known one that nobody used for long',
      [there('aoki', 1000, { lastLoginAt: daysAgo(91) })],
      [['dormant', 'aoki']],
    ],
    ['a known one that was never used', [there('aoki', 1000, { lastLoginAt: null })], [['dormant', 'aoki']]],
  ])('tell of %s', (_, existing, findings) => {
    expect(compare(existing)).toEqual(findings);
  });

  test('tell of the account of who has left, which is more than that it is dormant', () => {
    const existing = [there('aoki', 1000, { lastLoginAt: daysAgo(91) })];
    expect(compare(existing, [known('aoki', { left: true })])).toEqual([['left', 'aoki']]);
  });

  test('are as known where each is somebody’s, the system’s own, or the one that looks', () => {
    const existing = [
      there('root', 0),
      there('daemon', 1, { shell: '/usr/sbin/nologin' }),
      there('postgres', 105),
      there('nobody', 65_534),
      there('kiosk', 1_005, { shell: '/bin/false' }),
      there('sekisho', 1_001),
      there('aoki', 1_000, { lastLoginAt: null }),
    ];
    expect(compare(existing, [known('aoki', { lastSessionAt: daysAgo(2) })])).toEqual([]);
  });
});
