/** Breaking the glass: work begins now, everybody is told at once, and a review is due. */
import { GatewayError, LIMITS, newUuid, type Transaction } from '../../foundation/index.ts';
import { JAPAN_AT_SIX, nextBusinessDay, nextTicketState, type Principal, type TicketId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireCount, requireText } from '../checks.ts';
import type { ApprovalsDeps, EmergencyRequest, EmergencySettings, TicketView } from '../model.ts';
import { publish } from '../outbox.ts';
import type { Ticket } from '../queries.ts';
import { type AskableTarget, insertSystems, insertTargets, insertTicket, type NewTicket } from '../requests/queries.ts';
import { digestOfRequest, requireOpened, systemsOf } from '../requests/store.ts';
import { ticketId } from '../schemas.ts';
import { takeStep } from '../steps.ts';
import { viewTicket } from '../tickets.ts';
import { writeMessage } from '../thread/thread.ts';
import { lockPersonForEmergency, unreviewedEmergencies } from './queries.ts';

export const EMERGENCY_DEFAULTS: EmergencySettings = { hoursMax: 4, review: JAPAN_AT_SIX, lockAfterHours: 24 };

const HOUR_MS = 3_600_000;

/**
 * Opens targets the person has an account on, for some hours from now, with nobody's yes. Nothing that is locked opens.
 * @throws {GatewayError} `person_locked`, `emergency_locked` (an earlier one was not reviewed in time), `not_found`,
 * `not_permitted`, `request_invalid`, `too_many_requests`.
 */
export async function startEmergency(
  deps: ApprovalsDeps,
  principal: Principal,
  asked: EmergencyRequest,
): Promise<TicketView> {
  const { hoursMax, review, lockAfterHours } = deps.emergency ?? EMERGENCY_DEFAULTS;
  const reason = requireText('reason', asked.reason);
  requireCount('hours', asked.hours, Math.min(hoursMax, LIMITS.emergencyHoursMax));
  const now = deps.clock.now();
  const notAfter = new Date(now.getTime() + asked.hours * HOUR_MS);
  const entry = { kind: 'emergency', notBefore: now, notAfter } as const;
  const targets = await requireOpened(deps, principal.person, asked.targets, entry);
  const by = nextBusinessDay(now, review);
  const ids = targets.map(({ id }) => id);
  const ticket = {
    id: ticketId.parse(newUuid(now)),
    kind: 'emergency',
    state: 'in_use',
    requester: principal.person.id,
    actDigest: digestOfRequest('emergency', [ids, reason, now.toISOString(), notAfter.toISOString()]),
    ...{ purpose: reason, details: {}, secondLine: false, now },
    window: { notBefore: now, notAfter, lastsSeconds: null, decideBy: notAfter },
    review: { by, lockAt: new Date(by.getTime() + lockAfterHours * HOUR_MS) },
  } as const;
  await deps.database.inTransaction((tx) => store(tx, deps, ticket, targets));
  return viewTicket(deps, principal, ticket.id);
}

async function store(
  tx: Transaction,
  { clock }: ApprovalsDeps,
  ticket: NewTicket & { readonly review: { readonly by: Date } },
  targets: readonly AskableTarget[],
): Promise<void> {
  const { id, requester, now, window, review, purpose } = ticket;
  // Two at once would each see the other's place free.
  await lockPersonForEmergency(tx, requester);
  const open = await unreviewedEmergencies(tx, requester);
  if (open.some(({ lockAt }) => lockAt <= now)) throw new GatewayError('emergency_locked');
  if (open.length >= LIMITS.emergenciesUnreviewedMax) {
    throw new GatewayError('too_many_requests', 'Too many of your emergencies are not reviewed yet.');
  }
  await insertTicket(tx, ticket);
  await insertSystems(
    tx,
    id,
    systemsOf(targets).map((system) => ({ id: system, side: 'touched' })),
  );
  const ids = targets.map((target) => target.id);
  await insertTargets(tx, id, ids);
  await appendAuditEvent(tx, clock, {
    type: 'emergency.started',
    actor: requester,
    ticket: id,
    body: { targets: ids, reason: purpose, until: window.notAfter.toISOString(), reviewBy: review.by.toISOString() },
  });
  await publish(tx, clock, 'emergency.started', { ticket: id, state: 'in_use' });
}

/** The person ends their emergency before its time; sessions it let in end. @throws {GatewayError} as `decideTicket`. */
export function finishEmergency(deps: ApprovalsDeps, principal: Principal, id: TicketId): Promise<TicketView> {
  const actor = principal.person.id;
  return takeStep(deps, principal, id, {
    name: 'finish',
    judge: ({ ticket }) => {
      if (ticket.requester !== actor) return { refused: 'not_the_requester' };
      if (ticket.kind !== 'emergency' || ticket.state !== 'in_use') return { refused: 'wrong_state' };
      return {
        to: nextTicketState('emergency', ticket.state, 'finish'),
        event: { type: 'emergency.ended', actor, ticket: id, body: { by: 'person' } },
      };
    },
  });
}

/**
 * The work report of an emergency, what was done and why it could not wait, or of work whose systems ask for one.
 * @throws {GatewayError} as `decideTicket`.
 */
export function reportWork(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
  asked: { readonly text: string },
): Promise<TicketView> {
  const text = requireText('text', asked.text, LIMITS.workTextCharactersMax);
  const actor = principal.person.id;
  return takeStep(deps, principal, id, {
    name: 'report',
    judge: ({ ticket, now }) => {
      if (ticket.requester !== actor) return { refused: 'not_the_requester' };
      if (!takesReport(ticket)) return { refused: 'wrong_state' };
      return {
        to: ticket.state,
        write: (tx) => writeMessage(tx, { ticket: id, author: actor, kind: 'report', text, now }),
        event: {
          ...{ type: ticket.kind === 'emergency' ? 'emergency.reported' : 'ticket.work_reported', actor, ticket: id },
          body: { text },
        },
      };
    },
  });
}

/** While the work goes on, and after it: of an emergency until its review. */
export function takesReport({ kind, state, reportHours }: Pick<Ticket, 'kind' | 'state' | 'reportHours'>): boolean {
  if (kind === 'emergency') return state === 'in_use' || state === 'review_due';
  const began = state === 'in_use' || state === 'used' || state === 'revoked';
  return kind === 'access' && reportHours !== null && began;
}
