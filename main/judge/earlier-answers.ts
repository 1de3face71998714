/** What the gate answered then, from the audit events of a session. */
import { z } from 'zod';
import { LIMITS, type Queryable } from '../../foundation/index.ts';
import { type Judgement, VERDICTS, type VerdictName } from '../../policy/index.ts';
import { listAuditEvents, type StoredAuditEvent } from '../../recorder/index.ts';

/** The answer to the next of the session's lines, asked in their order; undefined when it is not known. */
export type EarlierAnswers = (line: { text: string; judgement: Judgement }) => VerdictName | undefined;

const Refused = z.object({ text: z.string(), verdict: z.enum(VERDICTS) });
const Redeemed = z.object({ actDigest: z.string() });

/** All refusals and redemptions of the session, oldest first. */
export async function eventsOfSession(db: Queryable, sessionId: string): Promise<StoredAuditEvent[]> {
  const events: StoredAuditEvent[] = [];
  for (let before: number | undefined; ; ) {
    const page = await listAuditEvents(db, {
      types: ['act.refused', 'ticket.redeemed'],
      sessionId,
      limit: LIMITS.pageRowsMax,
      ...(before === undefined ? {} : { before }),
    });
    events.push(...page);
    before = page.at(-1)?.seq;
    if (page.length < LIMITS.pageRowsMax) return events.reverse();
  }
}

/**
 * A line that was refused has its event, written before the person was told; one that ran on a ticket has the ticket's;
 * any other ran as it was. The events are used up in order: the same line twice may have had two answers.
 */
export function earlierAnswers(events: readonly StoredAuditEvent[]): EarlierAnswers {
  const refused = new Map<string, VerdictName[]>();
  const redeemed = new Map<string, number>();
  for (const { type, body } of events) {
    const refusal = Refused.safeParse(type === 'act.refused' ? body : undefined);
    const redemption = Redeemed.safeParse(type === 'ticket.redeemed' ? body : undefined);
    if (refusal.success)
      refused.set(refusal.data.text, [...(refused.get(refusal.data.text) ?? []), refusal.data.verdict]);
    if (redemption.success) {
      const { actDigest } = redemption.data;
      redeemed.set(actDigest, (redeemed.get(actDigest) ?? 0) + 1);
    }
  }
  return ({ text, judgement: { digest } }) => {
    const verdict = refused.get(text)?.shift();
    if (verdict !== undefined) return verdict;
    const left = redeemed.get(digest) ?? 0;
    if (left === 0) return 'allow';
    redeemed.set(digest, left - 1);
    return 'needs_ticket';
  };
}
