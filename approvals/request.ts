import { GatewayError, newUuid, type Transaction } from '../foundation/index.ts';
import { classOf, opensByTicket, type Principal } from '../policy/index.ts';
import { appendAuditEvent } from '../recorder/index.ts';
import { requireExportBounds, requireText, requireWindow } from './checks.ts';
import type { ApprovalsDeps, ExportRequest, ExportView, RefusedAct } from './model.ts';
import { publish } from './outbox.ts';
import { type ExportPart, insertTicket, type NewTicket } from './requests/queries.ts';
import { requireDecidable, requireOpenTarget } from './requests/store.ts';
import { findRefusedAct } from './refused-acts.ts';
import { systemOfTarget } from './acts/queries.ts';
import { ticketId } from './schemas.ts';
import { viewTicket } from './tickets.ts';

/**
 * Asks for a run of the very act the gate refused, or of its class: target, text, judgement and digest come from there,
 * never from the requester.
 * @throws {GatewayError} `not_found` (no such act of theirs), `not_permitted` (the target is closed to them by now),
 * `request_invalid`, `no_approver`, `too_many_requests`.
 */
export async function requestExport(
  deps: ApprovalsDeps,
  principal: Principal,
  asked: ExportRequest,
): Promise<ExportView> {
  const now = deps.clock.now();
  const { person } = principal;
  const act = await findRefusedAct(deps.database, person, asked.refusedActId);
  if (act === undefined) throw new GatewayError('not_found');
  if (!opensByTicket(act.judgement.verdict)) {
    throw new GatewayError('request_invalid', 'refusedActId: this act is refused, and no ticket changes that.');
  }
  requireExportBounds(asked, now);
  const window = requireWindow(asked, now);
  await requireOpenTarget(deps, person, { loginName: act.target.name, action: act.sessionKind });
  const ticket = {
    id: ticketId.parse(newUuid(now)),
    kind: 'export',
    state: 'requested',
    ...{ requester: person.id, window, now },
    actDigest: act.judgement.digest,
    purpose: requireText('purpose', asked.purpose),
    details: detailsOf(asked),
    export: exportPart(act, asked),
  } as const;
  await deps.database.inTransaction((tx) => storeRequest(tx, deps, ticket));
  const view = await viewTicket(deps, principal, ticket.id);
  if (view.kind !== 'export') throw new GatewayError('internal');
  return view;
}

function detailsOf(asked: ExportRequest) {
  return {
    rowsExpected: asked.rowsExpected ?? null,
    recipient: (asked.recipient ?? '').trim(),
    legalBasis: (asked.legalBasis ?? '').trim(),
    clientInformed: asked.clientInformed ?? null,
    deleteBy: asked.deleteBy?.toISOString() ?? null,
  };
}

function exportPart(act: RefusedAct, asked: ExportRequest): ExportPart {
  const actClass = asked.scope === 'class' ? classOf(act.judgement) : undefined;
  if (asked.scope === 'class' && actClass === undefined) {
    throw new GatewayError('request_invalid', 'scope: this act belongs to no class that could be approved beforehand.');
  }
  return {
    ...{ act, actClass, rowsMax: asked.rowsMax, bytesMax: asked.bytesMax, usesMax: asked.usesMax ?? 1 },
    client: asked.client.trim(),
    destination: asked.destination ?? act.suggested.destination,
  };
}

async function storeRequest(
  tx: Transaction,
  { clock }: ApprovalsDeps,
  ticket: Omit<NewTicket, 'secondLine'> & { readonly export: ExportPart },
): Promise<void> {
  const { id, requester, window, purpose, now, export: part } = ticket;
  const { act, rowsMax, bytesMax, destination, usesMax, actClass } = part;
  const systems = await systemOfTarget(tx, act.target.id);
  const needs = { kind: ticket.kind, systems, requester, judgement: act.judgement, rows: rowsMax, now };
  await insertTicket(tx, { ...ticket, secondLine: await requireDecidable(tx, needs) });
  await appendAuditEvent(tx, clock, {
    type: 'ticket.requested',
    actor: requester,
    session: act.sessionId,
    ticket: id,
    body: {
      ...{ target: act.target.id, actText: act.text, actDigest: act.judgement.digest, rowsMax, bytesMax },
      notBefore: window.notBefore.toISOString(),
      notAfter: window.notAfter.toISOString(),
      ...{ purpose, destination, usesMax, actClass: actClass ?? null, lastsSeconds: window.lastsSeconds },
    },
  });
  await publish(tx, clock, 'ticket.requested', { ticket: id, state: 'requested' });
}
