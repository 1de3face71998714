import { GatewayError, LIMITS, newUuid, type Transaction } from '../foundation/index.ts';
import { loadAuthorizationFacts } from '../identity/index.ts';
import { authorizeTarget, opensByTicket, type Principal } from '../policy/index.ts';
import { appendAuditEvent } from '../recorder/index.ts';
import { decideBy, requireExportBounds, requireText } from './checks.ts';
import type { ApprovalsDeps, ExportRequest, RefusedAct, TicketView } from './model.ts';
import { publish } from './outbox.ts';
import { hasOtherOwner } from './owners/queries.ts';
import { countRequested, insertTicket, type NewTicket } from './queries.ts';
import { findRefusedAct } from './refused-acts.ts';
import { ticketId } from './schemas.ts';
import { viewTicket } from './tickets.ts';

/**
 * Asks for one run of the very act the gate refused: target, text, judgement and digest come from there, never from
 * the requester.
 * @throws {GatewayError} `not_found` (no such act of theirs), `not_permitted` (the target is closed to them by now),
 * `request_invalid`, `no_approver`, `too_many_requests`.
 */
export async function requestExport(
  deps: ApprovalsDeps,
  principal: Principal,
  asked: ExportRequest,
): Promise<TicketView> {
  const now = deps.clock.now();
  const act = await findRefusedAct(deps.database, principal.person, asked.refusedActId);
  if (act === undefined) throw new GatewayError('not_found');
  if (!opensByTicket(act.judgement.verdict)) {
    throw new GatewayError('request_invalid', 'refusedActId: this act is refused, and no ticket changes that.');
  }
  requireExportBounds(asked, now);
  await requireOpenTarget(deps, principal, act);
  const ticket: NewTicket = {
    id: ticketId.parse(newUuid(now)),
    requester: principal.person.id,
    act,
    asked: {
      ...asked,
      destination: asked.destination ?? act.suggested.destination,
      purpose: requireText('purpose', asked.purpose),
      client: asked.client.trim(),
    },
    decideBy: decideBy(now, asked.notAfter),
    now,
  };
  await deps.database.inTransaction((tx) => storeRequest(tx, deps, ticket));
  return viewTicket(deps.database, principal, ticket.id);
}

async function storeRequest(tx: Transaction, { clock }: ApprovalsDeps, ticket: NewTicket): Promise<void> {
  const { id, requester, act, asked, now } = ticket;
  // A ticket only its requester could decide would wait for ever, or tempt somebody to add a rubber stamp.
  if (!(await hasOtherOwner(tx, requester, act.target.id, now))) throw new GatewayError('no_approver');
  // A flood of requests would bury the one an owner should read.
  if ((await countRequested(tx, requester)) >= LIMITS.ticketsRequestedPerPersonMax) {
    throw new GatewayError('too_many_requests', 'Too many of your requests wait for a decision; withdraw some first.');
  }
  await insertTicket(tx, ticket);
  await appendAuditEvent(tx, clock, {
    type: 'ticket.requested',
    actor: requester,
    session: act.sessionId,
    ticket: id,
    body: {
      target: act.target.id,
      actText: act.text,
      actDigest: act.judgement.digest,
      rowsMax: asked.rowsMax,
      bytesMax: asked.bytesMax,
      notBefore: asked.notBefore.toISOString(),
      notAfter: asked.notAfter.toISOString(),
      purpose: asked.purpose,
      destination: asked.destination,
    },
  });
  await publish(tx, clock, 'ticket.requested', { ticket: id, state: 'requested' });
}

/** Nobody collects approvals for a target they have lost: the same rule as for a session decides. */
async function requireOpenTarget(deps: ApprovalsDeps, { person }: Principal, act: RefusedAct): Promise<void> {
  const { assets: _, ...facts } = await loadAuthorizationFacts(deps, {
    person,
    loginName: act.target.name,
    action: act.sessionKind,
  });
  if (!authorizeTarget(facts).allowed) {
    throw new GatewayError('not_permitted', 'This target is not open to you any more.');
  }
}
