/** The gate's answer to a person: what was recognised, why, and where to ask. */
import type { Redemption } from '../../approvals/index.ts';
import { message } from '../../messages/index.ts';
import {
  dialogueOf,
  type Finding,
  type Judgement,
  opensByTicket,
  reasonOf,
  type RefusedActId,
  withoutTicket,
} from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { isUnwitnessed, keepRefused, ticketCode, ticketMessage } from '../exports/refused.ts';
import type { PersonSide } from './person-side.ts';
import type { ChannelWork } from './model.ts';

/** Shell convention for "found, but may not be run" (POSIX XCU 2.8.2). */
export const REFUSED_STATUS = 126;

const FINDINGS_SHOWN = 3;

/**
 * Keeps the refused act, then says so. The event comes first: a refusal that left no trace did not happen.
 * @returns the act, which a ticket may be asked for.
 */
export async function refuseAct(
  work: ChannelWork,
  act: { text: string; judgement: Judgement; ticket?: Redemption },
): Promise<RefusedActId> {
  const { deps, session, person } = work;
  const { text } = act;
  const judgement = withoutTicket(text, act.judgement, session.policy);
  const id = await keepRefused(work, { text, judgement });
  const reason = wordFindings(person, judgement.findings);
  const why = wordWhy(person, judgement.findings);
  if (judgement.verdict === 'deny') {
    await person.say('gate.deny', 'act_refused', { reason, why });
    return id;
  }
  if (judgement.verdict === 'ask') await person.say('gate.ask_first', 'ticket_required', { reason, why });
  else await person.say('gate.needs_ticket', 'ticket_required', { reason, why });
  const known = ticketMessage(act.ticket);
  if (known !== undefined) await person.say(known, ticketCode(act.ticket));
  // There is a ticket: another one would help as little.
  if (isUnwitnessed(act.ticket)) return id;
  await person.say('gate.ask', 'ticket_required', { url: new URL(`/tickets/new?act=${id}`, deps.publicUrl).href });
  return id;
}

/**
 * The same inside a shell, where no ticket is used: how to run the act once it has one is said too.
 * @returns the act when a ticket may be asked for it.
 */
export async function refuseInShell(
  work: ChannelWork,
  act: { text: string; judgement: Judgement },
): Promise<RefusedActId | undefined> {
  const id = await refuseAct(work, act);
  const { policy, authorization } = work.session;
  const { host, port } = work.deps.advertised;
  const target = authorization.target.name;
  if (dialogueOf(act.text, act.judgement, policy) !== undefined)
    await work.person.say('dialogue.elsewhere', 'act_refused', { host, port, target });
  if (!opensByTicket(withoutTicket(act.text, act.judgement, policy).verdict)) return undefined;
  await work.person.say('gate.how_to_run', 'ticket_required', { host, port, target });
  return id;
}

/** Nobody could judge it, so it is not read at all: not kept as an act, and not sent. */
export async function refuseTooLong(
  { deps, caller, person }: Pick<ChannelWork, 'deps' | 'caller' | 'person'>,
  refused: { text: string; bytesMax: number; sessionId?: string },
): Promise<void> {
  const { text, bytesMax, sessionId } = refused;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'channel.refused',
    actor: caller.person.id,
    ...(sessionId === undefined ? {} : { session: sessionId }),
    body: {
      connection: caller.connectionId,
      loginName: caller.loginName,
      kind: 'command_too_long',
      detail: `${Buffer.byteLength(text)} bytes: ${text.slice(0, 1_000)}`,
    },
  });
  await person.say('gate.too_long', 'command_too_long', { bytes: bytesMax });
}

function wordFindings(person: PersonSide, findings: readonly Finding[]): string {
  const said = findings.slice(0, FINDINGS_SHOWN).map((finding) =>
    message(person.locale, `finding.${finding.class}`, {
      subject: printable(finding.subject),
      assets: finding.assets.map(printable).join(', '),
    }),
  );
  return [...new Set(said)].join('; ');
}

/** Why what was found first matters, and by which rule it was found. */
function wordWhy({ locale }: PersonSide, [first]: readonly Finding[]): string {
  const why = first === undefined ? undefined : reasonOf(first.rule, locale);
  return first === undefined || why === undefined ? '' : message(locale, 'gate.why', { why, rule: first.rule });
}

/** Words of the command come back to a terminal: nothing in them may move its cursor or reorder its text. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD').slice(0, 200);
}
