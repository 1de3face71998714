/** At a hard limit: a ticket for this very act, or a refusal from which one can be asked for. */
import { findUsableTicket, type Redemption } from '../../../approvals/index.ts';
import type { Passed } from '../../../policy/index.ts';
import { redeem } from '../../exports/redeem.ts';
import { judgementAtLimit, keepRefused, ticketCode, ticketMessage } from '../../exports/refused.ts';
import type { ChannelWork } from '../model.ts';
import type { Act } from './model.ts';
import type { Speech } from './speech.ts';
import { wordPassed } from './words.ts';

/**
 * Begins the one use of an approved ticket for this act, when there is one: from here on it is the budget. One for the
 * vault is left alone: what the person sees already cannot go there.
 */
export function redeemAtLimit(work: ChannelWork, act: Act, which: Passed): Promise<Redemption> {
  return redeem(work, { text: act.text, judgement: judgementAtLimit(work.session, act, which) }, 'workstation');
}

/** Whether `redeemAtLimit` would find one now. Asking leaves no trace, so it may be asked again and again. */
export async function hasTicketAtLimit(work: ChannelWork, act: Act, which: Passed): Promise<boolean> {
  const { id: sessionId, authorization } = work.session;
  const { person, target } = authorization;
  const judgement = judgementAtLimit(work.session, act, which);
  const usable = await findUsableTicket(work.deps, {
    ...{ personId: person.id, targetId: target.id, digest: judgement.digest, judgement },
    ...{ sessionId, text: act.text, destination: 'workstation' },
  });
  return usable !== undefined;
}

/** Keeps the act with what it would have shown, then says so: a refusal that left no trace did not happen. */
export async function refuseByBudget(
  work: ChannelWork,
  speech: Speech,
  { act, which, ticket }: { act: Act; which: Passed; ticket: Redemption },
): Promise<void> {
  const { deps, person, session } = work;
  const { text } = act;
  const id = await keepRefused(work, { text, judgement: judgementAtLimit(session, act, which) }, which);
  speech.say('meter.hard', 'budget_exceeded', wordPassed(person.locale, which));
  const known = ticketMessage(ticket);
  if (known !== undefined) speech.say(known, ticketCode(ticket));
  speech.say('gate.ask', 'ticket_required', { url: new URL(`/tickets/new?act=${id}`, deps.publicUrl).href });
}
