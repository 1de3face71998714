/** What is overdue climbs: owners are reminded, then the second line is told, then what nobody decided is held. */
import { newUuid, LIMITS } from '../../../foundation/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import type { IdentityDeps } from '../../rows.ts';
import { dueClimbs, markClimbed, notifyOfReview } from './queries.ts';
import { insertDecision, lockReview, revokeGrant, selectItems } from '../queries.ts';

const DAY_MS = 86_400_000;
const REASON = 'Nobody decided in time.';

/** @returns how many reviews climbed. */
export async function climbOverdueAccessReviews(deps: IdentityDeps): Promise<number> {
  const { database, clock } = deps;
  const now = clock.now();
  const day = (days: number): Date => new Date(now.getTime() + days * DAY_MS);
  const moments = { remind: day(LIMITS.reviewRemindDays), hold: day(-LIMITS.reviewHoldDays), now };
  const due = await dueClimbs(database, moments);
  for (const { id, to } of due) {
    await database.inTransaction(async (tx) => {
      const review = await lockReview(tx, id);
      if (review === undefined || review.signedAt !== null || review.climbed >= to) return;
      await markClimbed(tx, id, to);
      await notifyOfReview(tx, { review: id, to, at: now });
      if (to === 3) await holdOpen(deps, tx, id);
      await appendAuditEvent(tx, clock, { type: 'review.overdue', actor: null, body: { review: id, step: to } });
    });
  }
  return due.length;
}

/** A grant that nobody said yes to in time opens nothing until somebody does. Roles stay: they open nothing by themselves. */
async function holdOpen({ clock }: IdentityDeps, tx: Parameters<typeof lockReview>[0], review: string): Promise<void> {
  const at = clock.now();
  for (const item of await selectItems(tx, { review, viewer: null })) {
    if (item.decided || item.grantId === null) continue;
    await insertDecision(tx, {
      ...{ id: newUuid(at), item: item.id, decision: 'hold', reason: REASON, actions: null, by: null, at },
    });
    await revokeGrant(tx, item.grantId, at);
  }
}
