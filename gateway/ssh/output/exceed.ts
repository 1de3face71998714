/** At a hard limit: a ticket for this very act, or a refusal from which one can be asked for. */
import { findUsableTicket, type Redemption, recordRefusedAct } from '../../../approvals/index.ts';
import type { Judgement, Passed } from '../../../policy/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import { redeem } from '../../exports/redeem.ts';
import { ticketCode, ticketMessage } from '../gate.ts';
import type { ChannelWork } from '../model.ts';
import type { Act } from './model.ts';
import type { Speech } from './speech.ts';
import { wordPassed } from './words.ts';

/**
 * Begins the one use of an approved ticket for this act, when there is one: from here on it is the budget. One for the
 * vault is left alone: what the person sees already cannot go there.
 */
export function redeemAtLimit(work: ChannelWork, act: Act, which: Passed): Promise<Redemption> {
  return redeem(work, { text: act.text, judgement: judgementOf(work, act, which) }, 'workstation');
}

/** Whether `redeemAtLimit` would find one now. Asking leaves no trace, so it may be asked again and again. */
export async function hasTicketAtLimit(work: ChannelWork, act: Act, which: Passed): Promise<boolean> {
  const { id: sessionId, authorization } = work.session;
  const { person, target } = authorization;
  const judgement = judgementOf(work, act, which);
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
  const { person: who, target } = session.authorization;
  const about = { sessionId: session.id, personId: who.id, targetId: target.id };
  const judgement = judgementOf(work, act, which);
  const id = await deps.database.inTransaction(async (tx) => {
    const refusedAct = await recordRefusedAct(tx, deps.clock, { ...about, text: act.text, judgement });
    await appendAuditEvent(tx, deps.clock, {
      type: 'budget.exceeded',
      actor: who.id,
      session: session.id,
      body: { refusedAct, ...which, count: Math.ceil(which.count) },
    });
    return refusedAct;
  });
  speech.say('meter.hard', 'budget_exceeded', wordPassed(person.locale, which));
  const known = ticketMessage(ticket);
  if (known !== undefined) speech.say(known, ticketCode(ticket));
  speech.say('gate.ask', 'ticket_required', { url: new URL(`/tickets/new?act=${id}`, deps.publicUrl).href });
}

/** The act as it is judged by what it showed: the digest is the act's own, so that a ticket fits when it is run again. */
function judgementOf({ session }: ChannelWork, { text, judgement }: Act, { kind, window, count }: Passed): Judgement {
  const assets = session.assets.map(({ name }) => name);
  const subject = `${Math.ceil(count)} ${kind} (${window})`;
  const finding = { rule: 'meter.hard-limit', class: 'bulk_read', span: [0, text.length], subject, assets } as const;
  return { ...judgement, verdict: 'needs_ticket', findings: [finding], objects: assets };
}
