import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ApprovalFacts,
  type AuthorizationFacts,
  authorizeTarget,
  decideApproval,
  decideRedemption,
  type Person,
  type PersonId,
  type RedemptionFacts,
  ROLES,
  type SystemId,
  type Target,
  TargetAuthorization,
  type TargetId,
  type TicketState,
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
  locked: false,
  target,
  account: 'aoki',
  grant: { actions: ['shell', 'exec'], expiresAt: later },
  ambiguous: false,
  via: [],
  action: 'exec',
  now,
};

describe('authorizeTarget', () => {
  test.each<[string, Partial<AuthorizationFacts>]>([
    ['locked', { locked: true }],
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
    expect(authorizeTarget({ ...access, locked: true, target: undefined, grant: undefined })).toEqual({
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
    const shape = { person, target, account: 'root', action: 'shell' as const, actions: [], via: [], until: later };
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

const approval: ApprovalFacts = {
  state: 'requested',
  requester: aoki,
  approver: tanaka,
  approverRoles: ['owner'],
  approverOwns: true,
  approverLocked: false,
  earlierDeciders: [],
  actDigest: 'aa',
  askedDigest: 'aa',
  decideBy: later,
  now,
};

describe('decideApproval', () => {
  test.each<[string, Partial<ApprovalFacts>]>([
    ['locked', { approverLocked: true }],
    ['own_request', { approver: aoki }],
    ['own_request', { approver: aoki, approverRoles: ['owner', 'administrator'] }],
    ['not_an_owner', { approverOwns: false }],
    ['not_an_owner', { approverRoles: ['administrator', 'security_officer'] }],
    ['already_decided', { earlierDeciders: [tanaka] }],
    ['wrong_state', { state: 'approved' }],
    ['wrong_state', { state: 'withdrawn' }],
    ['expired', { decideBy: now }],
    ['other_act', { askedDigest: 'ab' }],
  ])('refuses with %s', (reason, change) => {
    expect(decideApproval({ ...approval, ...change })).toEqual({ allowed: false, reason });
  });

  test('allows an owner of the system about the very act that was asked', () => {
    expect(decideApproval(approval)).toEqual({ allowed: true });
  });

  test('never lets the requester approve, whatever else holds', () => {
    fc.assert(
      fc.property(
        fc.subarray([...ROLES]),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom<TicketState>('requested', 'approved', 'in_use'),
        (approverRoles, approverOwns, approverLocked, state) => {
          const facts = { ...approval, approver: aoki, approverRoles, approverOwns, approverLocked, state };
          expect(decideApproval(facts).allowed).toBe(false);
        },
      ),
    );
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
    ['too_early', { notBefore: later }],
    ['too_late', { notAfter: now }],
  ])('refuses with %s', (reason, change) => {
    expect(decideRedemption({ ...redemption, ...change })).toEqual({ allowed: false, reason });
  });

  test('allows the asked act, by its requester, in its window', () => {
    expect(decideRedemption(redemption)).toEqual({ allowed: true });
    expect(decideRedemption({ ...redemption, notBefore: now })).toEqual({ allowed: true });
  });
});
