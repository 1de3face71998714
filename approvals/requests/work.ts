/** Asking for work on targets, and for a transfer between two systems. */
import { GatewayError, LIMITS, newUuid, type Transaction } from '../../foundation/index.ts';
import type { Person, Principal, SystemId, TargetId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requirePromise, requireText, requireWindow, type Window } from '../checks.ts';
import type { AccessRequest, ApprovalsDeps, TicketView, TransferRequest } from '../model.ts';
import { publish } from '../outbox.ts';
import { ticketId } from '../schemas.ts';
import { viewTicket } from '../tickets.ts';
import {
  type AskableSystem,
  askableSystems,
  type AskableTarget,
  askableTargets,
  insertSystems,
  insertTargets,
  insertTicket,
  isParcelOf,
  reportHoursOf,
  type Side,
} from './queries.ts';
import { digestOfRequest, requireDecidable, requireOpened, systemsOf } from './store.ts';

/**
 * Asks to work on targets within a window, by a plan.
 * @throws {GatewayError} `request_invalid`, `not_found`, `not_permitted`, `person_locked`, `no_approver`,
 * `too_many_requests`.
 */
export async function requestAccess(
  deps: ApprovalsDeps,
  principal: Principal,
  asked: AccessRequest,
): Promise<TicketView> {
  const now = deps.clock.now();
  const window = requireWindow(asked, now);
  const purpose = requireText('purpose', asked.purpose);
  const workPlan = requireText('workPlan', asked.workPlan, LIMITS.workTextCharactersMax);
  const entry = { kind: 'access', ...window } as const;
  const targets = await requireOpened(deps, principal.person, asked.targets, entry);
  const ids = targets.map(({ id }) => id);
  const reportHours = await reportHoursOf(deps.database, systemsOf(targets));
  return store(deps, principal, {
    ...{ kind: 'access', purpose, window, targets: ids, details: { workPlan, reportHours } },
    systems: systemsOf(targets).map((id) => ({ id, side: 'touched' })),
  });
}

/**
 * Asks to hand something from one system to another; an owner of each says yes. Nothing moves by it alone.
 * @throws {GatewayError} `request_invalid`, `not_found` (no such system, or the person has nothing to do with the one
 * it comes from), `no_approver`, `too_many_requests`.
 */
export async function requestTransfer(
  deps: ApprovalsDeps,
  principal: Principal,
  asked: TransferRequest,
): Promise<TicketView> {
  const now = deps.clock.now();
  const window = requireWindow(asked, now);
  const purpose = requireText('purpose', asked.purpose);
  const description = requireText('description', asked.description, LIMITS.workTextCharactersMax);
  const { from, to, parcel } = asked;
  if (from === to) throw new GatewayError('request_invalid', 'to: must be another system.');
  const systems = await askableSystems(deps.database, principal.person.id);
  const known = (id: SystemId, worksThere: boolean): boolean =>
    systems.some((system) => system.id === id && (system.works || !worksThere));
  if (!known(from, true) || !known(to, false)) throw new GatewayError('not_found');
  if (parcel !== null && !(await isParcelOf(deps.database, parcel, from))) {
    throw new GatewayError('request_invalid', 'parcel: no sealed parcel of that system has this number.');
  }
  return store(deps, principal, {
    ...{ kind: 'transfer', purpose, window, targets: [], details: { description, parcel, ...requirePromise(asked) } },
    systems: [
      { id: from, side: 'from' },
      { id: to, side: 'to' },
    ],
  });
}

/** What the person could ask about: targets they have an account on, and systems. */
export async function listAskable(
  { database, clock }: ApprovalsDeps,
  person: Person,
): Promise<{ readonly targets: readonly AskableTarget[]; readonly systems: readonly AskableSystem[] }> {
  return {
    targets: await askableTargets(database, person.id, clock.now()),
    systems: await askableSystems(database, person.id),
  };
}

interface Asked {
  readonly kind: 'access' | 'transfer';
  readonly purpose: string;
  readonly window: Window;
  readonly targets: readonly TargetId[];
  readonly systems: readonly { readonly id: SystemId; readonly side: Side }[];
  readonly details: object;
}

async function store(deps: ApprovalsDeps, principal: Principal, asked: Asked): Promise<TicketView> {
  const now = deps.clock.now();
  const id = ticketId.parse(newUuid(now));
  await deps.database.inTransaction((tx) => storeIn(tx, deps, { ...asked, id, requester: principal.person.id, now }));
  return viewTicket(deps, principal, id);
}

async function storeIn(
  tx: Transaction,
  { clock }: ApprovalsDeps,
  ticket: Asked & Pick<Parameters<typeof insertTicket>[1], 'id' | 'requester' | 'now'>,
): Promise<void> {
  const { id, kind, requester, purpose, window, targets, systems, details, now } = ticket;
  const ids = systems.map((system) => system.id);
  const secondLine = await requireDecidable(tx, {
    ...{ kind, requester, judgement: null, rows: null, now },
    systems: ids,
  });
  const { notBefore, notAfter, lastsSeconds } = window;
  const when = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString(), lastsSeconds };
  const actDigest = digestOfRequest(kind, [targets, systems, purpose, details, when]);
  await insertTicket(tx, {
    ...{ id, kind, state: 'requested', requester, actDigest, purpose, details, window, secondLine, now },
  });
  await insertSystems(tx, id, systems);
  if (targets.length > 0) await insertTargets(tx, id, targets);
  await appendAuditEvent(tx, clock, {
    type: 'ticket.work_requested',
    actor: requester,
    ticket: id,
    body: { kind, systems: ids, targets: [...targets], purpose, actDigest, ...when },
  });
  await publish(tx, clock, 'ticket.requested', { ticket: id, state: 'requested' });
}
