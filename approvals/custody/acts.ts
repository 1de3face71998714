/** Legal holds and erasures: who may want what of a recording's keys. Each act is one transaction with its event. */
import { GatewayError, hasCode, type Transaction } from '../../foundation/index.ts';
import { isLocked } from '../../identity/index.ts';
import type { Person, PersonId, Role, SessionId } from '../../policy/index.ts';
import { type AuditEvent, appendAuditEvent, type StreamName } from '../../recorder/index.ts';
import { requireText } from '../checks.ts';
import type { ApprovalsDeps } from '../model.ts';
import {
  type Erasure,
  insertErasure,
  insertErasureDecision,
  insertHold,
  insertRelease,
  listErasures,
  listHolds,
  lockSessionFacts,
} from './queries.ts';

const KEEPERS: readonly Role[] = ['auditor', 'security_officer'];

/** Whether this person may look after recordings: hold, erase, wrap anew. */
export function keepsRecordings(person: Person): boolean {
  return person.roles.some((role) => KEEPERS.includes(role));
}

/** @throws {GatewayError} `not_permitted`, `person_locked`. */
export async function requireKeeper(tx: Transaction, person: Person): Promise<void> {
  if (!keepsRecordings(person)) throw new GatewayError('not_permitted');
  if (await isLocked(tx, person.id)) throw new GatewayError('person_locked');
}

/** While it stands nothing of the session is erased. @throws {GatewayError} also `not_found`, `request_invalid`. */
export async function placeHold(
  deps: ApprovalsDeps,
  person: Person,
  { session, reason: given }: { readonly session: SessionId; readonly reason: string },
): Promise<string> {
  const reason = requireText('reason', given);
  return deps.database.inTransaction(async (tx) => {
    await requireKeeper(tx, person);
    if ((await lockSessionFacts(tx, session)) === undefined) throw new GatewayError('not_found');
    const hold = await insertHold(tx, deps.clock, session, { by: person.id, reason });
    await tell(tx, deps, person.id, { type: 'recording.held', session, body: { session, hold, reason } });
    return hold;
  });
}

/** Ends every hold of a session. @throws {GatewayError} `not_found` when there is none; as `placeHold`. */
export async function releaseHolds(
  deps: ApprovalsDeps,
  person: Person,
  { session, reason: given }: { readonly session: SessionId; readonly reason: string },
): Promise<number> {
  const reason = requireText('reason', given);
  return deps.database.inTransaction(async (tx) => {
    await requireKeeper(tx, person);
    await lockSessionFacts(tx, session);
    const holds = await listHolds(tx, session);
    if (holds.length === 0) throw new GatewayError('not_found', 'There is no hold on this session.');
    for (const { id: hold } of holds) {
      await insertRelease(tx, deps.clock, hold, { by: person.id, reason });
      await tell(tx, deps, person.id, { type: 'recording.released', session, body: { session, hold, reason } });
    }
    return holds.length;
  });
}

export interface ErasureRequest {
  readonly session: SessionId;
  readonly streams: readonly StreamName[];
  readonly reason: string;
  /** The law or contract that asks for it; outsiders read both. */
  readonly basis: string;
}

/**
 * Asks that the keys of a sealed recording be destroyed; somebody else has to say yes.
 * @throws {GatewayError} `own_request` for one's own work, `on_legal_hold`, `not_found`, as `placeHold`.
 */
export async function requestErasure(deps: ApprovalsDeps, person: Person, asked: ErasureRequest): Promise<string[]> {
  const { session, streams } = asked;
  const [reason, basis] = [requireText('reason', asked.reason), requireText('basis', asked.basis)];
  return deps.database.inTransaction(async (tx) => {
    await requireKeeper(tx, person);
    await requireErasable(tx, session, person.id);
    const erasures: string[] = [];
    for (const stream of streams) {
      const erasure = await insertErasure(tx, deps.clock, { session, stream, reason, basis, by: person.id });
      const body = { session, erasure, stream, reason, basis };
      await tell(tx, deps, person.id, { type: 'recording.erasure_requested', session, body });
      erasures.push(erasure);
    }
    return erasures;
  });
}

async function requireErasable(tx: Transaction, session: SessionId, person: PersonId): Promise<void> {
  const facts = await lockSessionFacts(tx, session);
  if (facts?.sealed !== true) throw new GatewayError('not_found', 'There is no sealed recording of this session.');
  if (facts.person === person) throw new GatewayError('own_request', 'Nobody erases their own work.');
  if (facts.held) throw new GatewayError('on_legal_hold');
}

/**
 * The second yes, or a no. A yes that is refused is an event of its own.
 * @throws {GatewayError} `own_request`, `on_legal_hold`, `transition_forbidden` when it is decided, as `placeHold`.
 */
export async function decideErasure(
  deps: ApprovalsDeps,
  person: Person,
  { erasure: id, verdict }: { readonly erasure: string; readonly verdict: 'approved' | 'rejected' },
): Promise<Erasure> {
  const refusal = await deps.database.inTransaction(async (tx) => {
    await requireKeeper(tx, person);
    const [erasure] = await listErasures(tx, { id });
    if (erasure === undefined) throw new GatewayError('not_found');
    const { session } = erasure;
    const reason = await refusalOf(tx, erasure, { person: person.id, verdict });
    if (reason !== undefined) {
      // It commits: that one person tried to be two is worth more than the error they see.
      const body = { session, erasure: id, code: reason.code };
      await tell(tx, deps, person.id, { type: 'recording.erasure_refused', session, body });
      return reason;
    }
    await insertErasureDecision(tx, deps.clock, { erasure: id, verdict, by: person.id });
    const body = { session, erasure: id, verdict };
    await tell(tx, deps, person.id, { type: 'recording.erasure_decided', session, body });
    return undefined;
  });
  if (refusal !== undefined) throw refusal;
  const [decided] = await listErasures(deps.database, { id });
  if (decided === undefined) throw new GatewayError('not_found');
  return decided;
}

async function refusalOf(
  tx: Transaction,
  erasure: Erasure,
  { person, verdict }: { readonly person: PersonId; readonly verdict: 'approved' | 'rejected' },
): Promise<GatewayError | undefined> {
  try {
    const facts = await lockSessionFacts(tx, erasure.session);
    // Read again behind the lock: somebody may have decided meanwhile.
    const [now = erasure] = await listErasures(tx, { id: erasure.id });
    if (now.verdict !== null) return new GatewayError('transition_forbidden', 'This erasure is decided.');
    if (verdict === 'rejected') return undefined;
    if (now.requestedBy === person || facts?.person === person) return new GatewayError('own_request');
    await requireErasable(tx, now.session, person);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof GatewayError && !hasCode(thrown, 'database_unavailable')) return thrown;
    throw thrown;
  }
}

type Told = AuditEvent extends infer Event ? (Event extends AuditEvent ? Omit<Event, 'actor'> : never) : never;

async function tell(tx: Transaction, { clock }: ApprovalsDeps, actor: PersonId, told: Told): Promise<void> {
  await appendAuditEvent(tx, clock, { ...told, actor });
}
