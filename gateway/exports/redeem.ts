/** The one order in which an export leaves, over every channel: its intent is witnessed, then its ticket is used. */
import {
  type ApprovalsDeps,
  type Destination,
  findUsableTicket,
  type Redemption,
  type RedemptionRequest,
  redeemTicket,
} from '../../approvals/index.ts';
import { GatewayError, hasCode, LIMITS } from '../../foundation/index.ts';
import type { Judgement } from '../../policy/index.ts';
import { appendAuditEvent, type ExportIntents } from '../../recorder/index.ts';
import type { GatewaySession } from '../session.ts';

interface Redeeming {
  readonly deps: ApprovalsDeps & { readonly exports: ExportIntents };
  readonly session: Pick<GatewaySession, 'authorization' | 'id'>;
}

/**
 * Looks for the ticket of this very act and begins its one use: after its intent stands in the export ledger, where
 * witnesses outside have seen it. A ticket that could not be used for want of them is as it was.
 */
export async function redeem(
  { deps, session }: Redeeming,
  act: { text: string; judgement: Judgement },
  destination?: Destination,
): Promise<Redemption> {
  const { person, target } = session.authorization;
  const request: RedemptionRequest = {
    personId: person.id,
    targetId: target.id,
    digest: act.judgement.digest,
    judgement: act.judgement,
    sessionId: session.id,
    text: act.text,
    ...(destination === undefined ? {} : { destination }),
  };
  const ticket = await findUsableTicket(deps, request);
  if (ticket === undefined) return redeemTicket(deps, request); // Which says why there is none.
  const { id, ...bounds } = ticket;
  const ids = { ticket: id, session: session.id, personId: person.id, targetId: target.id };
  const draft = { ...ids, act: request.digest, ...bounds };
  const begun = deps.clock.micros();
  try {
    const index = await deps.exports.intent(draft);
    // Later the ledger may say already that nothing came of it.
    if (deps.clock.micros() - begun > BigInt(LIMITS.ledgerIntentSeconds / 2) * 1_000_000n)
      throw new GatewayError('witness_unreachable');
    return await redeemTicket(deps, { ...request, intent: { ticket: id, index } });
  } catch (thrown) {
    if (!hasCode(thrown, 'witness_unreachable')) throw thrown;
    await appendAuditEvent(deps.database, deps.clock, {
      type: 'ticket.redemption_refused',
      actor: person.id,
      session: session.id,
      ticket: id,
      body: { text: act.text, digest: request.digest, reason: thrown.code },
    });
    return { redeemed: false, reason: 'witness_unreachable' };
  }
}
