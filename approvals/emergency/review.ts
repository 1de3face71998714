/** The review of an emergency after the fact, and what becomes of one that nobody writes. */
import type { Queryable, Transaction } from '../../foundation/index.ts';
import {
  APPROVAL_RULES,
  decideReview,
  nextTicketState,
  type Principal,
  type ReviewRefusal,
  type TicketId,
} from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireText } from '../checks.ts';
import type { ApprovalsDeps, TicketView } from '../model.ts';
import { publish } from '../outbox.ts';
import { type Standing, type StepRefusal, takeStep } from '../steps.ts';
import { countMessages } from '../thread/queries.ts';
import { insertReview, lockOverdueReviews, markOverdue, type OverdueReview } from './queries.ts';

export interface EmergencyReview {
  readonly finding: 'in_order' | 'deviation';
  readonly reason: string;
}

/**
 * An owner of an opened system, or the second line, reviews what was done; never the person who did it. A work report
 * has to be there. @throws {GatewayError} as `decideTicket`.
 */
export async function reviewEmergency(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
  asked: EmergencyReview,
): Promise<TicketView> {
  const reason = requireText('reason', asked.reason);
  const { finding } = asked;
  const actor = principal.person.id;
  // A report is only ever added, so that reading it before the lock refuses too much at worst.
  const reports = await countMessages(deps.database, id, 'report');
  return takeStep(deps, principal, id, {
    name: 'review',
    judge: (standing) => {
      const refused = judgeReview(standing, reports);
      if (refused !== undefined) return { refused };
      const { ticket, facts, now } = standing;
      const review = {
        ticket: id,
        reviewer: actor,
        finding,
        reason,
        facts: facts.approver,
        rules: APPROVAL_RULES,
        now,
      };
      return {
        to: nextTicketState('emergency', ticket.state, 'review'),
        write: (tx) => insertReview(tx, review),
        event: { type: 'emergency.reviewed', actor, ticket: id, body: { finding, reason } },
      };
    },
    after: (tx) => publish(tx, deps.clock, 'ticket.decided', { ticket: id, state: 'reviewed' }),
  });
}

/** Why this person does not review this ticket now; for showing only. */
export async function reviewRefusal(db: Queryable, standing: Standing): Promise<StepRefusal | undefined> {
  return judgeReview(standing, await countMessages(db, standing.ticket.id, 'report'));
}

function judgeReview({ ticket, facts }: Standing, reports: number): ReviewRefusal | undefined {
  if (ticket.kind !== 'emergency') return 'wrong_state';
  const { state, requester } = ticket;
  return decideReview({ state, requester, reviewer: facts.approver, reported: reports > 0 }).reason;
}

const BATCH_ROWS = 100;

/**
 * Tells of reviews that are overdue: first that they are, then that their person has no other emergency until they are
 * done. @returns how many were told of.
 */
export async function climbOverdueReviews(deps: ApprovalsDeps): Promise<number> {
  let told = 0;
  for (;;) {
    const batch = await deps.database.inTransaction((tx) => climbBatch(tx, deps));
    told += batch;
    if (batch < BATCH_ROWS) return told;
  }
}

async function climbBatch(tx: Transaction, deps: ApprovalsDeps): Promise<number> {
  const now = deps.clock.now();
  const overdue = await lockOverdueReviews(tx, now, BATCH_ROWS);
  for (const review of overdue) await climb(tx, deps, review, now);
  return overdue.length;
}

async function climb(tx: Transaction, { clock }: ApprovalsDeps, review: OverdueReview, now: Date): Promise<void> {
  const { id, requester, state, lockAt } = review;
  const locks = lockAt <= now;
  await markOverdue(tx, id, locks ? 2 : 1);
  await appendAuditEvent(tx, clock, {
    type: locks ? 'emergency.right_locked' : 'emergency.review_overdue',
    actor: null,
    ticket: id,
    body: { person: requester },
  });
  await publish(tx, clock, 'emergency.overdue', { ticket: id, state });
}
