/** What catches the eye in an access review, and who may decide and sign it. Pure and total. */
import type { PersonId, Role } from './model.ts';

export const REVIEW_FLAGS = [
  'left',
  'locked',
  'contract_ended',
  'contract_ending',
  'sponsor_left',
  'never_used',
  'dormant',
  'no_reason',
  'unused_actions',
  'role_creep',
  'owns_it',
  'looks_shared',
  'no_second_factor',
] as const;
export type ReviewFlag = (typeof REVIEW_FLAGS)[number];

export interface ReviewedFacts {
  readonly now: Date;
  readonly deactivated: boolean;
  readonly locked: boolean;
  readonly contractEndsAt: Date | null;
  /** Who vouched for them is not here any more. */
  readonly sponsorLeft: boolean;
  readonly roles: readonly Role[];
  /** Another person's name looks the same. */
  readonly looksShared: boolean;
  readonly hasSecondFactor: boolean;
  /** Of a grant; null for a role. */
  readonly grant: {
    readonly since: Date;
    readonly lastUsedAt: Date | null;
    /** When a ticket of theirs last was about this target. */
    readonly lastTicketAt: Date | null;
    /** Actions that no session of theirs there made use of. */
    readonly unusedActions: readonly string[];
    readonly ownsSystem: boolean;
  } | null;
}

export interface ReviewRules {
  /** Days without a session after which a grant is dormant. */
  readonly dormantDays: number;
  /** Days before its end from which on a contract counts as ending. */
  readonly contractDays: number;
}

const DAY_MS = 86_400_000;
/** Roles that one person should not hold together: who works is not who decides, watches or administers. */
const APART: readonly Role[] = ['owner', 'auditor', 'security_officer', 'administrator'];

export function reviewFlags(facts: ReviewedFacts, { dormantDays, contractDays }: ReviewRules): readonly ReviewFlag[] {
  const { now, grant, contractEndsAt: ends } = facts;
  const before = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  const ended = ends !== null && ends <= now;
  const holds: Record<ReviewFlag, boolean> = {
    left: facts.deactivated,
    locked: facts.locked,
    contract_ended: ended,
    contract_ending: ends !== null && !ended && ends.getTime() - now.getTime() <= contractDays * DAY_MS,
    sponsor_left: facts.sponsorLeft,
    never_used: grant !== null && grant.lastUsedAt === null,
    dormant: isDormant(grant, before(dormantDays)),
    no_reason: grant !== null && (grant.lastTicketAt === null || grant.lastTicketAt < before(dormantDays)),
    unused_actions: grant !== null && grant.lastUsedAt !== null && grant.unusedActions.length > 0,
    role_creep: isRoleCreep(facts.roles),
    owns_it: grant?.ownsSystem === true,
    looks_shared: facts.looksShared,
    no_second_factor: !facts.hasSecondFactor,
  };
  return REVIEW_FLAGS.filter((flag) => holds[flag]);
}

function isDormant(grant: ReviewedFacts['grant'], since: Date): boolean {
  return grant !== null && (grant.lastUsedAt ?? grant.since) < since;
}

/** Works on targets and decides about it as well, or holds three roles or more. */
function isRoleCreep(roles: readonly Role[]): boolean {
  return roles.length > 2 || (roles.includes('maintainer') && roles.some((role) => APART.includes(role)));
}

export interface ReviewItemFacts {
  readonly actor: PersonId;
  readonly roles: readonly Role[];
  readonly person: PersonId;
  /** The actor owns the system of the grant. */
  readonly owned: boolean;
  readonly kind: 'grant' | 'role';
  /** Somebody else who is not the reviewed person owns the system of the grant. */
  readonly hasOtherOwner: boolean;
}

/**
 * Owners decide on grants of their systems; security officers on roles, and on a grant that no owner but its holder
 * could decide on. Nobody decides on what they have themselves.
 */
export function mayReviewItem({ actor, roles, person, owned, kind, hasOtherOwner }: ReviewItemFacts): boolean {
  if (actor === person) return false;
  const officer = roles.includes('security_officer');
  if (kind === 'role') return officer;
  return (owned && roles.includes('owner')) || (officer && !hasOtherOwner);
}

export type SignOffRefusal = 'not_permitted' | 'own_request' | 'reviewed_person' | 'open_items';

/** Whether this person may sign a review off: second line or auditor, who neither started it nor is reviewed in it. */
export function signOffRefusal(facts: {
  readonly actor: PersonId;
  readonly roles: readonly Role[];
  readonly startedBy: PersonId;
  readonly reviewed: readonly PersonId[];
  readonly open: number;
}): SignOffRefusal | undefined {
  const { actor, roles, startedBy, reviewed, open } = facts;
  if (!roles.includes('security_officer') && !roles.includes('auditor')) return 'not_permitted';
  if (actor === startedBy) return 'own_request';
  if (reviewed.includes(actor)) return 'reviewed_person';
  return open > 0 ? 'open_items' : undefined;
}
