/** Decisions about a ticket by people: approve, reject, withdraw, revoke. Each is one transaction on the locked row. */
import { GatewayError, hasCode, newUuid, type Queryable, type Transaction } from '../foundation/index.ts';
import { isLocked } from '../identity/index.ts';
import {
  type ApprovalRefusal,
  decideApproval,
  nextTicketState,
  type Principal,
  type TicketEvent,
  type TicketId,
  type TicketState,
} from '../policy/index.ts';
import { type AuditEvent, appendAuditEvent } from '../recorder/index.ts';
import { requireText } from './checks.ts';
import { type ApprovalDecision, type ApprovalsDeps, seesEveryTicket, type TicketView } from './model.ts';
import { publish } from './outbox.ts';
import { ownsSystem } from './owners/queries.ts';
import { deciders, insertApproval, lockTicket, moveTicket, readTicket, type Ticket } from './queries.ts';
import { viewTicket } from './tickets.ts';

export interface TicketDecision {
  readonly decision: ApprovalDecision;
  readonly reason: string;
  /** The digest the approver was shown, 64 hex digits: they approve that act and no other. */
  readonly actDigest: string;
}

type StepRefusal = ApprovalRefusal | 'not_the_requester';

/** One step by a person: may they, and what is written when they do. */
interface Step {
  readonly event: Extract<TicketEvent, 'approve' | 'reject' | 'withdraw' | 'revoke'>;
  readonly judge: (tx: Transaction, ticket: Ticket, owns: boolean) => Promise<StepRefusal | undefined>;
  readonly write: (tx: Transaction, ticket: Ticket) => Promise<void>;
  readonly audit: (ticket: Ticket) => AuditEvent;
}

/**
 * Approves or rejects exactly the act with `actDigest`. A refused decision is itself an audit event.
 * @throws {GatewayError} `own_request`, `not_permitted`, `person_locked`, `transition_forbidden`, `ticket_conflict`,
 * `not_found`, `request_invalid`.
 */
export function decideTicket(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
  asked: TicketDecision,
): Promise<TicketView> {
  const { decision, actDigest } = asked;
  const reason = requireText('reason', asked.reason);
  const actor = principal.person.id;
  return takeStep(deps, principal, id, {
    event: decision,
    judge: (tx, ticket, owns) => judgeApproval(tx, deps, { principal, ticket, owns, actDigest }),
    write: async (tx, ticket) => {
      const now = deps.clock.now();
      await insertApproval(tx, {
        id: newUuid(now),
        ticket: ticket.id,
        approver: actor,
        decision,
        reason,
        actDigest,
        now,
      });
    },
    audit: () =>
      decision === 'approve'
        ? { type: 'ticket.approved', actor, ticket: id, body: { reason, actDigest } }
        : { type: 'ticket.rejected', actor, ticket: id, body: { reason } },
  });
}

/** Takes back one's own request while nobody has decided it. @throws {GatewayError} as `decideTicket`. */
export function withdrawTicket(deps: ApprovalsDeps, principal: Principal, id: TicketId): Promise<TicketView> {
  const actor = principal.person.id;
  return takeStep(deps, principal, id, {
    event: 'withdraw',
    judge: (_tx, ticket) => Promise.resolve(judgeWithdrawal(ticket.state, ticket.requester === actor)),
    write: () => Promise.resolve(),
    audit: () => ({ type: 'ticket.withdrawn', actor, ticket: id, body: {} }),
  });
}

/** An owner takes an approval back before its use. @throws {GatewayError} as `decideTicket`. */
export function revokeTicket(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
  reasonGiven: string,
): Promise<TicketView> {
  const reason = requireText('reason', reasonGiven);
  const actor = principal.person.id;
  return takeStep(deps, principal, id, {
    event: 'revoke',
    judge: async (tx, ticket, owns) => ((await isLocked(tx, actor)) ? 'locked' : judgeRevocation(ticket.state, owns)),
    write: () => Promise.resolve(),
    audit: () => ({ type: 'ticket.revoked', actor, ticket: id, body: { reason } }),
  });
}

export interface TicketSteps {
  readonly approve: boolean;
  readonly reject: boolean;
  readonly withdraw: boolean;
  readonly revoke: boolean;
}

/** What this person could do with the ticket now, by the same rules that decide it: for showing buttons only. */
export async function ticketSteps(deps: ApprovalsDeps, principal: Principal, view: TicketView): Promise<TicketSteps> {
  const { database, clock } = deps;
  const ticket = await readTicket(database, view.id);
  if (ticket === undefined) throw new GatewayError('not_found');
  const owns = await ownsSystem(database, principal.person.id, ticket.system, clock.now());
  const facts = { principal, ticket, owns, actDigest: ticket.actDigest };
  const decides = (await judgeApproval(database, deps, facts)) === undefined;
  return {
    approve: decides,
    reject: decides,
    withdraw: judgeWithdrawal(ticket.state, ticket.requester === principal.person.id) === undefined,
    revoke: judgeRevocation(ticket.state, owns) === undefined,
  };
}

async function takeStep(deps: ApprovalsDeps, principal: Principal, id: TicketId, step: Step): Promise<TicketView> {
  const refusal = await deps.database.inTransaction(async (tx) => {
    const ticket = await lockTicket(tx, id);
    if (ticket === undefined) throw new GatewayError('not_found');
    const owns = await ownsSystem(tx, principal.person.id, ticket.system, deps.clock.now());
    const reason = await step.judge(tx, ticket, owns);
    if (reason !== undefined) {
      // The refusal commits: that somebody tried to approve their own request is worth more than the error they see.
      await auditRefusal(tx, deps, { principal, id, decision: step.event, reason });
      return { reason, visible: owns || ticket.requester === principal.person.id || seesEveryTicket(principal.person) };
    }
    await commitStep(tx, deps, ticket, step);
    return undefined;
  });
  if (refusal !== undefined) throw asError(refusal);
  return viewTicket(deps.database, principal, id);
}

async function commitStep(tx: Transaction, { clock }: ApprovalsDeps, ticket: Ticket, step: Step): Promise<void> {
  const to = nextTicketState(ticket.state, step.event);
  await step.write(tx, ticket);
  await moveTicket(tx, ticket.id, { from: ticket.state, to }, clock.now());
  await appendAuditEvent(tx, clock, step.audit(ticket));
  if (step.event !== 'withdraw') await publish(tx, clock, 'ticket.decided', { ticket: ticket.id, state: to });
}

async function auditRefusal(
  tx: Transaction,
  { clock }: ApprovalsDeps,
  refused: { principal: Principal; id: TicketId; decision: string; reason: StepRefusal },
): Promise<void> {
  const { principal, id, decision, reason } = refused;
  await appendAuditEvent(tx, clock, {
    type: 'ticket.decision_refused',
    actor: principal.person.id,
    ticket: id,
    body: { decision, reason },
  });
}

async function judgeApproval(
  tx: Queryable,
  { clock }: ApprovalsDeps,
  facts: { principal: Principal; ticket: Ticket; owns: boolean; actDigest: string },
): Promise<ApprovalRefusal | undefined> {
  const { ticket, owns, actDigest } = facts;
  const { id, roles } = facts.principal.person;
  const decided = decideApproval({
    state: ticket.state,
    requester: ticket.requester,
    approver: id,
    approverRoles: roles,
    approverOwns: owns,
    approverLocked: await isLocked(tx, id),
    earlierDeciders: await deciders(tx, ticket.id),
    actDigest: ticket.actDigest,
    askedDigest: actDigest,
    decideBy: ticket.decideBy,
    now: clock.now(),
  });
  return decided.allowed ? undefined : decided.reason;
}

function judgeWithdrawal(state: TicketState, own: boolean): StepRefusal | undefined {
  if (!own) return 'not_the_requester';
  return canTake(state, 'withdraw') ? undefined : 'wrong_state';
}

function judgeRevocation(state: TicketState, owns: boolean): StepRefusal | undefined {
  if (!owns) return 'not_an_owner';
  return canTake(state, 'revoke') ? undefined : 'wrong_state';
}

function canTake(state: TicketState, event: TicketEvent): boolean {
  try {
    nextTicketState(state, event);
    return true;
  } catch (thrown) {
    if (hasCode(thrown, 'transition_forbidden')) return false;
    throw thrown;
  }
}

/** What the person is told. A ticket they may not see is as absent as one that is not there. */
function asError({ reason, visible }: { reason: StepRefusal; visible: boolean }): GatewayError {
  if (!visible) return new GatewayError('not_found');
  switch (reason) {
    case 'own_request':
      return new GatewayError('own_request');
    case 'locked':
      return new GatewayError('person_locked');
    case 'not_an_owner':
    case 'not_the_requester':
      return new GatewayError('not_permitted');
    case 'other_act':
      return new GatewayError('transition_forbidden', 'The decision names another act than the one asked for.');
    case 'expired':
      return new GatewayError('transition_forbidden', 'The time to decide is over.');
    case 'already_decided':
    case 'wrong_state':
      return new GatewayError('transition_forbidden');
  }
}
