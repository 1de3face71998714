/** The one use of a ticket: it begins here before the act runs, and ends here with what really left. */
import { GatewayError, type Transaction } from '../foundation/index.ts';
import {
  decideRedemption,
  nextTicketState,
  type PersonId,
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
import {
  insertRedemption,
  insertResult,
  lockApprovedTickets,
  lockTicket,
  moveTicket,
  newestTicket,
  type RedemptionResult,
  redeemingSession,
  type Ticket,
} from './queries.ts';

export interface RedemptionRequest {
  readonly personId: PersonId;
  readonly targetId: TargetId;
  /** Digest of the act about to run, 64 hex digits. */
  readonly digest: string;
  readonly sessionId: SessionId;
  /** The act as it was given, for the audit event of a refusal. */
  readonly text: string;
  /** Only a ticket for this one will do; any when left out. */
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
  | { readonly redeemed: false; readonly reason: RedemptionRefusal | 'no_ticket' | 'witness_unreachable' };

/** Begins the one use of an approved ticket of this person for this very act on this target, or says why there is none. */
export function redeemTicket(deps: ApprovalsDeps, request: RedemptionRequest): Promise<Redemption> {
  return deps.database.inTransaction(async (tx) => {
    const tickets = await lockApprovedTickets(tx, request);
    const usable = tickets.find((ticket) => isUsable(deps, ticket, request));
    if (usable !== undefined) return begin(tx, deps, usable, request);
    return refuse(tx, deps, tickets[0] ?? (await newestTicket(tx, request)), request);
  });
}

/** The ticket that `redeemTicket` would use now; nothing of it is used yet. */
export function findUsableTicket(deps: ApprovalsDeps, request: RedemptionRequest): Promise<Ticket | undefined> {
  return deps.database.inTransaction(async (tx) => {
    const tickets = await lockApprovedTickets(tx, request);
    return tickets.find((ticket) => isUsable(deps, ticket, request));
  });
}

function isUsable(deps: ApprovalsDeps, ticket: Ticket, request: RedemptionRequest): boolean {
  const { destination, intent } = request;
  return (
    (destination === undefined || ticket.destination === destination) &&
    (intent === undefined || ticket.id === intent.ticket) &&
    refusalOf(deps, ticket, request) === undefined
  );
}

async function begin(
  tx: Transaction,
  { clock }: ApprovalsDeps,
  ticket: Ticket,
  request: RedemptionRequest,
): Promise<Redemption> {
  const now = clock.now();
  await insertRedemption(tx, ticket.id, request.sessionId, now);
  await moveTicket(tx, ticket.id, { from: ticket.state, to: nextTicketState(ticket.state, 'redeem') }, now);
  const parcel = ticket.destination === 'vault' ? await beginParcel(tx, clock, ticket.id) : undefined;
  await appendAuditEvent(tx, clock, {
    type: 'ticket.redeemed',
    actor: request.personId,
    session: request.sessionId,
    ticket: ticket.id,
    body: { actDigest: ticket.actDigest },
  });
  if (request.intent !== undefined) {
    await appendAuditEvent(tx, clock, {
      type: 'export.intent',
      actor: request.personId,
      session: request.sessionId,
      ticket: ticket.id,
      body: { intent: request.intent.index, destination: ticket.destination },
    });
  }
  return {
    redeemed: true,
    ticketId: ticket.id,
    number: ticket.number,
    rowsMax: ticket.rowsMax,
    bytesMax: ticket.bytesMax,
    parcel,
  };
}

async function refuse(
  tx: Transaction,
  deps: ApprovalsDeps,
  nearest: Ticket | undefined,
  request: RedemptionRequest,
): Promise<Redemption> {
  const reason = nearest === undefined ? 'no_ticket' : (refusalOf(deps, nearest, request) ?? 'not_approved');
  await appendAuditEvent(tx, deps.clock, {
    type: 'ticket.redemption_refused',
    actor: request.personId,
    session: request.sessionId,
    ...(nearest === undefined ? {} : { ticket: nearest.id }),
    body: { text: request.text, digest: request.digest, reason },
  });
  return { redeemed: false, reason };
}

function refusalOf(
  { clock }: ApprovalsDeps,
  ticket: Ticket,
  request: RedemptionRequest,
): RedemptionRefusal | undefined {
  const decided = decideRedemption({
    state: ticket.state,
    requester: ticket.requester,
    person: request.personId,
    ticketTarget: ticket.target,
    target: request.targetId,
    ticketDigest: ticket.actDigest,
    digest: request.digest,
    notBefore: ticket.notBefore,
    notAfter: ticket.notAfter,
    now: clock.now(),
  });
  return decided.allowed ? undefined : decided.reason;
}

/**
 * Ends the one use with what really left; anything but `completed` makes the ticket `aborted`.
 * `ended` tells how the parcel of a ticket for the vault ended.
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
    const to = nextTicketState(ticket.state, result.outcome === 'completed' ? 'complete' : 'abort');
    const now = clock.now();
    const session = await redeemingSession(tx, id);
    await insertResult(tx, id, result, now);
    await moveTicket(tx, id, { from: ticket.state, to }, now);
    await appendAuditEvent(tx, clock, {
      type: 'ticket.completed',
      actor: null,
      ...(session === undefined ? {} : { session }),
      ticket: id,
      body: { ...result, sha256: result.sha256.toString('hex') },
    });
    if (ended !== undefined) await endParcel(tx, clock, ended, { ticket: id, session });
    await publish(tx, clock, 'ticket.completed', { ticket: id, state: to });
  });
}
