/** Tickets as the API answers with them. */
import { z } from 'zod';
import { TICKET_KINDS, TICKET_STATES } from '../../../policy/index.ts';
import { Asset, count, Destination, id, Judgement, named, text, titledTarget, when, whenOrNull } from './answers.ts';

const state = z.enum(TICKET_STATES);

const Approval = z
  .object({
    ...{ approver: named, decision: z.enum(['approve', 'reject']), as: z.enum(['owner', 'second_line']) },
    ...{ reason: text, decidedAt: when },
  })
  .meta({ id: 'Approval' });

const Message = z
  .object({ author: named, kind: z.enum(['question', 'answer', 'report']), text, writtenAt: when })
  .meta({ id: 'TicketMessage' });

const common = {
  ...{ id, number: count, state },
  requester: z.object({ id, name: text, employer: text }),
  systems: z.array(z.object({ id, titleEn: text, titleJa: text, side: text })),
  ...{ actDigest: text, purpose: text, notBefore: when, notAfter: when },
  ...{ lastsSeconds: count.nullable(), decideBy: when, createdAt: when, updatedAt: when },
  ...{ approvals: z.array(Approval), messages: z.array(Message) },
};

const Result = z.object({
  outcome: z.enum(['completed', 'limit_exceeded', 'interrupted', 'failed']),
  ...{ rows: count, bytes: count, sha256: text, exitStatus: z.int().nullable(), finishedAt: when, sessionId: id },
});

const AskedLimits = z.object({
  ...{ rowsMax: count, bytesMax: count, usesMax: count, notAfter: when, lastsSeconds: count.nullable() },
});

const ExportTicket = z
  .object({
    ...common,
    kind: z.literal('export'),
    ...{ target: titledTarget, actText: text, judgement: Judgement, client: text, destination: Destination },
    ...{ recipient: text, legalBasis: text, clientInformed: z.boolean().nullable(), deleteBy: whenOrNull },
    ...{ rowsExpected: count.nullable(), rowsMax: count, bytesMax: count, scope: z.enum(['act', 'class']) },
    ...{ usesMax: count, uses: count, rowsUsed: count, bytesUsed: count, result: Result.nullable() },
    asked: AskedLimits.nullable().describe('What was asked for, where less was allowed.'),
    assets: z.array(Asset),
  })
  .meta({ id: 'ExportTicket' });
const AccessTicket = z
  .object({
    ...{ ...common, kind: z.literal('access'), targets: z.array(titledTarget), workPlan: text },
    ...{ reportHours: count.nullable(), reportBy: whenOrNull },
  })
  .meta({ id: 'AccessTicket' });
const TransferTicket = z
  .object({ ...common, kind: z.literal('transfer'), description: text, parcelNumber: count.nullable() })
  .meta({ id: 'TransferTicket' });
const EmergencyTicket = z
  .object({ ...common, kind: z.literal('emergency'), targets: z.array(titledTarget), reviewBy: when, lockAt: when })
  .meta({ id: 'EmergencyTicket' });

export const Ticket = z
  .discriminatedUnion('kind', [ExportTicket, AccessTicket, TransferTicket, EmergencyTicket])
  .meta({ id: 'Ticket' });

const May = z
  .record(
    z.enum(['approve', 'reject', 'askBack', 'answer', 'withdraw', 'revoke', 'finish', 'report', 'review']),
    z.boolean(),
  )
  .meta({ id: 'MayDo', description: 'Which steps the caller may take now.' });

const Need = z.union([
  z.object({ as: z.literal('owner'), system: text, count }),
  z.object({ as: z.literal('second_line'), why: z.array(text) }),
]);

const Insight = z
  .object({
    risk: z.object({ score: count, parts: z.array(z.object({ part: text, points: z.number() })) }),
    history: z.object({ used: count, rejected: count, aborted: count, emergencies: count, rowsLeft: count }),
    similar: z.array(z.object({ id, number: count, state, requesterName: text, sameAct: z.boolean() })),
  })
  .meta({ id: 'TicketInsight' });

export const One = z.object({ ticket: Ticket });
export const Whole = z.object({ ticket: Ticket, may: May, missing: z.array(Need), insight: Insight });
export const Draft = z
  .object({ id, kind: z.enum(TICKET_KINDS), content: z.record(text, z.unknown()), updatedAt: when })
  .meta({ id: 'Draft' });

export const Report = z
  .object({
    ...{ ticket: id, number: count, kind: text, requester: text, madeAt: when },
    verdict: z.enum(['deviation', 'unexplained', 'match']),
    lines: z.array(
      z.object({ what: text, verdict: z.enum(['deviation', 'unexplained', 'match']), asked: z.array(z.unknown()) }),
    ),
  })
  .meta({ id: 'Reconciliation' });
