import { describe, expect, test } from '@jest/globals';
import {
  type AuthorizationFacts,
  authorizeTarget,
  decideRedemption,
  NO_TICKET_NEEDED,
  type Person,
  type PersonId,
  type RedemptionFacts,
  type SystemId,
  type Target,
  TargetAuthorization,
  type TargetId,
  type TicketId,
} from '../../policy/index.ts';

const now = new Date('2026-11-22T03:00:00Z');
const later = new Date('2026-11-22T04:00:00Z');
const earlier = new Date('2026-11-22T02:00:00Z');
const aoki = 'aoki' as PersonId;
const tanaka = 'tanaka' as PersonId;
const target: Target = {
  id: 't1' as TargetId,
  systemId: 's1' as SystemId,
  name: 'shop-db',
  host: 'db.example',
  port: 22,
  hostKey: 'ssh-ed25519 AAAA',
  mode: 'guarded-line',
  systemName: 'shop',
  hostCa: null,
  legacyAlgorithms: false,
  sourceAddress: null,
};
const person: Person = {
  id: aoki,
  name: '青木 真',
  email: null,
  employer: 'Example',
  locale: 'ja',
  roles: ['maintainer'],
  contractEndsAt: null,
};
const access: AuthorizationFacts = {
  person,
  locks: [],
  target,
  account: 'aoki',
  grant: { actions: ['shell', 'exec'], expiresAt: later },
  ambiguous: false,
  via: [],
  action: 'exec',
  ticket: NO_TICKET_NEEDED,
  now,
};

describe('authorizeTarget', () => {
  test.each<[string, Partial<AuthorizationFacts>]>([
    ['locked', { locks: ['person'] }],
    ['contract_ended', { person: { ...person, contractEndsAt: now } }],
    ['not_a_maintainer', { person: { ...person, roles: ['owner', 'administrator'] } }],
    ['not_found', { target: undefined }],
    ['not_found', { grant: undefined }],
    ['grant_expired', { grant: { actions: ['exec'], expiresAt: now } }],
    ['action_not_granted', { grant: { actions: ['shell'], expiresAt: later } }],
    ['action_not_granted', { grant: { actions: [], expiresAt: later } }],
    ['action_not_granted', { action: 'files' }],
    ['action_not_granted', { grant: { actions: ['upload', 'download', 'develop'], expiresAt: later } }],
    ['ambiguous', { ambiguous: true }],
    ['no_account_on_way', { via: [{ target, account: undefined }] }],
    [
      'no_account_on_way',
      {
        via: [
          { target, account: 'aoki' },
          { target, account: '' },
        ],
      },
    ],
    ['no_account', { account: undefined }],
    ['no_account', { account: '' }],
  ])('refuses with %s', (reason, change) => {
    expect(authorizeTarget({ ...access, ...change })).toEqual({ allowed: false, reason });
  });

  test('a lock is said before anything else, so that nothing of the target is told', () => {
    expect(authorizeTarget({ ...access, locks: ['person'], target: undefined, grant: undefined })).toEqual({
      allowed: false,
      reason: 'locked',
    });
  });

  test('gives a proof that ends with the earlier of grant and contract', () => {
    const decision = authorizeTarget({
      ...access,
      person: { ...person, contractEndsAt: later },
      grant: { actions: ['exec'], expiresAt: new Date(later.getTime() + 1) },
    });
    if (!decision.allowed) throw new Error(decision.reason);
    expect(decision.authorization).toMatchObject({ account: 'aoki', action: 'exec', until: later, target });
    expect(TargetAuthorization.isProof(decision.authorization)).toBe(true);
  });

  test.each(['upload', 'download'] as const)('one direction is enough for a files session: %s', (direction) => {
    const decision = authorizeTarget({
      ...access,
      action: 'files',
      grant: { actions: [direction], expiresAt: later },
      via: [{ target, account: 'aoki' }],
    });
    if (!decision.allowed) throw new Error(decision.reason);
    expect(decision.authorization).toMatchObject({ actions: [direction], via: [{ account: 'aoki' }] });
  });

  test('nobody else can make a proof', () => {
    const shape = {
      person,
      target,
      account: 'root',
      action: 'shell' as const,
      actions: [],
      via: [],
      until: later,
      ticket: undefined,
    };
    expect(() => new TargetAuthorization(Symbol('only authorizeTarget holds this'), shape)).toThrow('invariant');
    expect(TargetAuthorization.isProof(shape)).toBe(false);
    expect(TargetAuthorization.isProof(Object.create(TargetAuthorization.prototype))).toBe(false);
  });

  test('a proof cannot be changed afterwards', () => {
    const decision = authorizeTarget(access);
    if (!decision.allowed) throw new Error(decision.reason);
    expect(() => Object.assign(decision.authorization, { account: 'root' })).toThrow(TypeError);
  });
});

const redemption: RedemptionFacts = {
  state: 'approved',
  requester: aoki,
  person: aoki,
  ticketTarget: target.id,
  target: target.id,
  ticketDigest: 'aa',
  digest: 'aa',
  ticketClass: null,
  actClass: undefined,
  budget: { usesMax: 1, uses: 0, rowsMax: 100, rowsUsed: 0, bytesMax: 1_000, bytesUsed: 0 },
  notBefore: earlier,
  notAfter: later,
  now,
};

describe('decideRedemption', () => {
  test.each<[string, Partial<RedemptionFacts>]>([
    ['not_yours', { person: tanaka }],
    ['other_target', { target: 't2' as TargetId }],
    ['other_act', { digest: 'ab' }],
    ['used', { state: 'in_use' }],
    ['used', { state: 'used' }],
    ['used', { state: 'aborted' }],
    ['not_approved', { state: 'requested' }],
    ['not_approved', { state: 'rejected' }],
    ['not_approved', { state: 'withdrawn' }],
    ['not_approved', { state: 'revoked' }],
    ['not_approved', { state: 'expired' }],
    ['used', { budget: { ...redemption.budget, uses: 1 } }],
    ['used', { budget: { ...redemption.budget, rowsUsed: 100 } }],
    ['used', { budget: { ...redemption.budget, bytesUsed: 1_001 } }],
    ['other_act', { digest: 'ab', ticketClass: 'cc' }],
    ['other_act', { digest: 'ab', actClass: 'cc' }],
    ['other_act', { digest: 'ab', ticketClass: 'cc', actClass: 'cd' }],
    ['too_early', { notBefore: later }],
    ['too_late', { notAfter: now }],
  ])('refuses with %s', (reason, change) => {
    expect(decideRedemption({ ...redemption, ...change })).toEqual({ allowed: false, reason });
  });

  test('allows the asked act, by its requester, in its window', () => {
    const all = { allowed: true, rows: 100, bytes: 1_000 };
    expect(decideRedemption(redemption)).toEqual(all);
    expect(decideRedemption({ ...redemption, notBefore: now })).toEqual(all);
  });

  test('allows an act of the approved class, with what earlier uses left', () => {
    const budget = { ...redemption.budget, usesMax: 3, uses: 2, rowsUsed: 60, bytesUsed: 999 };
    const facts = { ...redemption, digest: 'ab', ticketClass: 'cc', actClass: 'cc', budget };
    expect(decideRedemption(facts)).toEqual({ allowed: true, rows: 40, bytes: 1 });
  });
});

describe('a ticket that lets somebody in', () => {
  const id = 'k1' as TicketId;
  const entry = { id, kind: 'access', notBefore: earlier, notAfter: later } as const;
  const required = { required: true, entry: undefined };
  test.each<[string, Partial<AuthorizationFacts>]>([
    ['ticket_required', { ticket: required }],
    ['ticket_required', { ticket: { required: true, entry: { ...entry, notBefore: later } } }],
    ['ticket_required', { ticket: { required: true, entry: { ...entry, notAfter: now } } }],
    ['not_found', { grant: undefined, ticket: { required: true, entry } }],
    ['grant_expired', { grant: { actions: ['exec'], expiresAt: now }, ticket: { required: true, entry } }],
    ['locked', { locks: ['person'], ticket: { required: true, entry: { ...entry, kind: 'emergency' } } }],
    ['no_account', { account: undefined, ticket: { required: true, entry: { ...entry, kind: 'emergency' } } }],
    [
      'not_found',
      { account: undefined, grant: undefined, ticket: { required: true, entry: { ...entry, kind: 'emergency' } } },
    ],
    [
      'not_found',
      { grant: undefined, ticket: { required: false, entry: { ...entry, kind: 'emergency', notAfter: now } } },
    ],
  ])('refuses with %s', (reason, change) => {
    expect(authorizeTarget({ ...access, ...change })).toEqual({ allowed: false, reason });
  });

  test('is on the proof where one is needed, which ends with it', () => {
    const soon = new Date(now.getTime() + 60_000);
    const decision = authorizeTarget({ ...access, ticket: { required: true, entry: { ...entry, notAfter: soon } } });
    if (!decision.allowed) throw new Error(decision.reason);
    expect(decision.authorization).toMatchObject({ ticket: id, until: soon });
    const free = authorizeTarget({ ...access, ticket: { required: false, entry } });
    if (!free.allowed) throw new Error(free.reason);
    expect(free.authorization).toMatchObject({ ticket: undefined, until: later });
  });

  test('of an emergency opens what the person has an account on, without a grant, while it goes on', () => {
    const emergency = { ...entry, kind: 'emergency' } as const;
    const decision = authorizeTarget({ ...access, grant: undefined, ticket: { required: false, entry: emergency } });
    if (!decision.allowed) throw new Error(decision.reason);
    expect(decision.authorization).toMatchObject({ ticket: id, until: later, account: 'aoki' });
  });
});
