/** What every request for a ticket has in common. */
import { GatewayError, LIMITS, sha256, type Transaction } from '../../foundation/index.ts';
import { loadAuthorizationFacts } from '../../identity/index.ts';
import {
  approvalNeeds,
  authorizeTarget,
  canBeMet,
  type EntryTicket,
  type Judgement,
  type Person,
  type PersonId,
  SESSION_KINDS,
  type SessionKind,
  type SystemId,
  type TargetId,
  type TicketKind,
} from '../../policy/index.ts';
import { needFacts } from '../facts/facts.ts';
import type { ApprovalsDeps } from '../model.ts';
import { ticketId } from '../schemas.ts';
import { type AskableTarget, askableTargets, countRequested } from './queries.ts';

/** SHA-256 over what a ticket asks for, 64 hex digits: an approval is for these words and no others. */
export function digestOfRequest(kind: TicketKind, content: readonly unknown[]): string {
  return sha256(JSON.stringify(['sekisho-ticket-1', kind, content])).toString('hex');
}

/**
 * Refuses a request that nobody could decide, or that is one of too many.
 * @returns whether the second line has to approve it.
 * @throws {GatewayError} `no_approver`, `too_many_requests`.
 */
export async function requireDecidable(
  tx: Transaction,
  asked: {
    readonly kind: TicketKind;
    readonly systems: readonly SystemId[];
    readonly requester: PersonId;
    readonly judgement: Judgement | null;
    readonly rows: number | null;
    readonly now: Date;
  },
): Promise<boolean> {
  const facts = await needFacts(tx, asked);
  const needs = approvalNeeds(facts);
  // A ticket only its requester could decide would wait for ever, or tempt somebody to add a rubber stamp.
  if (needs.length === 0 || !canBeMet(facts.kind, needs, facts.systems)) throw new GatewayError('no_approver');
  // A flood of requests would bury the one an owner should read.
  if ((await countRequested(tx, asked.requester)) >= LIMITS.ticketsRequestedPerPersonMax) {
    throw new GatewayError('too_many_requests', 'Too many of your requests wait for a decision; withdraw some first.');
  }
  return needs.some(({ as }) => as === 'second_line');
}

/**
 * The named targets, when the ticket would let the person in to each: the same rule as for a session decides.
 * @throws {GatewayError} `request_invalid`, `not_found` (none of theirs), `person_locked`, `not_permitted`.
 */
export async function requireOpened(
  deps: ApprovalsDeps,
  person: Person,
  ids: readonly TargetId[],
  entry: Pick<EntryTicket, 'kind' | 'notBefore' | 'notAfter'>,
): Promise<readonly AskableTarget[]> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0 || wanted.length > LIMITS.ticketTargetsMax) {
    throw new GatewayError('request_invalid', `targets: from 1 to ${LIMITS.ticketTargetsMax}.`);
  }
  const known = await askableTargets(deps.database, person.id, deps.clock.now());
  const targets = wanted.map((id) => known.find((target) => target.id === id));
  const found = targets.flatMap((target) => (target === undefined ? [] : [target]));
  if (found.length !== wanted.length) throw new GatewayError('not_found');
  for (const target of found) await requireEntry(deps, person, target, entry);
  return found;
}

async function requireEntry(
  deps: ApprovalsDeps,
  person: Person,
  target: AskableTarget,
  entry: Pick<EntryTicket, 'kind' | 'notBefore' | 'notAfter'>,
): Promise<void> {
  const loginName = `${target.name}%${target.systemName}`;
  const refusals: string[] = [];
  for (const action of SESSION_KINDS) {
    const { assets: _, ...facts } = await loadAuthorizationFacts(deps, { person, loginName, action });
    // As if its window were open: what is asked is whether the ticket would open it, not whether it is time.
    const open = { ...entry, id: ticketId.parse(target.id), notBefore: facts.now };
    const decided = authorizeTarget({ ...facts, ticket: { ...facts.ticket, entry: open } });
    if (decided.allowed) return;
    refusals.push(decided.reason);
  }
  if (refusals.includes('locked')) throw new GatewayError('person_locked');
  throw new GatewayError('not_permitted', 'This target is not open to you, with a ticket or without.');
}

/** The same rule for the target of one act. @throws {GatewayError} `not_permitted`. */
export async function requireOpenTarget(
  deps: ApprovalsDeps,
  person: Person,
  asked: { readonly loginName: string; readonly action: SessionKind },
): Promise<void> {
  const { assets: _, ...facts } = await loadAuthorizationFacts(deps, { person, ...asked });
  const decided = authorizeTarget(facts);
  // Work that needs an access ticket of its own may be over by now; the export may still be asked for.
  if (decided.allowed || decided.reason === 'ticket_required') return;
  throw new GatewayError('not_permitted', 'This target is not open to you any more.');
}

/** The distinct systems of targets, in the order they are first named. */
export function systemsOf(targets: readonly AskableTarget[]): readonly SystemId[] {
  return [...new Set(targets.map(({ system }) => system))];
}
