/** A step of a ticket by a person: one transaction on the locked row, and a refused step is an audit event too. */
import { GatewayError, type Transaction } from '../foundation/index.ts';
import { lockOnTicket } from '../identity/index.ts';
import type { ApprovalRefusal, Principal, ReviewRefusal, TicketId, TicketState } from '../policy/index.ts';
import { type AuditEvent, appendAuditEvent } from '../recorder/index.ts';
import { answersFor, decisionFacts, type FactsOfDecision } from './facts/facts.ts';
import { type ApprovalsDeps, seesEveryTicket, type TicketView } from './model.ts';
import { lockTicket, moveTicket, type Ticket, ticketVersion } from './queries.ts';
import { viewTicket } from './tickets.ts';

export type StepRefusal = ApprovalRefusal | ReviewRefusal | 'not_the_requester' | 'thing_locked';

/** What a step knows: the locked ticket, and what is known of the person and the ticket's systems now. */
export interface Standing {
  readonly ticket: Ticket;
  readonly facts: FactsOfDecision;
  /** The person owns a system the ticket touches, or substitutes for who does. */
  readonly answers: boolean;
  readonly now: Date;
}

/** Why not, or where the step leads and what is written when it is taken. */
export type StepJudged =
  | { readonly refused: StepRefusal }
  | {
      readonly to: TicketState;
      readonly write?: (tx: Transaction) => Promise<void>;
      /** Moves the row; left out: its state alone. */
      readonly move?: (tx: Transaction) => Promise<void>;
      readonly event: AuditEvent;
    };

export interface Step {
  /** As the audit event of a refusal names it. */
  readonly name: string;
  /** Whether it opens something: then no lock may stand on the ticket, on what it is about or on who asked. */
  readonly opens?: boolean;
  readonly judge: (standing: Standing) => StepJudged;
  /** What follows in the same transaction, after the event. */
  readonly after?: (tx: Transaction, standing: Standing, to: TicketState) => Promise<void>;
}

/** @throws {GatewayError} what `step` refuses; `ticket_conflict`, `not_found`. */
export async function takeStep(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
  step: Step,
): Promise<TicketView> {
  const refusal = await deps.database.inTransaction(async (tx) => {
    const standing = await standingOf(tx, deps, principal, id);
    const judged = await unlessLocked(tx, id, { step, judged: step.judge(standing) });
    if (!('refused' in judged)) {
      await commit(tx, deps, standing, { judged, step });
      return undefined;
    }
    // The refusal commits: that somebody tried to approve their own request is worth more than the error they see.
    const reason = judged.refused;
    await appendAuditEvent(tx, deps.clock, {
      type: 'ticket.decision_refused',
      actor: principal.person.id,
      ticket: id,
      body: { decision: step.name, reason },
    });
    return { reason, visible: isVisible(standing, principal) };
  });
  if (refusal !== undefined) throw asError(refusal);
  return viewTicket(deps, principal, id);
}

/** Whoever may not decide is told so, not what is locked. */
async function unlessLocked(
  tx: Transaction,
  id: TicketId,
  { step, judged }: { step: Step; judged: StepJudged },
): Promise<StepJudged> {
  if (step.opens !== true || 'refused' in judged) return judged;
  return (await lockOnTicket(tx, id)) === undefined ? judged : { refused: 'thing_locked' };
}

async function standingOf(
  tx: Transaction,
  { clock, ifVersion }: ApprovalsDeps,
  { person }: Principal,
  id: TicketId,
): Promise<Standing> {
  const ticket = await lockTicket(tx, id);
  if (ticket === undefined) throw new GatewayError('not_found');
  // On the locked row: what changes it afterwards waits for this step.
  if (ifVersion !== undefined && ifVersion !== (await ticketVersion(tx, id))) {
    throw new GatewayError('precondition_failed');
  }
  const now = clock.now();
  const facts = await decisionFacts(tx, ticket, person.id, now);
  if (facts === undefined) throw new GatewayError('not_authenticated');
  return { ticket, facts, answers: answersFor(facts.approver), now };
}

async function commit(
  tx: Transaction,
  { clock }: ApprovalsDeps,
  standing: Standing,
  { judged, step }: { judged: Exclude<StepJudged, { refused: StepRefusal }>; step: Step },
): Promise<void> {
  const { ticket, now } = standing;
  await judged.write?.(tx);
  if (judged.move !== undefined) await judged.move(tx);
  else if (judged.to !== ticket.state) await moveTicket(tx, ticket.id, { from: ticket.state, to: judged.to }, now);
  await appendAuditEvent(tx, clock, judged.event);
  await step.after?.(tx, standing, judged.to);
}

function isVisible({ ticket, answers }: Standing, { person }: Principal): boolean {
  return answers || ticket.requester === person.id || seesEveryTicket(person);
}

/** What the person is told. A ticket they may not see is as absent as one that is not there. */
function asError({ reason, visible }: { reason: StepRefusal; visible: boolean }): GatewayError {
  if (!visible) return new GatewayError('not_found');
  switch (reason) {
    case 'own_request':
    case 'reports_to_requester':
    case 'thing_locked':
      return new GatewayError(reason);
    case 'locked':
      return new GatewayError('person_locked');
    case 'not_an_owner':
    case 'not_the_requester':
      return new GatewayError('not_permitted');
    case 'other_act':
      return new GatewayError('transition_forbidden', 'The decision names another act than the one asked for.');
    case 'expired':
      return new GatewayError('transition_forbidden', 'The time to decide is over.');
    case 'no_report':
      return new GatewayError('transition_forbidden', 'The work report is not there yet.');
    case 'already_decided':
    case 'wrong_state':
      return new GatewayError('transition_forbidden');
  }
}
