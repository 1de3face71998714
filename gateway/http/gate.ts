/** The gate over HTTP: a ticket for this very request, or a refusal from which one can be asked for. */
import type { Redemption } from '../../approvals/index.ts';
import { type Judgement, opensByTicket, type Passed, textOfAct } from '../../policy/index.ts';
import type { Redeemed } from '../exports/delivery.ts';
import { redeem } from '../exports/redeem.ts';
import { judgementAtLimit, keepRefused } from '../exports/refused.ts';
import type { Work } from './model.ts';
import { redactParameters } from './record/redact.ts';

export type Passage =
  | { readonly kind: 'pass' }
  | { readonly kind: 'ticket'; readonly ticket: Redeemed }
  | {
      readonly kind: 'refused';
      readonly judgement: Judgement;
      readonly ask: URL | undefined;
      readonly ticket: Redemption | undefined;
      readonly passed?: Passed;
    };

const PASS: Passage = { kind: 'pass' };

/** Uses an approved ticket for the act, or keeps the refused act: a refusal that left no trace did not happen. */
export async function passGate(work: Work, judgement: Judgement): Promise<Passage> {
  if (judgement.verdict === 'allow') return PASS;
  const text = textOf(work);
  const ticket = opensByTicket(judgement.verdict)
    ? await redeem({ deps: work.deps, session: work.visit.session }, { text, judgement })
    : undefined;
  if (ticket?.redeemed === true) return { kind: 'ticket', ticket };
  work.record.found = judgement.findings.map(({ rule }) => rule);
  return { kind: 'refused', judgement, ticket, ask: askAt(work, await keep(work, { text, judgement })) };
}

/** At a hard limit of the budgets. `isShown`: part of it was, so that it cannot go to the vault any more. */
export async function passLimit(work: Work, passed: Passed, base: Judgement, isShown: boolean): Promise<Passage> {
  const { session } = work.visit;
  const text = textOf(work);
  const judgement = judgementAtLimit(session, { text, judgement: base }, passed);
  const ticket = isShown ? undefined : await redeem({ deps: work.deps, session }, { text, judgement });
  if (ticket?.redeemed === true) return { kind: 'ticket', ticket };
  work.record.found = judgement.findings.map(({ rule }) => rule);
  const id = await keep(work, { text, judgement }, passed);
  return { kind: 'refused', judgement, ticket, ask: askAt(work, id), passed };
}

function keep({ deps, visit }: Work, act: { text: string; judgement: Judgement }, passed?: Passed): Promise<string> {
  return keepRefused({ deps, session: visit.session }, act, passed);
}

/** As people read it, without the secrets of forms. */
export function textOf({ act }: Pick<Work, 'act'>): string {
  return textOfAct({ ...act, parameters: redactParameters(act.parameters) });
}

function askAt({ deps }: Work, id: string): URL {
  return new URL(`/tickets/new?act=${id}`, deps.publicUrl);
}
