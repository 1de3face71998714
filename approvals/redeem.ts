/** A use of an export ticket: it begins here before the act runs, and ends here with what really left. */
import { GatewayError, invariant, type Transaction } from '../foundation/index.ts';
import { lockOnTicket } from '../identity/index.ts';
import {
  classOf,
  decideRedemption,
  endOfUse,
  type Judgement,
  nextTicketState,
  type PersonId,
  type RedemptionDecision,
  type RedemptionRefusal,
  type SessionId,
  type TargetId,
  type TicketId,
} from '../policy/index.ts';
import { appendAuditEvent } from '../recorder/index.ts';
import type { ApprovalsDeps } from './model.ts';
import type { Destination, Parcel } from './vault/model.ts';
import { beginParcel, type EndedParcel, endParcel } from './vault/parcels.ts';
import { publish } from './outbox.ts';
import { lockApprovedTickets, lockTicket, moveTicket, newestTicket, type Ticket } from './queries.ts';
import { insertResult, insertUse, type RedemptionResult, redeemingSession } from './uses/queries.ts';

export interface RedemptionRequest {
  readonly personId: PersonId;
  readonly targetId: TargetId;
  /** Digest of the act about to run, 64 hex digits. */
  readonly digest: string;
  /** The judgement of the act: a ticket for its class will do too. Left out: for the very act alone. */
  readonly judgement?: Judgement;
  readonly sessionId: SessionId;
  /** The act as it was given, for the audit event of a refusal. */
  readonly text: string;
  /** `workstation`: only a ticket for there will do; any other: only one that goes into the vault. Left out: any. */
  readonly destination?: Destination;
  /** Only this ticket, whose intent stands in the export ledger under this index. */
  readonly intent?: { readonly ticket: TicketId; readonly index: number };
}

export type Redemption =
  | {
      readonly redeemed: true;
      readonly ticketId: TicketId;
      readonly number: number;
      readonly rowsMax: number;
      readonly bytesMax: number;
      /** Where what leaves goes: into this parcel and nowhere else; undefined: to the person. */
      readonly parcel: Parcel | undefined;
    }
  | { readonly redeemed: false; readonly reason: RedemptionRefusal | 'no_ticket' | 'locked' | 'witness_unreachable' };

/** Begins a use of an approved ticket of this person for this very act on this target, or says why there is none. */
export function redeemTicket(deps: ApprovalsDeps, request: RedemptionRequest): Promise<Redemption> {
  const asked = withClass(request);
  return deps.database.inTransaction(async (tx) => {
    const tickets = (await lockApprovedTickets(tx, asked)).filter((ticket) => isMeant(ticket, request));
    for (const ticket of tickets) {
      if ((await lockOnTicket(tx, ticket.id)) !== undefined) continue;
      const decided = decide(deps, ticket, asked);
      if (decided.allowed) return begin(tx, deps, ticket, { ...request, ...decided });
    }
    return refuse(tx, deps, tickets[0] ?? (await newestTicket(tx, asked)), asked);
  });
}

/** What a use of a ticket may bring out, and where to. */
export interface UsableTicket {
  readonly id: TicketId;
  readonly destination: Destination;
  readonly rowsMax: number;
  readonly bytesMax: number;
}

/** The ticket that `redeemTicket` would use now; nothing of it is used yet. */
export function findUsableTicket(deps: ApprovalsDeps, request: RedemptionRequest): Promise<UsableTicket | undefined> {
  return deps.database.inTransaction(async (tx) => {
    const asked = withClass(request);
    for (const ticket of await lockApprovedTickets(tx, asked)) {
      const decided = decide(deps, ticket, asked);
      const { id } = ticket;
      if (isMeant(ticket, request) && decided.allowed && (await lockOnTicket(tx, id)) === undefined)
        return { id, destination: destinationOf(ticket), rowsMax: decided.rows, bytesMax: decided.bytes };
    }
    return undefined;
  });
}

function destinationOf({ destination }: Ticket): Destination {
  invariant(destination !== null, 'an export goes somewhere');
  return destination;
}

function withClass(request: RedemptionRequest): Asked {
  return { ...request, actClass: request.judgement === undefined ? undefined : classOf(request.judgement) };
}

function isMeant(ticket: Ticket, { destination, intent }: RedemptionRequest): boolean {
  if (intent !== undefined && ticket.id !== intent.ticket) return false;
  return destination === undefined || (ticket.destination === 'workstation') === (destination === 'workstation');
}

async function begin(
  tx: Transaction,
  { clock }: ApprovalsDeps,
  ticket: Ticket,
  request: RedemptionRequest & { readonly rows: number; readonly bytes: number },
): Promise<Redemption> {
  const now = clock.now();
  const use = { ticket: ticket.id, use: ticket.budget.uses + 1 };
  await insertUse(tx, { ...use, session: request.sessionId, text: request.text, now });
  await moveTicket(tx, ticket.id, { from: ticket.state, to: nextTicketState('export', ticket.state, 'redeem') }, now);
  const parcel = ticket.destination === 'workstation' ? undefined : await beginParcel(tx, clock, use);
  await appendAuditEvent(tx, clock, {
    type: 'ticket.redeemed',
    actor: request.personId,
    session: request.sessionId,
    ticket: ticket.id,
    body: { actDigest: request.digest, use: use.use },
  });
  if (request.intent !== undefined) {
    await appendAuditEvent(tx, clock, {
      type: 'export.intent',
      actor: request.personId,
      session: request.sessionId,
      ticket: ticket.id,
      body: { intent: request.intent.index, use: use.use, destination: destinationOf(ticket) },
    });
  }
  return {
    redeemed: true,
    ticketId: ticket.id,
    number: ticket.number,
    rowsMax: request.rows,
    bytesMax: request.bytes,
    parcel,
  };
}

async function refuse(
  tx: Transaction,
  deps: ApprovalsDeps,
  nearest: Ticket | undefined,
  request: Asked,
): Promise<Redemption> {
  const decided = nearest === undefined ? undefined : decide(deps, nearest, request);
  const locked = nearest !== undefined && (await lockOnTicket(tx, nearest.id)) !== undefined;
  const open = locked ? 'locked' : 'not_approved';
  const reason = decided === undefined ? 'no_ticket' : decided.allowed ? open : decided.reason;
  await appendAuditEvent(tx, deps.clock, {
    type: 'ticket.redemption_refused',
    actor: request.personId,
    session: request.sessionId,
    ...(nearest === undefined ? {} : { ticket: nearest.id }),
    body: { text: request.text, digest: request.digest, reason },
  });
  return { redeemed: false, reason };
}

type Asked = RedemptionRequest & { readonly actClass: string | undefined };

function decide({ clock }: ApprovalsDeps, ticket: Ticket, request: Asked): RedemptionDecision {
  // Only exports are looked up by an act, and each has its target: another kind is for nobody's act.
  if (ticket.target === null) return { allowed: false, reason: 'other_target' };
  return decideRedemption({
    state: ticket.state,
    requester: ticket.requester,
    person: request.personId,
    ticketTarget: ticket.target,
    target: request.targetId,
    ticketDigest: ticket.actDigest,
    digest: request.digest,
    ticketClass: ticket.actClass,
    actClass: request.actClass,
    budget: ticket.budget,
    notBefore: ticket.notBefore,
    notAfter: ticket.notAfter,
    now: clock.now(),
  });
}

/**
 * Ends a use with what really left, which is taken off what the ticket has left; see `endOfUse` for what follows.
 * `ended` tells how the parcel of a use that does not go to a workstation ended.
 * @throws {GatewayError} `not_found`; `transition_forbidden` when the ticket is not in use.
 */
export function completeRedemption(
  deps: ApprovalsDeps,
  id: TicketId,
  result: RedemptionResult,
  ended?: EndedParcel,
): Promise<void> {
  const { database, clock } = deps;
  return database.inTransaction(async (tx) => {
    const ticket = await lockTicket(tx, id);
    if (ticket === undefined) throw new GatewayError('not_found');
    const { budget, state } = ticket;
    const spent = { rowsUsed: budget.rowsUsed + result.rows, bytesUsed: budget.bytesUsed + result.bytes };
    const to = nextTicketState('export', state, endOfUse(result.outcome, { ...budget, ...spent }));
    const now = clock.now();
    const session = await redeemingSession(tx, id);
    await insertResult(tx, { ticket: id, use: budget.uses }, result, now);
    await moveTicket(tx, id, { from: state, to }, now);
    await appendAuditEvent(tx, clock, {
      type: 'ticket.completed',
      actor: null,
      ...(session === undefined ? {} : { session }),
      ticket: id,
      body: { ...result, use: budget.uses, sha256: result.sha256.toString('hex') },
    });
    if (ended !== undefined) await endParcel(tx, clock, ended, { ticket: id, session });
    await publish(tx, clock, 'ticket.completed', { ticket: id, state: to });
  });
}
