import { describe, expect, test } from '@jest/globals';
import { type ReviewedFacts, reviewFlags, type ReviewFlag } from '../../policy/index.ts';

const now = new Date('2026-04-01T00:00:00Z');
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const rules = { dormantDays: 90, contractDays: 30 };
const grant = {
  ...{ since: daysAgo(200), lastUsedAt: daysAgo(1), lastTicketAt: daysAgo(1), unusedActions: [], ownsSystem: false },
};
const plain: ReviewedFacts = {
  ...{ now, deactivated: false, locked: false, contractEndsAt: null, roles: ['maintainer'], looksShared: false },
  sponsorLeft: false,
  ...{ hasSecondFactor: true, grant },
};

describe('what catches the eye', () => {
  test('is nothing where a grant is used, for a reason, by one person of one role', () => {
    expect(reviewFlags(plain, rules)).toEqual([]);
  });

  test.each<[ReviewFlag, Partial<ReviewedFacts>, ReviewFlag[]]>([
    ['left', { deactivated: true }, []],
    ['locked', { locked: true }, []],
    ['contract_ended', { contractEndsAt: now }, []],
    ['contract_ending', { contractEndsAt: daysAgo(-30) }, []],
    ['sponsor_left', { sponsorLeft: true }, []],
    ['never_used', { grant: { ...grant, lastUsedAt: null } }, ['dormant']],
    ['dormant', { grant: { ...grant, lastUsedAt: daysAgo(91) } }, []],
    ['no_reason', { grant: { ...grant, lastTicketAt: daysAgo(91) } }, []],
    ['unused_actions', { grant: { ...grant, unusedActions: ['download'] } }, []],
    ['role_creep', { roles: ['maintainer', 'owner'] }, []],
    ['owns_it', { grant: { ...grant, ownsSystem: true } }, []],
    ['looks_shared', { looksShared: true }, []],
    ['no_second_factor', { hasSecondFactor: false }, []],
  ])('%s', (flag, change, also) => {
    expect([...reviewFlags({ ...plain, ...change }, rules)].sort()).toEqual([flag, ...also].sort());
  });

  test('is not yet a contract that ends in a month and a day, nor a new grant that nobody used', () => {
    expect(reviewFlags({ ...plain, contractEndsAt: daysAgo(-31) }, rules)).toEqual([]);
    const fresh = { ...grant, since: daysAgo(2), lastUsedAt: null };
    expect(reviewFlags({ ...plain, grant: fresh }, rules)).toEqual(['never_used']);
  });
});
