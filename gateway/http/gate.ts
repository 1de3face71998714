/** The gate over HTTP: a ticket for this very request, or a refusal from which one can be asked for. */
import { type Redemption, recordRefusedAct } from '../../approvals/index.ts';
import { LIMITS } from '../../foundation/index.ts';
import { requestSignIn, waitForSignIn } from '../../identity/index.ts';
import { type Judgement, opensByTicket, type Passed, textOfAct } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { Redeemed } from '../exports/delivery.ts';
import { redeem } from '../exports/redeem.ts';
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
  return { kind: 'refused', judgement, ticket, ask: askAt(work, await keep(work, judgement)) };
}

/** At a hard limit of the budgets. `isShown`: part of it was, so that it cannot go to the vault any more. */
export async function passLimit(work: Work, passed: Passed, base: Judgement, isShown: boolean): Promise<Passage> {
  const assets = work.visit.session.assets.map(({ name }) => name);
  const text = textOf(work);
  const subject = `${Math.ceil(passed.count)} ${passed.kind} (${passed.window})`;
  const finding = { rule: 'meter.hard-limit', class: 'bulk_read', span: [0, text.length], subject, assets } as const;
  const judgement: Judgement = { ...base, verdict: 'needs_ticket', findings: [finding], objects: assets };
  const ticket = isShown
    ? undefined
    : await redeem({ deps: work.deps, session: work.visit.session }, { text, judgement });
  if (ticket?.redeemed === true) return { kind: 'ticket', ticket };
  work.record.found = [finding.rule];
  const id = await keep(work, judgement, passed);
  return { kind: 'refused', judgement, ticket, ask: askAt(work, id), passed };
}

async function keep(work: Work, judgement: Judgement, passed?: Passed): Promise<string> {
  const { deps, visit } = work;
  const { person, target } = visit.session.authorization;
  return deps.database.inTransaction(async (tx) => {
    const about = { sessionId: visit.session.id, personId: person.id, targetId: target.id };
    const refusedAct = await recordRefusedAct(tx, deps.clock, { ...about, text: textOf(work), judgement });
    if (passed !== undefined) {
      await appendAuditEvent(tx, deps.clock, {
        type: 'budget.exceeded',
        actor: person.id,
        session: visit.session.id,
        body: { refusedAct, ...passed, count: Math.ceil(passed.count) },
      });
    }
    return refusedAct;
  });
}

/** Near a limit the person confirms at the console that they go on, as over SSH. @returns where, and by which code. */
export async function askToGoOn(
  { deps, visit, sourceAddress }: Work,
  which: Passed,
): Promise<{ url: URL; code: string }> {
  const { session, meter } = visit;
  const { person, target } = session.authorization;
  const request = await requestSignIn(deps, {
    loginName: target.name,
    sourceAddress,
    seconds: LIMITS.sshBrowserApprovalSeconds,
    confirmation: { purpose: 'budget', holder: person.id, connectionId: session.connectionId, targetId: target.id },
  });
  const about = { actor: person.id, session: session.id };
  const signIn = request.id;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'budget.confirm_asked',
    ...about,
    body: { signIn, ...which },
  });
  const confirmed = async (): Promise<void> => {
    const approver = await waitForSignIn(deps, signIn, session.signal);
    if (approver?.id !== person.id) return;
    await appendAuditEvent(deps.database, deps.clock, { type: 'budget.confirmed', ...about, body: { signIn } });
    meter.connection.confirmed = true;
  };
  void confirmed().catch(() => undefined); // Not confirmed: they are asked again.
  return { url: new URL(`/ssh/${request.code}`, deps.publicUrl), code: request.code };
}

/** As people read it, without the secrets of forms. */
export function textOf({ act }: Pick<Work, 'act'>): string {
  return textOfAct({ ...act, parameters: redactParameters(act.parameters) });
}

function askAt({ deps }: Work, id: string): URL {
  return new URL(`/tickets/new?act=${id}`, deps.publicUrl);
}
