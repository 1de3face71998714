/** What becomes of output at a limit: the person confirms, a ticket for this very act is used, or it stays back. */
import type { BudgetDecision } from '../../../policy/index.ts';
import { createDelivery, type Delivery, type Redeemed } from '../delivery.ts';
import type { ChannelWork } from '../model.ts';
import { confirmInBrowser } from './confirm.ts';
import { redeemAtLimit, refuseByBudget } from './exceed.ts';
import type { Act } from './model.ts';
import type { Speech } from './speech.ts';

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
  if (ticket.redeemed) {
    const { number, rowsMax: rows, bytesMax: bytes } = ticket;
    speech.say('export.begun', 'ticket_in_use', { number, rows, bytes });
    return { kind: 'in_use', use: { ticket, delivery: createDelivery(ticket, work.meter.key) } };
  }
  await refuseByBudget(work, speech, { act, which, ticket });
  return { kind: 'refused' };
}
