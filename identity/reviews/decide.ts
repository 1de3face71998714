/** Decides on items of an access review, and signs it off. What is decided is applied at once. */
import { GatewayError, LIMITS, newUuid, sha256, type Transaction } from '../../foundation/index.ts';
import { canonicalJson } from '../../evidence/index.ts';
import { type GrantAction, mayReviewItem, type PersonId, type Principal, signOffRefusal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireUnlocked } from '../persons/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import type { Review, ReviewDecision, ReviewItem } from './model.ts';
import {
  insertDecision,
  lockReview,
  markSigned,
  narrowGrant,
  releaseGrant,
  revokeGrant,
  selectItems,
  withholdRole,
} from './queries.ts';

export interface ItemDecision {
  readonly review: string;
  readonly item: string;
  readonly decision: ReviewDecision;
  readonly reason: string;
  /** What is left of a reduced grant. */
  readonly actions?: readonly GrantAction[] | undefined;
}

/**
 * @throws {GatewayError} `not_found`, `own_request` (what one has oneself), `not_permitted`, `review_closed` (decided or
 * signed off), `request_invalid`, `person_locked`.
 */
export async function decideReviewItem(deps: IdentityDeps, principal: Principal, asked: ItemDecision): Promise<void> {
  const reason = readReason(asked.reason);
  const at = deps.clock.now();
  await deps.database.inTransaction(async (tx) => {
    const actor = await requireUnlocked(tx, principal.person.id);
    const { review, item } = await findOpen(tx, asked, actor.id);
    const { personId: person, owned, hasOtherOwner } = item;
    if (person === actor.id) throw new GatewayError('own_request');
    const kind = item.grantId === null ? 'role' : 'grant';
    if (!mayReviewItem({ actor: actor.id, roles: actor.roles, person, owned, kind, hasOtherOwner })) {
      throw new GatewayError('not_permitted');
    }
    const { decision } = asked;
    const actions = decision === 'reduce' ? [...new Set(asked.actions ?? [])] : null;
    const made = { id: newUuid(at), item: item.id, decision, reason, actions, by: actor.id, at };
    if ((await insertDecision(tx, made)) === 0) throw new GatewayError('review_closed');
    await apply(tx, item, { decision, actions, at });
    await appendAuditEvent(tx, deps.clock, {
      type: 'review.decided',
      actor: actor.id,
      body: {
        ...{ review: review.id, item: item.id, person, decision, reason, actions },
        ...{ target: item.snapshot.target, role: item.role },
      },
    });
  });
}

async function findOpen(
  tx: Transaction,
  asked: ItemDecision,
  viewer: PersonId,
): Promise<{ review: Review; item: ReviewItem }> {
  const review = await lockReview(tx, asked.review);
  const [item] = await selectItems(tx, { review: asked.review, item: asked.item, viewer });
  if (review === undefined || item === undefined) throw new GatewayError('not_found');
  if (review.signedAt !== null || item.decided) throw new GatewayError('review_closed');
  return { review, item };
}

async function apply(
  tx: Transaction,
  { grantId, personId, role, decisions }: ReviewItem,
  { decision, actions, at }: { decision: ReviewDecision; actions: readonly GrantAction[] | null; at: Date },
): Promise<void> {
  if (decision === 'ask') return;
  if (role !== null) {
    if (decision === 'reduce') throw new GatewayError('request_invalid', 'decision: a role is kept or removed.');
    await withholdRole(tx, { person: personId, role, withheld: decision === 'remove', at });
    return;
  }
  if (grantId === null) return;
  if (decision === 'remove') await revokeGrant(tx, grantId, at);
  const held = decisions.some((one) => one.decision === 'hold');
  if (decision === 'keep' && held) await releaseGrant(tx, grantId);
  if (decision === 'reduce' && (actions === null || (await narrowGrant(tx, grantId, actions)) === 0)) {
    throw new GatewayError('request_invalid', 'actions: some of those there are, and fewer.');
  }
}

/**
 * Signs a review off: it and every decision are frozen, and their hash stands in the signed log.
 * @returns the SHA-256 of the frozen evidence, 64 hex digits.
 * @throws {GatewayError} `not_found`, `not_permitted`, `own_request` (one's own campaign, or one is reviewed in it),
 * `review_closed` (signed off, or not everything is decided), `person_locked`.
 */
export async function signReview(deps: IdentityDeps, principal: Principal, id: string): Promise<string> {
  const at = deps.clock.now();
  return deps.database.inTransaction(async (tx) => {
    const actor = await requireUnlocked(tx, principal.person.id);
    const review = await lockReview(tx, id);
    if (review === undefined) throw new GatewayError('not_found');
    if (review.signedAt !== null) throw new GatewayError('review_closed');
    const items = await selectItems(tx, { review: id, viewer: actor.id });
    const refused = signOffRefusal({
      ...{ actor: actor.id, roles: actor.roles, startedBy: review.startedBy.id, open: review.open },
      reviewed: items.map(({ personId }) => personId),
    });
    if (refused === 'not_permitted') throw new GatewayError('not_permitted');
    if (refused === 'open_items') throw new GatewayError('review_closed', 'Not every item is decided.');
    if (refused !== undefined) throw new GatewayError('own_request');
    const evidence = evidenceOf(review, items);
    const digest = sha256(evidence);
    await markSigned(tx, { review: id, by: actor.id, at, evidence, sha256: digest });
    await appendAuditEvent(tx, deps.clock, {
      type: 'review.signed',
      actor: actor.id,
      body: { review: id, items: items.length, sha256: digest.toString('hex') },
    });
    return digest.toString('hex');
  });
}

/** Canonical JSON (RFC 8785), so that whoever has the items computes the same hash. */
function evidenceOf(review: Review, items: readonly ReviewItem[]): string {
  return canonicalJson({
    ...{ format: 'sekisho-access-review-1', review: review.id, scope: review.scope, subject: review.subject },
    ...{ startedBy: review.startedBy.id, startedAt: review.startedAt.toISOString(), dueAt: review.dueAt.toISOString() },
    items: items.map(({ id, personId, grantId, role, snapshot, flags, decisions }) => ({
      ...{ id, person: personId, grant: grantId, role, flags: [...flags] },
      snapshot: { ...snapshot, actions: [...snapshot.actions] },
      decisions: decisions.map((one) => ({ ...one, actions: one.actions === null ? null : [...one.actions] })),
    })),
  });
}

function readReason(given: string): string {
  const reason = given.trim();
  if (reason === '' || reason.length > LIMITS.reasonCharactersMax || reason.includes('\0')) {
    throw new GatewayError('request_invalid', 'A decision needs a reason.');
  }
  return reason;
}
