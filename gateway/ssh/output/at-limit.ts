/** What becomes of output at a limit: the person confirms, a ticket for this very act is used, or it stays back. */
import { completeRedemption } from '../../../approvals/index.ts';
import { hasCode, LIMITS } from '../../../foundation/index.ts';
import type { BudgetDecision, Passed } from '../../../policy/index.ts';
import { createDelivery, type Delivery, type Redeemed } from '../../exports/delivery.ts';
import { tellResult } from '../delivery.ts';
import type { ChannelWork, Exit } from '../model.ts';
import { confirmInBrowser } from './confirm.ts';
import { hasTicketAtLimit, redeemAtLimit, refuseByBudget } from './exceed.ts';
import type { Act } from './model.ts';
import type { Speech } from './speech.ts';
import { untilAborted } from './until-aborted.ts';

/** A ticket that is the budget from here on, and what leaves on it. */
export interface InUse {
  readonly ticket: Redeemed;
  readonly delivery: Delivery;
}

export type AtLimit =
  /** Decide anew. */
  { readonly kind: 'go_on' } | { readonly kind: 'in_use'; readonly use: InUse } | { readonly kind: 'refused' };

/** `signal` aborts when nobody waits for it any more. */
export async function decideAtLimit(
  work: ChannelWork,
  speech: Speech,
  asked: { act: Act; decision: Exclude<BudgetDecision, { kind: 'within' }>; signal: AbortSignal },
): Promise<AtLimit> {
  const { act, decision, signal } = asked;
  const { which } = decision;
  if (decision.kind === 'soft') {
    const isConfirmed = await confirmInBrowser(work, speech, { which, signal });
    if (isConfirmed || signal.aborted) return { kind: 'go_on' };
  }
  const ticket = await redeemAtLimit(work, act, which);
  if (ticket.redeemed) return { kind: 'in_use', use: beginUse(work, speech, ticket) };
  await refuseByBudget(work, speech, { act, which, ticket });
  return { kind: 'refused' };
}

/**
 * Waits at a hard limit until a ticket for this very act is approved: then what is held back goes on by it.
 * @returns undefined when `signal` aborts first: the person gave it up.
 */
export async function ticketWhileHeld(
  work: ChannelWork,
  speech: Speech,
  { act, which, signal }: { act: Act; which: Passed; signal: AbortSignal },
): Promise<InUse | undefined> {
  const isGivenUp = (): boolean => signal.aborted;
  let ticket: Redeemed | undefined;
  while (ticket === undefined && !isGivenUp()) {
    await untilAborted(signal, LIMITS.heldOutputLookSeconds * 1_000);
    if (!isGivenUp()) ticket = await lookForTicket(work, act, which);
  }
  if (ticket === undefined) return undefined;
  const use = beginUse(work, speech, ticket);
  if (!isGivenUp()) return use;
  await endUse(work, use, {}); // Given up meanwhile.
  return undefined;
}

/** The database may be away for a moment: then there is none yet. */
async function lookForTicket(work: ChannelWork, act: Act, which: Passed): Promise<Redeemed | undefined> {
  try {
    if (!(await hasTicketAtLimit(work, act, which))) return undefined;
    const ticket = await redeemAtLimit(work, act, which);
    return ticket.redeemed ? ticket : undefined;
  } catch (thrown) {
    if (hasCode(thrown, 'database_unavailable')) return undefined;
    throw thrown;
  }
}

function beginUse(work: ChannelWork, speech: Speech, ticket: Redeemed): InUse {
  const { number, rowsMax: rows, bytesMax: bytes } = ticket;
  speech.say('export.begun', 'ticket_in_use', { number, rows, bytes });
  return { ticket, delivery: createDelivery(ticket, work.meter.identifiers) };
}

/**
 * A ticket that was redeemed at a limit was used by this program, however it ended. Of a command of a shell nobody tells
 * how it ended: then there is no `exit`.
 */
export async function endUse(work: ChannelWork, { ticket, delivery }: InUse, exit?: Exit): Promise<void> {
  const { signal } = work.session;
  const result = delivery.finish(exit ?? { status: 0 }, signal.aborted);
  await completeRedemption(work.deps, ticket.ticketId, exit === undefined ? { ...result, exitStatus: null } : result);
  if (!signal.aborted) await tellResult(work, ticket, result);
}
