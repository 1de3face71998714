/** What is kept and told of an act that did not run, over every channel. */
import { type Redemption, recordRefusedAct } from '../../approvals/index.ts';
import type { Clock, Database } from '../../foundation/index.ts';
import type { MessageKey } from '../../messages/index.ts';
import type { Judgement, Passed, RefusedActId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { GatewaySession } from '../session.ts';

interface Refusing {
  readonly deps: { readonly database: Database; readonly clock: Clock };
  readonly session: Pick<GatewaySession, 'authorization' | 'id'>;
}

/** Keeps the refused act, with the limit where it stopped at one: a refusal that left no trace did not happen. */
export function keepRefused(
  { deps: { database, clock }, session }: Refusing,
  { text, judgement }: { readonly text: string; readonly judgement: Judgement },
  passed?: Passed,
): Promise<RefusedActId> {
  const { person, target } = session.authorization;
  const about = { sessionId: session.id, personId: person.id, targetId: target.id };
  return database.inTransaction(async (tx) => {
    const refusedAct = await recordRefusedAct(tx, clock, { ...about, text, judgement });
    if (passed !== undefined) {
      await appendAuditEvent(tx, clock, {
        type: 'budget.exceeded',
        actor: person.id,
        session: session.id,
        body: { refusedAct, ...passed, count: Math.ceil(passed.count) },
      });
    }
    return refusedAct;
  });
}

/** The act as it is judged by what it showed: the digest is the act's own, so that a ticket fits when it is run again. */
export function judgementAtLimit(
  { assets }: Pick<GatewaySession, 'assets'>,
  { text, judgement }: { readonly text: string; readonly judgement: Judgement },
  { kind, window, count }: Passed,
): Judgement {
  const names = assets.map(({ name }) => name);
  const subject = `${Math.ceil(count)} ${kind} (${window})`;
  const about = { span: [0, text.length], subject, assets: names } as const;
  const finding = { rule: 'meter.hard-limit', class: 'bulk_read', ...about } as const;
  return { ...judgement, verdict: 'needs_ticket', findings: [finding], objects: names };
}

const TICKET_MESSAGES: Partial<Record<Extract<Redemption, { redeemed: false }>['reason'], MessageKey>> = {
  used: 'gate.ticket.used',
  too_early: 'gate.ticket.too_early',
  too_late: 'gate.ticket.too_late',
  not_approved: 'gate.ticket.not_approved',
  witness_unreachable: 'gate.ticket.witness_unreachable',
  locked: 'gate.ticket.locked',
};

/** Why a ticket for this act cannot be used, where there is one. */
export function ticketMessage(ticket: Redemption | undefined): MessageKey | undefined {
  return ticket?.redeemed === false ? TICKET_MESSAGES[ticket.reason] : undefined;
}

/** There is a ticket, and the witnesses outside cannot be reached: another one would help as little. */
export function isUnwitnessed(ticket: Redemption | undefined): boolean {
  return ticket?.redeemed === false && ticket.reason === 'witness_unreachable';
}

/** The code beside that message. */
export function ticketCode(ticket: Redemption | undefined): string {
  return isUnwitnessed(ticket) ? 'witness_unreachable' : 'ticket_unusable';
}
