import type { PersonId, TargetId, TicketState } from './model.ts';

export interface RedemptionFacts {
  readonly state: TicketState;
  readonly requester: PersonId;
  readonly person: PersonId;
  readonly ticketTarget: TargetId;
  readonly target: TargetId;
  /** The digest the approval was given for. */
  readonly ticketDigest: string;
  /** The digest of the act about to run. */
  readonly digest: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly now: Date;
}

export type RedemptionRefusal =
  | 'not_yours'
  | 'other_target'
  | 'other_act'
  | 'not_approved'
  | 'too_early'
  | 'too_late'
  | 'used';

export type RedemptionDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: RedemptionRefusal };

/** Whether this very act may run on this ticket now. The window is [notBefore, notAfter). Pure and total. */
export function decideRedemption(facts: RedemptionFacts): RedemptionDecision {
  const reason = refusalOf(facts);
  return reason === undefined ? { allowed: true } : { allowed: false, reason };
}

const SPENT: readonly TicketState[] = ['in_use', 'used', 'aborted'];

function refusalOf(facts: RedemptionFacts): RedemptionRefusal | undefined {
  if (facts.person !== facts.requester) return 'not_yours';
  if (facts.target !== facts.ticketTarget) return 'other_target';
  if (facts.digest !== facts.ticketDigest) return 'other_act';
  // An aborted use is a use: otherwise a dropped connection would give the budget a second time.
  if (SPENT.includes(facts.state)) return 'used';
  if (facts.state !== 'approved') return 'not_approved';
  if (facts.now < facts.notBefore) return 'too_early';
  if (facts.now >= facts.notAfter) return 'too_late';
  return undefined;
}
