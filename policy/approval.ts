/** Who may say yes to a ticket, and whose yes is still missing. */
import type { PersonId, Role, SystemId, TicketKind, TicketState } from './model.ts';
import { areCovered, isOneOwner, sideFor } from './transfer-sides.ts';

/** Stored with every decision: which rules it was made by. */
export const APPROVAL_RULES = 'approval-3';

export type SecondLineReason = 'rows' | 'special_care' | 'sole_owner' | 'same_owner';

/** `owner`: so many different owners of this system. `second_line`: one security officer. */
export type ApprovalNeed =
  | { readonly as: 'owner'; readonly system: SystemId; readonly count: number }
  | { readonly as: 'second_line'; readonly why: readonly SecondLineReason[] };

export interface TouchedSystem {
  readonly id: SystemId;
  /** How many different owners have to say yes. */
  readonly quorum: number;
  /** Rows of an export from here from which on the second line says yes as well; null: never for that. */
  readonly secondLineRows: number | null;
  /** Owners but the requester who could decide now: in role and contract, not locked, not reporting to the requester. */
  readonly otherOwners: readonly PersonId[];
  /** Security officers of whom the same holds. */
  readonly secondLine: number;
}

export interface NeedFacts {
  readonly kind: TicketKind;
  readonly systems: readonly TouchedSystem[];
  /** Rows it may take at most; null where none leave. */
  readonly rows: number | null;
  /** Classes of the data it is about. */
  readonly dataClasses: readonly string[];
}

/** Data of health, belief, origin, crime and the like (要配慮個人情報, APPI art. 2(3)), and the national number. */
export const SPECIAL_CARE_CLASSES: readonly string[] = ['special-care', 'special_care', 'my-number', 'my_number'];

export function approvalNeeds(facts: NeedFacts): readonly ApprovalNeed[] {
  const why: SecondLineReason[] = [];
  const { rows } = facts;
  if (rows !== null && facts.systems.some(({ secondLineRows }) => secondLineRows !== null && rows > secondLineRows)) {
    why.push('rows');
  }
  if (facts.dataClasses.some((name) => SPECIAL_CARE_CLASSES.includes(name))) why.push('special_care');
  // Only the requester could say yes: somebody of the second line does instead, never nobody.
  if (facts.systems.some(({ otherOwners }) => otherOwners.length === 0)) why.push('sole_owner');
  const owned = facts.systems.filter(({ otherOwners }) => otherOwners.length > 0);
  // Between two companies two people answer. Where one person answers for both sides, the second one is of the second line.
  const one = facts.kind === 'transfer' && isOneOwner(owned.map(({ otherOwners }) => ({ owners: otherOwners })));
  if (one) why.push('same_owner');
  const owners = owned
    .slice(0, one ? 1 : undefined)
    .map(({ id, quorum }): ApprovalNeed => ({ as: 'owner', system: id, count: quorum }));
  return why.length === 0 ? owners : [...owners, { as: 'second_line', why }];
}

/** Whether anybody could ever meet these needs: a ticket that waits for nobody tempts people to a rubber stamp. */
export function canBeMet(kind: TicketKind, needs: readonly ApprovalNeed[], systems: readonly TouchedSystem[]): boolean {
  if (kind === 'transfer' && !areCovered(sidesOf(needs, systems, []))) return false;
  return needs.every((need) =>
    need.as === 'second_line'
      ? systems.every(({ secondLine }) => secondLine > 0)
      : systems.some(({ id, otherOwners }) => id === need.system && otherOwners.length >= need.count),
  );
}

export interface EarlierDecision {
  readonly approver: PersonId;
  readonly decision: 'approve' | 'reject';
  readonly as: 'owner' | 'second_line';
  readonly systems: readonly SystemId[];
}

/** What of the needs no approval has met yet. One person counts once for each system, and in one capacity. */
export function missingNeeds(
  needs: readonly ApprovalNeed[],
  decisions: readonly EarlierDecision[],
): readonly ApprovalNeed[] {
  const yes = decisions.filter(({ decision }) => decision === 'approve');
  return needs.flatMap((need): ApprovalNeed[] => {
    if (need.as === 'second_line') return yes.some(({ as }) => as === 'second_line') ? [] : [need];
    const people = yes.filter(({ as, systems }) => as === 'owner' && systems.includes(need.system));
    const count = need.count - new Set(people.map(({ approver }) => approver)).size;
    return count > 0 ? [{ ...need, count }] : [];
  });
}

export interface Approver {
  readonly id: PersonId;
  readonly roles: readonly Role[];
  readonly locked: boolean;
  /** Under contract and not deactivated. */
  readonly present: boolean;
  /** Who they report to. */
  readonly managers: readonly PersonId[];
  /** Systems they own, of those touched. */
  readonly owns: readonly SystemId[];
  /** Systems of those touched for whose owner, away now, they were chosen before the ticket was asked for. */
  readonly substitutesFor: readonly SystemId[];
}

export interface ApprovalFacts extends NeedFacts {
  readonly state: TicketState;
  readonly requester: PersonId;
  readonly approver: Approver;
  readonly earlier: readonly EarlierDecision[];
  /** The digest of what the ticket asks for. */
  readonly actDigest: string;
  /** The digest of what the approver was shown. */
  readonly askedDigest: string;
  readonly decideBy: Date;
  readonly now: Date;
}

export type ApprovalRefusal =
  | 'own_request'
  | 'not_an_owner'
  | 'reports_to_requester'
  | 'already_decided'
  | 'wrong_state'
  | 'expired'
  | 'other_act'
  | 'locked';

export type ApprovalDecision =
  | {
      readonly allowed: true;
      readonly as: 'owner' | 'second_line';
      readonly systems: readonly SystemId[];
      /** Whose yes is still missing after this one. */
      readonly missing: readonly ApprovalNeed[];
    }
  | { readonly allowed: false; readonly reason: ApprovalRefusal };

/** Whether this person's decision on this ticket counts, and as what. Holds for a yes and for a no. Pure and total. */
export function decideApproval(facts: ApprovalFacts): ApprovalDecision {
  const barred = whyBarred(facts.approver, facts.requester);
  if (barred !== undefined) return { allowed: false, reason: barred };
  const needs = approvalNeeds(facts);
  const capacity = capacityOf(facts, needs);
  if (capacity === undefined) return { allowed: false, reason: 'not_an_owner' };
  const reason = whyNotNow(facts);
  if (reason !== undefined) return { allowed: false, reason };
  const mine: EarlierDecision = { approver: facts.approver.id, decision: 'approve', ...capacity };
  return { allowed: true, ...capacity, missing: missingNeeds(needs, [...facts.earlier, mine]) };
}

/** Why this person decides nothing of what the requester asks, whatever they own: no role is a shortcut. */
function whyBarred(approver: Approver, requester: PersonId): ApprovalRefusal | undefined {
  if (approver.locked) return 'locked';
  // Before every role: an owner or administrator who asks is a requester like anybody else.
  if (approver.id === requester) return 'own_request';
  if (!approver.present) return 'not_an_owner';
  const { managers } = approver;
  // Somebody whose only manager asks is not free to say no.
  if (managers.length > 0 && managers.every((manager) => manager === requester)) return 'reports_to_requester';
  return undefined;
}

function whyNotNow(facts: ApprovalFacts): ApprovalRefusal | undefined {
  if (facts.earlier.some(({ approver }) => approver === facts.approver.id)) return 'already_decided';
  if (facts.state !== 'requested') return 'wrong_state';
  if (facts.now >= facts.decideBy) return 'expired';
  // Stops a ticket that changed between the screen and the click: a yes is about one exact act.
  return facts.askedDigest === facts.actDigest ? undefined : 'other_act';
}

type Capacity = { readonly as: 'owner' | 'second_line'; readonly systems: readonly SystemId[] };

/** What is missing comes first; who could only add to what is met already counts as an owner. */
function capacityOf(facts: ApprovalFacts, needs: readonly ApprovalNeed[]): Capacity | undefined {
  const missing = missingNeeds(needs, facts.earlier);
  const owned = ownedOf(facts);
  const wanted = owned.filter((id) => missing.some((need) => need.as === 'owner' && need.system === id));
  if (wanted.length > 0) return { as: 'owner', systems: oneSide(facts, missing, wanted) };
  const officer = facts.approver.roles.includes('security_officer');
  const second: Capacity = { as: 'second_line', systems: [] };
  if (officer && missing.some(({ as }) => as === 'second_line')) return second;
  if (owned.length > 0) return { as: 'owner', systems: oneSide(facts, missing, owned) };
  return officer && needs.some(({ as }) => as === 'second_line') ? second : undefined;
}

function ownedOf({ approver, systems }: ApprovalFacts): readonly SystemId[] {
  if (!approver.roles.includes('owner')) return [];
  const answersFor = new Set([...approver.owns, ...approver.substitutesFor]);
  return systems.map(({ id }) => id).filter((id) => answersFor.has(id));
}

/** Who owns both sides of a transfer gives one yes: what is handed over is said yes to by two people. */
function oneSide(
  { kind, approver, earlier, systems }: ApprovalFacts,
  missing: readonly ApprovalNeed[],
  wanted: readonly SystemId[],
): readonly SystemId[] {
  if (kind !== 'transfer') return wanted;
  const side = sideFor(approver.id, wanted, sidesOf(missing, systems, earlier));
  return side === undefined ? [] : [side];
}

/** What each side still needs, and who could say it: nobody who has decided. */
function sidesOf(
  needs: readonly ApprovalNeed[],
  systems: readonly TouchedSystem[],
  earlier: readonly EarlierDecision[],
) {
  const decided = new Set(earlier.map(({ approver }) => approver));
  return needs.flatMap((need) => {
    const owners = systems.find(({ id }) => need.as === 'owner' && id === need.system)?.otherOwners ?? [];
    return need.as === 'owner'
      ? [{ system: need.system, count: need.count, owners: owners.filter((owner) => !decided.has(owner)) }]
      : [];
  });
}

export interface ReviewFacts {
  readonly state: TicketState;
  readonly requester: PersonId;
  readonly reviewer: Approver;
  /** The maintainer has written their work report. */
  readonly reported: boolean;
}

export type ReviewRefusal =
  | Extract<ApprovalRefusal, 'own_request' | 'not_an_owner' | 'reports_to_requester' | 'locked' | 'wrong_state'>
  | 'no_report';

/** Whether this person may review an emergency: an owner of a system it opened, or the second line. Pure and total. */
export function decideReview(facts: ReviewFacts): {
  readonly allowed: boolean;
  readonly reason: ReviewRefusal | undefined;
} {
  const reason = reviewRefusal(facts);
  return { allowed: reason === undefined, reason };
}

function reviewRefusal({ state, requester, reviewer, reported }: ReviewFacts): ReviewRefusal | undefined {
  const barred = whyBarred(reviewer, requester);
  if (barred === 'locked' || barred === 'own_request' || barred === 'reports_to_requester') return barred;
  const owner = reviewer.roles.includes('owner') && [...reviewer.owns, ...reviewer.substitutesFor].length > 0;
  if (barred !== undefined || !(owner || reviewer.roles.includes('security_officer'))) return 'not_an_owner';
  if (state !== 'review_due') return 'wrong_state';
  return reported ? undefined : 'no_report';
}
