/** What the decisions themselves cost once their facts are read: to enter, to approve, to spend. */
import {
  type ApprovalFacts,
  type AuthorizationFacts,
  authorizeTarget,
  decideApproval,
  decideRedemption,
  type Person,
  type PersonId,
  type RedemptionFacts,
  type SystemId,
  type Target,
  type TargetId,
  type TicketId,
} from '../../policy/index.ts';
import { percentile, round } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';

const US_MAX = 50;
const WARM_UP = 5_000;

const now = new Date('2026-11-22T03:00:00Z');
const later = new Date('2026-11-22T04:00:00Z');
const aoki = 'aoki' as PersonId;
const target: Target = {
  ...{ id: 't1' as TargetId, systemId: 's1' as SystemId, name: 'shop-db', systemName: 'shop' },
  ...{ host: 'db.example', port: 22, hostKey: 'ssh-ed25519 AAAA', hostCa: null, mode: 'guarded-line' },
  ...{ legacyAlgorithms: false, sourceAddress: null },
};
const person: Person = {
  ...{ id: aoki, name: '青木 真', email: null, employer: 'Example', locale: 'ja', contractEndsAt: later },
  roles: ['maintainer'],
};
const hop = { target, account: 'aoki' };
const entry = { id: 'k1' as TicketId, kind: 'access', notBefore: now, notAfter: later } as const;
const open: AuthorizationFacts = {
  ...{ person, target, account: 'aoki', ambiguous: false, action: 'exec', now },
  ...{ locks: [], via: [hop, hop, hop], ticket: { required: true, entry } },
  grant: { actions: ['shell', 'exec', 'upload', 'download'], expiresAt: later },
};
/** A yes on the longest way, and each kind of no. */
const ENTER: readonly AuthorizationFacts[] = [
  open,
  { ...open, grant: undefined, ticket: { required: false, entry: { ...entry, kind: 'emergency' } } },
  { ...open, locks: ['person'] },
  { ...open, locks: ['system'] },
  { ...open, ticket: { required: true, entry: undefined } },
  { ...open, grant: { actions: ['shell'], expiresAt: later } },
  { ...open, target: undefined, grant: undefined },
  { ...open, via: [hop, { target, account: undefined }] },
];

const touched = (id: string) => ({
  ...{ id: id as SystemId, quorum: 2, secondLineRows: 1_000, secondLine: 2 },
  otherOwners: ['tanaka', 'sato', 'mori'].map((name) => name as PersonId),
});
const transfer: ApprovalFacts = {
  ...{ kind: 'transfer', systems: [touched('s1'), touched('s2')], rows: 2_000, dataClasses: ['personal'] },
  ...{ state: 'requested', requester: aoki, actDigest: 'd', askedDigest: 'd', decideBy: later, now },
  approver: {
    ...{ id: 'tanaka' as PersonId, roles: ['owner'], locked: false, present: true, managers: [] },
    ...{ owns: ['s1' as SystemId, 's2' as SystemId], substitutesFor: [] },
  },
  earlier: ['sato', 'mori'].map((name) => ({
    ...{ approver: name as PersonId, decision: 'approve', as: 'owner', systems: ['s1' as SystemId] },
  })),
};
const APPROVE: readonly ApprovalFacts[] = [
  transfer,
  { ...transfer, approver: { ...transfer.approver, id: aoki } },
  { ...transfer, approver: { ...transfer.approver, owns: [] } },
  { ...transfer, approver: { ...transfer.approver, managers: [aoki] } },
];

const spend: RedemptionFacts = {
  ...{ state: 'approved', requester: aoki, person: aoki, ticketTarget: target.id, target: target.id },
  ...{ ticketDigest: 'd', digest: 'd', ticketClass: null, actClass: undefined, notBefore: now, notAfter: later, now },
  budget: { usesMax: 3, uses: 1, rowsMax: 100, rowsUsed: 30, bytesMax: 1_000, bytesUsed: 300 },
};
const SPEND: readonly RedemptionFacts[] = [spend, { ...spend, digest: 'e' }, { ...spend, state: 'used' }];

function microseconds<Facts>(all: readonly Facts[], decide: (facts: Facts) => unknown, count: number): number[] {
  const taken: number[] = [];
  for (let run = 0; run < WARM_UP + count; run += 1) {
    const facts = all[run % all.length];
    if (facts === undefined) continue;
    const start = process.hrtime.bigint();
    decide(facts);
    const end = process.hrtime.bigint();
    if (run >= WARM_UP) taken.push(Number(end - start) / 1_000);
  }
  return taken;
}

export function authorisation({ quick, runs, say }: BenchOptions): Promise<Part> {
  const count = quick ? 10_000 : 40_000 * runs;
  const enter = microseconds(ENTER, authorizeTarget, count);
  const series = {
    enter,
    approve: microseconds(APPROVE, decideApproval, count),
    spend: microseconds(SPEND, decideRedemption, count),
  };
  const figures = Object.fromEntries(
    Object.entries(series).map(([name, taken]) => [
      name,
      { decisions: taken.length, p50: round(percentile(taken, 50), 2), p99: round(percentile(taken, 99), 2) },
    ]),
  );
  const p99 = round(Math.max(...Object.values(series).map((taken) => percentile(taken, 99))), 2);
  say(`authorisation: to enter p50 ${round(percentile(enter, 50), 2)} µs; the slowest of the three p99 ${p99} µs`);
  return Promise.resolve({
    figures: { authorisation_us: figures },
    bars: [bar('authorisation/p99', { value: p99, op: '<=', limit: US_MAX, unit: 'µs' })],
  });
}
