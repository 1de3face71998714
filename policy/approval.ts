import type { PersonId, Role, TicketState } from './model.ts';

export interface ApprovalFacts {
  readonly state: TicketState;
  readonly requester: PersonId;
  readonly approver: PersonId;
  readonly approverRoles: readonly Role[];
  /** The approver is an owner of the very system the target belongs to. */
  readonly approverOwns: boolean;
  readonly approverLocked: boolean;
  readonly earlierDeciders: readonly PersonId[];
  /** The digest of the act the ticket is about. */
  readonly actDigest: string;
  /** The digest of the act the approver was shown. */
  readonly askedDigest: string;
  readonly decideBy: Date;
  readonly now: Date;
}

export type ApprovalRefusal =
  | 'own_request'
  | 'not_an_owner'
  | 'already_decided'
  | 'wrong_state'
  | 'expired'
  | 'other_act'
  | 'locked';

export type ApprovalDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: ApprovalRefusal };

/** Whether this person's decision on this ticket counts. Holds for a yes and for a no. Pure and total. */
export function decideApproval(facts: ApprovalFacts): ApprovalDecision {
  const reason = refusalOf(facts);
  return reason === undefined ? { allowed: true } : { allowed: false, reason };
}

function refusalOf(facts: ApprovalFacts): ApprovalRefusal | undefined {
  if (facts.approverLocked) return 'locked';
  // Before every role: an owner or administrator who asks is a requester like anybody else.
  if (facts.approver === facts.requester) return 'own_request';
  if (!facts.approverOwns || !facts.approverRoles.includes('owner')) return 'not_an_owner';
  if (facts.earlierDeciders.includes(facts.approver)) return 'already_decided';
  if (facts.state !== 'requested') return 'wrong_state';
  if (facts.now >= facts.decideBy) return 'expired';
  // Stops a ticket that changed between the screen and the click: a yes is about one exact act.
  if (facts.askedDigest !== facts.actDigest) return 'other_act';
  return undefined;
}
