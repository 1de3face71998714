/** Tickets as the API tells them. */
import * as z from 'zod/mini';
import { Asset, Destination, Judgement, moment, strings } from './schemas.ts';

export const TicketState = z.enum([
  'requested',
  'asked_back',
  'approved',
  'in_use',
  'review_due',
  'reviewed',
  'used',
  'aborted',
  'rejected',
  'withdrawn',
  'revoked',
  'expired',
]);
export type TicketState = z.infer<typeof TicketState>;
export const TicketKind = z.enum(['access', 'export', 'transfer', 'emergency']);
export type TicketKind = z.infer<typeof TicketKind>;

const named = z.object({ id: z.string(), name: z.string() });
const titledTarget = z.object({
  id: z.string(),
  name: z.string(),
  systemTitleEn: z.string(),
  systemTitleJa: z.string(),
});

export const TicketResult = z.object({
  outcome: z.enum(['completed', 'limit_exceeded', 'interrupted', 'failed']),
  rows: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  exitStatus: z.nullable(z.number()),
  finishedAt: moment,
  sessionId: z.string(),
});
export type TicketResult = z.infer<typeof TicketResult>;

const all = {
  id: z.string(),
  number: z.number(),
  state: TicketState,
  requester: z.object({ id: z.string(), name: z.string(), employer: z.string() }),
  systems: z.array(z.object({ id: z.string(), titleEn: z.string(), titleJa: z.string(), side: z.string() })),
  actDigest: z.string(),
  purpose: z.string(),
  notBefore: moment,
  notAfter: moment,
  lastsSeconds: z.nullable(z.number()),
  decideBy: moment,
  createdAt: moment,
  updatedAt: moment,
  approvals: z.array(
    z.object({
      approver: named,
      decision: z.enum(['approve', 'reject']),
      as: z.enum(['owner', 'second_line']),
      reason: z.string(),
      decidedAt: moment,
    }),
  ),
  messages: z.array(
    z.object({ author: named, kind: z.enum(['question', 'answer', 'report']), text: z.string(), writtenAt: moment }),
  ),
};

export const ExportTicket = z.object({
  ...all,
  kind: z.literal('export'),
  target: titledTarget,
  actText: z.string(),
  judgement: Judgement,
  client: z.string(),
  destination: Destination,
  recipient: z.string(),
  legalBasis: z.string(),
  clientInformed: z.nullable(z.boolean()),
  deleteBy: z.nullable(moment),
  rowsExpected: z.nullable(z.number()),
  rowsMax: z.number(),
  bytesMax: z.number(),
  scope: z.enum(['act', 'class']),
  usesMax: z.number(),
  asked: z.nullable(
    z.object({
      rowsMax: z.number(),
      bytesMax: z.number(),
      usesMax: z.number(),
      notAfter: moment,
      lastsSeconds: z.nullable(z.number()),
    }),
  ),
  uses: z.number(),
  rowsUsed: z.number(),
  bytesUsed: z.number(),
  result: z.nullable(TicketResult),
  parcel: z.nullable(
    z.object({
      number: z.number(),
      outcome: z.enum(['open', 'sealed', 'discarded']),
      sealed: z.nullable(z.object({ files: z.number(), bytes: z.number(), manifestSha256: z.string() })),
    }),
  ),
  assets: z.array(Asset),
});
export type ExportTicket = z.infer<typeof ExportTicket>;

export const Ticket = z.discriminatedUnion('kind', [
  ExportTicket,
  z.object({
    ...all,
    kind: z.literal('access'),
    targets: z.array(titledTarget),
    workPlan: z.string(),
    reportBy: z.nullable(z.string()),
  }),
  z.object({
    ...all,
    kind: z.literal('transfer'),
    description: z.string(),
    parcelNumber: z.nullable(z.number()),
  }),
  z.object({
    ...all,
    kind: z.literal('emergency'),
    targets: z.array(titledTarget),
    reviewBy: moment,
    lockAt: moment,
    review: z.nullable(
      z.object({
        reviewer: named,
        finding: z.enum(['in_order', 'deviation']),
        reason: z.string(),
        reviewedAt: moment,
      }),
    ),
  }),
]);
export type Ticket = z.infer<typeof Ticket>;

export const May = z.object({
  approve: z.boolean(),
  reject: z.boolean(),
  askBack: z.boolean(),
  answer: z.boolean(),
  withdraw: z.boolean(),
  revoke: z.boolean(),
  finish: z.boolean(),
  report: z.boolean(),
  review: z.boolean(),
});
export type May = z.infer<typeof May>;

export const Need = z.union([
  z.object({ as: z.literal('owner'), system: z.string(), count: z.number() }),
  z.object({ as: z.literal('second_line'), why: strings }),
]);
export type Need = z.infer<typeof Need>;

export const RevealedRun = z.object({
  kind: z.enum(['plain', 'hidden', 'bidi', 'lookalike']),
  text: z.string(),
  codePoint: z.optional(z.string()),
  like: z.optional(z.string()),
});
export type RevealedRun = z.infer<typeof RevealedRun>;

export const Insight = z.object({
  risk: z.object({ score: z.number(), parts: z.array(z.object({ part: z.string(), points: z.number() })) }),
  history: z.object({
    used: z.number(),
    rejected: z.number(),
    aborted: z.number(),
    emergencies: z.number(),
    rowsLeft: z.number(),
  }),
  similar: z.array(
    z.object({
      id: z.string(),
      number: z.number(),
      state: TicketState,
      requesterName: z.string(),
      sameAct: z.boolean(),
      createdAt: moment,
      rowsUsed: z.number(),
      purpose: z.string(),
      client: z.nullable(z.string()),
      destination: z.nullable(z.string()),
      rowsMax: z.nullable(z.number()),
      bytesMax: z.nullable(z.number()),
    }),
  ),
  revealed: z.object({ act: z.array(RevealedRun), purpose: z.array(RevealedRun) }),
});
export type Insight = z.infer<typeof Insight>;

export const TicketAnswer = z.object({ ticket: Ticket, may: May, missing: z.array(Need), insight: Insight });
export type TicketAnswer = z.infer<typeof TicketAnswer>;

export const Draft = z.object({
  id: z.string(),
  kind: TicketKind,
  content: z.record(z.string(), z.unknown()),
  updatedAt: moment,
});
export type Draft = z.infer<typeof Draft>;

export const Choices = z.object({
  targets: z.array(z.object({ ...titledTarget.shape, required: z.boolean(), granted: z.boolean() })),
  systems: z.array(z.object({ id: z.string(), titleEn: z.string(), titleJa: z.string(), works: z.boolean() })),
});
export type Choices = z.infer<typeof Choices>;

export const Substitutes = z.object({
  substitutes: z.array(z.object({ id: z.string(), owner: named, substitute: named, startsAt: moment, endsAt: moment })),
  owners: z.array(named),
});
