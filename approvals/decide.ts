/** Decisions about a ticket by people: approve, reject, withdraw, revoke. */
import { GatewayError, newUuid, type Transaction } from '../foundation/index.ts';
import {
  type ApprovalNeed,
  decideApproval,
  nextTicketState,
  type Principal,
  type TicketEvent,
  type TicketId,
  type TicketState,
  ticketStep,
} from '../policy/index.ts';
import { requireText } from './checks.ts';
import { answersFor, decisionFacts, stillMissing } from './facts/facts.ts';
import { insertApproval } from './facts/queries.ts';
import type { AllowedLimits, ApprovalDecision, ApprovalsDeps, NarrowerLimits, TicketView } from './model.ts';
import { publish } from './outbox.ts';
import { narrowed } from './narrow.ts';
import { narrowTicket, openWindow, readTicket, type Ticket } from './queries.ts';
import { reviewRefusal } from './emergency/review.ts';
import { takesReport } from './emergency/start.ts';
import { type Standing, type Step, type StepJudged, type StepRefusal, takeStep } from './steps.ts';

export interface TicketDecision {
  readonly decision: ApprovalDecision;
  readonly reason: string;
  /** The digest the approver was shown, 64 hex digits: they approve that act and no other. */
  readonly actDigest: string;
  /** An approval of less than was asked. */
  readonly limits?: NarrowerLimits | undefined;
}

/**
 * Approves or rejects exactly what has `actDigest`. The ticket is approved when nobody's yes is missing, and rejected by
 * one no. A refused decision is itself an audit event.
 * @throws {GatewayError} `own_request`, `reports_to_requester`, `not_permitted`, `person_locked`,
 * `transition_forbidden`, `ticket_conflict`, `not_found`, `request_invalid`.
 */
export async function decideTicket(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
  asked: TicketDecision,
): Promise<TicketView> {
  const reason = requireText('reason', asked.reason);
  if (asked.decision === 'reject' && asked.limits !== undefined) {
    throw new GatewayError('request_invalid', 'limits: of an approval alone.');
  }
  return takeStep(deps, principal, id, {
    name: asked.decision,
    opens: asked.decision === 'approve',
    judge: (standing) => judgeDecision(standing, { ...asked, reason }),
    after: tellWhen(deps, (to) => to !== 'requested'),
  });
}

function judgeDecision(standing: Standing, asked: TicketDecision): StepJudged {
  const { ticket, now } = standing;
  const { decision, reason, actDigest } = asked;
  const facts = { ...standing.facts, askedDigest: actDigest };
  const decided = decideApproval(facts);
  if (!decided.allowed) return { refused: decided.reason };
  const { as, systems, missing } = decided;
  const actor = facts.approver.id;
  const approval = { id: newUuid(now), ticket: ticket.id, approver: actor, as, systems, decision, reason, actDigest };
  const write: Write = (tx) => insertApproval(tx, { ...approval, facts, now });
  const about = { actor, ticket: ticket.id };
  if (decision === 'reject') {
    const to = nextTicketState(ticket.kind, ticket.state, 'reject');
    return { to, write, event: { type: 'ticket.rejected', ...about, body: { reason } } };
  }
  const less = narrowed(ticket, asked.limits, now);
  const whole = missing.length === 0;
  const to = whole ? nextTicketState(ticket.kind, ticket.state, 'approve') : ticket.state;
  const event = {
    type: 'ticket.approved',
    ...about,
    body: { reason, actDigest, as, missing: missing.length, ...(less === undefined ? {} : { allowed: told(less) }) },
  } as const;
  const taken = {
    to,
    event,
    write: less === undefined ? write : both(write, (tx) => narrowTicket(tx, ticket.id, less, now)),
  };
  if (!whole || ticket.lastsSeconds === null) return taken;
  const lastsSeconds = less?.lastsSeconds ?? ticket.lastsSeconds;
  return { ...taken, move: (tx) => openWindow(tx, { ...ticket, lastsSeconds }, now) };
}

type Write = (tx: Transaction) => Promise<void>;
const both =
  (first: Write, second: Write): Write =>
  async (tx) => {
    await first(tx);
    await second(tx);
  };

function told({ notAfter, ...limits }: AllowedLimits) {
  return { ...limits, notAfter: notAfter.toISOString() };
}

/** Takes back one's own request while nobody has decided it. @throws {GatewayError} as `decideTicket`. */
export function withdrawTicket(deps: ApprovalsDeps, principal: Principal, id: TicketId): Promise<TicketView> {
  const actor = principal.person.id;
  return takeStep(deps, principal, id, {
    name: 'withdraw',
    judge: ({ ticket }) => {
      const refused = withdrawalRefusal(ticket, actor);
      if (refused !== undefined) return { refused };
      return {
        to: nextTicketState(ticket.kind, ticket.state, 'withdraw'),
        event: { type: 'ticket.withdrawn', actor, ticket: id, body: {} },
      };
    },
  });
}

/**
 * An owner takes an approval back: of an export before its use, of work also while it goes on, which ends it.
 * @throws {GatewayError} as `decideTicket`.
 */
export function revokeTicket(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
  reasonGiven: string,
): Promise<TicketView> {
  const reason = requireText('reason', reasonGiven);
  const actor = principal.person.id;
  return takeStep(deps, principal, id, {
    name: 'revoke',
    judge: (standing) => {
      const refused = standing.facts.approver.locked ? 'locked' : revocationRefusal(standing.ticket, standing);
      if (refused !== undefined) return { refused };
      const { kind, state } = standing.ticket;
      return {
        to: nextTicketState(kind, state, 'revoke'),
        event: { type: 'ticket.revoked', actor, ticket: id, body: { reason } },
      };
    },
    after: tellWhen(deps, () => true),
  });
}

export interface TicketSteps {
  readonly approve: boolean;
  readonly reject: boolean;
  readonly askBack: boolean;
  readonly answer: boolean;
  readonly withdraw: boolean;
  readonly revoke: boolean;
  readonly finish: boolean;
  readonly report: boolean;
  readonly review: boolean;
}

/**
 * What this person could do with the ticket now, by the same rules that decide it, and whose yes is missing: for showing
 * only.
 */
export async function ticketSteps(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
): Promise<{ readonly may: TicketSteps; readonly missing: readonly ApprovalNeed[] }> {
  const { database, clock } = deps;
  const ticket = await readTicket(database, id);
  const now = clock.now();
  const facts = ticket === undefined ? undefined : await decisionFacts(database, ticket, principal.person.id, now);
  if (ticket === undefined || facts === undefined) throw new GatewayError('not_found');
  const decides = decideApproval({ ...facts, askedDigest: ticket.actDigest }).allowed;
  const own = ticket.requester === principal.person.id;
  const answers = answersFor(facts.approver);
  const may = {
    ...{ approve: decides, reject: decides, askBack: decides },
    answer: own && ticket.state === 'asked_back',
    withdraw: withdrawalRefusal(ticket, principal.person.id) === undefined,
    revoke: !facts.approver.locked && revocationRefusal(ticket, { answers, facts }) === undefined,
    finish: own && canTake(ticket, 'finish'),
    report: own && takesReport(ticket),
    review: (await reviewRefusal(database, { ticket, facts, answers, now })) === undefined,
  };
  const waits = ticket.state === 'requested' || ticket.state === 'asked_back';
  return { may, missing: waits ? await stillMissing(database, ticket, now) : [] };
}

function withdrawalRefusal(ticket: Ticket, actor: string): StepRefusal | undefined {
  if (ticket.requester !== actor) return 'not_the_requester';
  return canTake(ticket, 'withdraw') ? undefined : 'wrong_state';
}

function revocationRefusal(
  ticket: Ticket,
  { answers, facts }: Pick<Standing, 'answers' | 'facts'>,
): StepRefusal | undefined {
  // Whoever could have said no may end it; the second line may end an emergency that no owner is awake for.
  const officer = ticket.kind === 'emergency' && facts.approver.roles.includes('security_officer');
  if (!(facts.approver.present && (answers || officer))) return 'not_an_owner';
  return canTake(ticket, 'revoke') ? undefined : 'wrong_state';
}

function canTake({ kind, state }: Ticket, event: TicketEvent): boolean {
  return ticketStep(kind, state, event) !== undefined;
}

/** Tells whom it concerns where the step led. */
function tellWhen({ clock }: ApprovalsDeps, when: (to: TicketState) => boolean): NonNullable<Step['after']> {
  return async (tx, { ticket }, to) => {
    if (when(to)) await publish(tx, clock, 'ticket.decided', { ticket: ticket.id, state: to });
  };
}
