import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ApprovalFacts,
  type ApprovalNeed,
  approvalNeeds,
  type Approver,
  canBeMet,
  decideApproval,
  decideReview,
  type EarlierDecision,
  missingNeeds,
  type PersonId,
  ROLES,
  type SystemId,
  TICKET_KINDS,
  TICKET_STATES,
  type TouchedSystem,
} from '../../policy/index.ts';

const now = new Date('2026-11-22T03:00:00Z');
const later = new Date('2026-11-22T04:00:00Z');
const person = (name: string): PersonId => name as PersonId;
const [aoki, tanaka, sato, kimura] = ['aoki', 'tanaka', 'sato', 'kimura'].map(person) as [
  PersonId,
  PersonId,
  PersonId,
  PersonId,
];
const [crm, billing] = ['crm', 'billing'].map((name) => name as SystemId) as [SystemId, SystemId];

const system = (id: SystemId, more: Partial<TouchedSystem> = {}): TouchedSystem => ({
  ...{ id, quorum: 1, secondLineRows: 10_000, otherOwners: [tanaka, sato], secondLine: 1 },
  ...more,
});
const approver: Approver = {
  ...{ id: tanaka, roles: ['owner'], locked: false, present: true, managers: [], owns: [crm], substitutesFor: [] },
};
const officer: Approver = { ...approver, id: kimura, roles: ['security_officer'], owns: [] };
const facts: ApprovalFacts = {
  ...{ kind: 'export', systems: [system(crm)], rows: 1_000, dataClasses: ['personal'] },
  ...{ state: 'requested', requester: aoki, approver, earlier: [] },
  ...{ actDigest: 'aa', askedDigest: 'aa', decideBy: later, now },
};
const yes = (by: PersonId, systems: readonly SystemId[], as: 'owner' | 'second_line' = 'owner') => ({
  ...{ approver: by, decision: 'approve' as const, as, systems },
});

describe('decideApproval', () => {
  test.each<[string, Partial<ApprovalFacts>]>([
    ['locked', { approver: { ...approver, locked: true } }],
    ['own_request', { approver: { ...approver, id: aoki } }],
    ['own_request', { approver: { ...approver, id: aoki, roles: [...ROLES] } }],
    ['not_an_owner', { approver: { ...approver, present: false } }],
    ['not_an_owner', { approver: { ...approver, owns: [] } }],
    ['not_an_owner', { approver: { ...approver, owns: [billing] } }],
    ['not_an_owner', { approver: { ...approver, roles: ['administrator'] } }],
    ['not_an_owner', { approver: { ...approver, owns: [], roles: ['administrator'] } }],
    ['not_an_owner', { approver: officer }],
    ['not_an_owner', { approver: { ...approver, owns: [], substitutesFor: [crm], roles: ['maintainer'] } }],
    ['reports_to_requester', { approver: { ...approver, managers: [aoki] } }],
    ['reports_to_requester', { approver: { ...officer, managers: [aoki] }, rows: 20_000 }],
    ['already_decided', { earlier: [yes(tanaka, [crm])] }],
    ['wrong_state', { state: 'approved' }],
    ['wrong_state', { state: 'asked_back' }],
    ['wrong_state', { state: 'withdrawn' }],
    ['expired', { decideBy: now }],
    ['other_act', { askedDigest: 'ab' }],
  ])('refuses with %s', (reason, change) => {
    expect(decideApproval({ ...facts, ...change })).toEqual({ allowed: false, reason });
  });

  test('allows an owner of the system about the very act that was asked, and then nothing is missing', () => {
    expect(decideApproval(facts)).toEqual({ allowed: true, as: 'owner', systems: [crm], missing: [] });
  });

  test('allows who reports to somebody else too, and a substitute who is an owner themselves', () => {
    expect(decideApproval({ ...facts, approver: { ...approver, managers: [aoki, sato] } }).allowed).toBe(true);
    const substitute = { ...approver, owns: [], substitutesFor: [crm] };
    expect(decideApproval({ ...facts, approver: substitute })).toMatchObject({ allowed: true, as: 'owner' });
  });

  test('counts who is owner and security officer once, as the owner that is missing', () => {
    const both: Approver = { ...approver, roles: ['owner', 'security_officer'] };
    const many = { ...facts, rows: 20_000, approver: both };
    const missing = [{ as: 'second_line', why: ['rows'] }];
    expect(decideApproval(many)).toMatchObject({ as: 'owner', missing });
    const after = { ...many, earlier: [yes(sato, [crm])] };
    expect(decideApproval(after)).toMatchObject({ as: 'second_line', missing: [] });
  });

  test('wants two different people for the two sides of a transfer, though one owns both', () => {
    const systems = [system(crm), system(billing)];
    const both = { ...approver, owns: [crm, billing] };
    const transfer: ApprovalFacts = {
      ...facts,
      kind: 'transfer',
      systems,
      rows: null,
      dataClasses: [],
      approver: both,
    };
    const first = decideApproval(transfer);
    expect(first).toMatchObject({ systems: [crm], missing: [{ as: 'owner', system: billing, count: 1 }] });
    const second = { ...transfer, approver: { ...both, id: sato }, earlier: [yes(tanaka, [crm])] };
    expect(decideApproval(second)).toMatchObject({ systems: [billing], missing: [] });
    // Of work on both systems the same person says yes once.
    expect(decideApproval({ ...transfer, kind: 'access' })).toMatchObject({ systems: [crm, billing], missing: [] });
  });

  test('never lets the requester approve, whatever else holds', () => {
    fc.assert(
      fc.property(
        fc.record({
          roles: fc.subarray([...ROLES]),
          owns: fc.subarray([crm, billing]),
          state: fc.constantFrom(...TICKET_STATES),
          kind: fc.constantFrom(...TICKET_KINDS),
          otherOwners: fc.subarray([tanaka, sato, kimura]),
        }),
        ({ roles, owns, state, kind, otherOwners }) => {
          const own: Approver = { ...approver, id: aoki, roles, owns, substitutesFor: owns };
          const change = { approver: own, state, kind, systems: [system(crm, { otherOwners })] };
          expect(decideApproval({ ...facts, ...change }).allowed).toBe(false);
        },
      ),
    );
  });

  test('never counts an administrator or auditor who is nothing else', () => {
    fc.assert(
      fc.property(fc.subarray(['administrator', 'auditor', 'maintainer'] as const), fc.nat(), (roles, rows) => {
        expect(decideApproval({ ...facts, rows, approver: { ...approver, roles } }).allowed).toBe(false);
      }),
    );
  });
});

describe('whose yes is needed', () => {
  test('is one owner of each system, and as many different ones as the system says', () => {
    const needs = approvalNeeds({ ...facts, systems: [system(crm, { quorum: 2 }), system(billing)] });
    expect(needs).toEqual([
      { as: 'owner', system: crm, count: 2 },
      { as: 'owner', system: billing, count: 1 },
    ]);
    expect(missingNeeds(needs, [yes(tanaka, [crm])])).toEqual([
      { as: 'owner', system: crm, count: 1 },
      { as: 'owner', system: billing, count: 1 },
    ]);
    // The same person twice is one person, and a no is no yes.
    const twice = [yes(tanaka, [crm]), yes(tanaka, [crm]), { ...yes(sato, [crm]), decision: 'reject' as const }];
    expect(missingNeeds(needs, twice)[0]).toMatchObject({ system: crm, count: 1 });
  });

  test.each<[string, Partial<ApprovalFacts>]>([
    ['rows', { rows: 10_001 }],
    ['special_care', { dataClasses: ['special-care'] }],
    ['sole_owner', { systems: [system(crm, { otherOwners: [] })] }],
    ['same_owner', { kind: 'transfer', systems: [crm, billing].map((id) => system(id, { otherOwners: [tanaka] })) }],
  ])('is the second line too for %s', (why, change) => {
    expect(approvalNeeds({ ...facts, ...change })).toContainEqual({ as: 'second_line', why: [why] });
    expect(approvalNeeds(facts)).not.toContainEqual(expect.objectContaining({ as: 'second_line' }));
  });

  test('can be met by nobody when too few owners or no officer are there', () => {
    const met = (change: Partial<TouchedSystem>, rows = 1): boolean => {
      const systems = [system(crm, change)];
      return canBeMet('export', approvalNeeds({ ...facts, systems, rows }), systems);
    };
    expect(met({})).toBe(true);
    expect(met({ quorum: 3 })).toBe(false);
    expect(met({ otherOwners: [] })).toBe(true);
    expect(met({ otherOwners: [], secondLine: 0 })).toBe(false);
    expect(met({ secondLine: 0 }, 20_000)).toBe(false);
  });
});

describe('a transfer', () => {
  const people = [tanaka, sato, person('mori')];
  const officerYes = (decided: readonly ApprovalNeed[]): boolean => decided.some(({ as }) => as === 'second_line');

  test('whose two systems one person alone answers for needs that person and the second line, not nobody', () => {
    const systems = [crm, billing].map((id) => system(id, { otherOwners: [tanaka] }));
    const transfer: ApprovalFacts = { ...facts, kind: 'transfer', rows: null, systems };
    const needs = approvalNeeds(transfer);
    expect(needs).toEqual([
      { as: 'owner', system: crm, count: 1 },
      { as: 'second_line', why: ['same_owner'] },
    ]);
    expect(canBeMet('transfer', needs, systems)).toBe(true);
    const both = { ...approver, owns: [crm, billing] };
    const first = decideApproval({ ...transfer, approver: both });
    expect(first).toMatchObject({ allowed: true, systems: [crm], missing: [{ as: 'second_line' }] });
    expect(decideApproval({ ...transfer, approver: both, earlier: [yes(tanaka, [crm])] })).toMatchObject({
      reason: 'already_decided',
    });
    const second = decideApproval({ ...transfer, approver: officer, earlier: [yes(tanaka, [crm])] });
    expect(second).toMatchObject({ allowed: true, as: 'second_line', missing: [] });
  });

  test('that can be met is approved in whatever order people say yes, by at least two of them', () => {
    const owners = fc.subarray(people, { minLength: 0 });
    fc.assert(
      fc.property(
        fc.tuple(owners, owners, fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
        fc.shuffledSubarray([...people, kimura], { minLength: 4 }),
        ([from, to, fromQuorum, toQuorum], order) => {
          const systems = [
            system(crm, { otherOwners: from, quorum: fromQuorum }),
            system(billing, { otherOwners: to, quorum: toQuorum }),
          ];
          const transfer: ApprovalFacts = { ...facts, kind: 'transfer', rows: null, systems };
          const needs = approvalNeeds(transfer);
          fc.pre(canBeMet('transfer', needs, systems));
          const earlier: EarlierDecision[] = [];
          for (const id of order) {
            const owns = [crm, billing].filter((_, side) => [from, to][side]?.includes(id));
            const who: Approver = id === kimura ? officer : { ...approver, id, owns };
            const decided = decideApproval({ ...transfer, approver: who, earlier });
            if (decided.allowed) earlier.push({ ...decided, approver: id, decision: 'approve' });
          }
          expect(missingNeeds(needs, earlier)).toEqual([]);
          // Where the requester is the only owner of both, it is theirs to ask and the second line's to say.
          const least = from.length + to.length === 0 ? 1 : 2;
          expect(new Set(earlier.map(({ approver: by }) => by)).size).toBeGreaterThanOrEqual(least);
          expect(officerYes(needs) || from.length * to.length > 0).toBe(true);
        },
      ),
    );
  });
});

describe('decideReview', () => {
  const review = { state: 'review_due', requester: aoki, reviewer: approver, reported: true } as const;
  test.each([
    ['own_request', { reviewer: { ...approver, id: aoki } }],
    ['locked', { reviewer: { ...approver, locked: true } }],
    ['reports_to_requester', { reviewer: { ...approver, managers: [aoki] } }],
    ['not_an_owner', { reviewer: { ...approver, owns: [] } }],
    ['not_an_owner', { reviewer: { ...officer, present: false } }],
    ['wrong_state', { state: 'in_use' as const }],
    ['no_report', { reported: false }],
  ])('refuses with %s', (reason, change) => {
    expect(decideReview({ ...review, ...change })).toEqual({ allowed: false, reason });
  });

  test('allows an owner of what was opened, and the second line', () => {
    expect(decideReview(review).allowed).toBe(true);
    expect(decideReview({ ...review, reviewer: officer }).allowed).toBe(true);
  });
});
