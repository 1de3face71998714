import { invariant } from '../foundation/index.ts';
import type { LockKind } from './locks.ts';
import type { GrantAction, Hop, Person, SessionKind, Target, TicketId } from './model.ts';

/** A ticket that lets its person in now: approved work, or an emergency that goes on. */
export interface EntryTicket {
  readonly id: TicketId;
  readonly kind: 'access' | 'emergency';
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface TicketFacts {
  /** The system admits sessions only inside an approved ticket. */
  readonly required: boolean;
  /** The person's for this very target; undefined when there is none. */
  readonly entry: EntryTicket | undefined;
}

export const NO_TICKET_NEEDED: TicketFacts = { required: false, entry: undefined };

type Granted = NonNullable<AuthorizationFacts['grant']>;

/** What an emergency opens of a target on which the person has an account; the gate judges there as always. */
const EMERGENCY_ACTIONS: readonly GrantAction[] = ['shell', 'exec', 'upload', 'download', 'web'];

/** What is known when somebody asks for a target. `undefined` means that there is none for this person. */
export interface AuthorizationFacts {
  readonly person: Person;
  /**
   * What is locked of what this takes: the person (who left counts as locked), their company, the key or the place they
   * come from, the target or its system or a relay host before it, a ticket that would let them in.
   */
  readonly locks: readonly LockKind[];
  readonly target: Target | undefined;
  /** The name stands for more than one of the targets the person has a grant on. */
  readonly ambiguous: boolean;
  readonly account: string | undefined;
  readonly grant: { readonly actions: readonly GrantAction[]; readonly expiresAt: Date } | undefined;
  /** The relay hosts on the way, outermost first; an account is undefined where the person has none. */
  readonly via: readonly { readonly target: Target; readonly account: string | undefined }[];
  readonly action: SessionKind;
  readonly ticket: TicketFacts;
  readonly now: Date;
}

export type AccessRefusal =
  | 'not_found'
  | 'ambiguous'
  | 'locked'
  | 'company_locked'
  | 'key_locked'
  | 'device_locked'
  | 'target_locked'
  | 'system_locked'
  | 'ticket_locked'
  | 'contract_ended'
  | 'grant_expired'
  | 'action_not_granted'
  | 'no_account'
  | 'no_account_on_way'
  | 'ticket_required'
  | 'not_a_maintainer';

export type AccessDecision =
  | { readonly allowed: true; readonly authorization: TargetAuthorization }
  | { readonly allowed: false; readonly reason: AccessRefusal };

interface Authorized {
  readonly person: Person;
  readonly target: Target;
  readonly account: string;
  readonly action: SessionKind;
  readonly actions: readonly GrantAction[];
  readonly via: readonly Hop[];
  readonly until: Date;
  readonly ticket: TicketId | undefined;
}

const MINT = Symbol('only authorizeTarget holds this');

/** Proof that `authorizeTarget` said yes. Nothing dials without one; nobody else can make one. */
export class TargetAuthorization {
  readonly person: Person;
  readonly target: Target;
  readonly account: string;
  readonly action: SessionKind;
  /** Everything the grant allows; `action` is what was asked for. */
  readonly actions: readonly GrantAction[];
  /** The relay hosts on the way, outermost first. */
  readonly via: readonly Hop[];
  /** The moment the proof ends: the earliest of the grant's, the ticket's and the contract's end. */
  readonly until: Date;
  /** The ticket that let the person in; undefined where none is needed. */
  readonly ticket: TicketId | undefined;
  /** Makes the type nominal: an object literal of the same shape is not a proof. */
  readonly #minted = true;

  constructor(mint: symbol, authorized: Authorized) {
    invariant(mint === MINT, 'a TargetAuthorization is made by authorizeTarget only');
    this.person = authorized.person;
    this.target = authorized.target;
    this.account = authorized.account;
    this.action = authorized.action;
    this.actions = authorized.actions;
    this.via = authorized.via;
    this.until = authorized.until;
    this.ticket = authorized.ticket;
    Object.freeze(this);
  }

  /** Reports whether `value` came from `authorizeTarget`: for the one place that dials, against a cast. */
  static isProof(value: unknown): value is TargetAuthorization {
    return typeof value === 'object' && value !== null && #minted in value && value.#minted;
  }
}

/** The one authorisation function of every channel. Pure and total; whatever is missing is a no. */
export function authorizeTarget(facts: AuthorizationFacts): AccessDecision {
  const { person, target, account, action } = facts;
  const shut = whyShut(facts);
  if (shut !== undefined) return refused(shut);
  const entry = openEntry(facts);
  const emergency = covers(facts) ? undefined : emergencyGrant(entry, account);
  const granted = emergency ?? facts.grant;
  // No such target and no grant on it are one answer: a name cannot be probed for.
  if (target === undefined || granted === undefined) return refused(orLockedTicket(facts, 'not_found'));
  const closed = whyClosed(facts, granted);
  if (closed !== undefined) return refused(closed);
  if (!isNamed(account)) return refused('no_account');
  const via = facts.via.flatMap((hop) => (isEntered(hop) ? [hop] : []));
  if (via.length !== facts.via.length) return refused('no_account_on_way');
  const needsTicket = facts.ticket.required || emergency !== undefined;
  if (needsTicket && entry === undefined) return refused(orLockedTicket(facts, 'ticket_required'));
  const used = needsTicket ? entry : undefined;
  const until = endOf(granted, person, used);
  const authorized = { person, target, account, action, actions: granted.actions, via, until, ticket: used?.id };
  return { allowed: true, authorization: new TargetAuthorization(MINT, authorized) };
}

function endOf({ expiresAt }: Granted, { contractEndsAt }: Person, ticket: EntryTicket | undefined): Date {
  return earlier(earlier(expiresAt, contractEndsAt), ticket?.notAfter ?? null);
}

/** Why the person enters nothing, whatever they ask for. */
function whyShut(facts: AuthorizationFacts): AccessRefusal | undefined {
  const { person, ambiguous, now } = facts;
  // A lock is said before anything else, so that nothing of the target is told.
  const locked = lockedOf(facts, ['person', 'company', 'key', 'device']);
  if (locked !== undefined) return locked;
  if (person.contractEndsAt !== null && now >= person.contractEndsAt) return 'contract_ended';
  if (!person.roles.includes('maintainer')) return 'not_a_maintainer';
  return ambiguous ? 'ambiguous' : undefined;
}

const LOCKED: Readonly<Record<LockKind, AccessRefusal>> = {
  person: 'locked',
  company: 'company_locked',
  key: 'key_locked',
  device: 'device_locked',
  target: 'target_locked',
  system: 'system_locked',
  ticket: 'ticket_locked',
};

function lockedOf({ locks }: AuthorizationFacts, kinds: readonly LockKind[]): AccessRefusal | undefined {
  const kind = kinds.find((one) => locks.includes(one));
  return kind === undefined ? undefined : LOCKED[kind];
}

/** Whoever has a ticket that would open it may know that it is locked. */
function orLockedTicket(facts: AuthorizationFacts, reason: AccessRefusal): AccessRefusal {
  return lockedOf(facts, ['ticket']) ?? reason;
}

/** Whether what refused is a lock, which somebody may lift again. */
export function isLockRefusal(reason: AccessRefusal): boolean {
  return Object.values(LOCKED).includes(reason);
}

function whyClosed(facts: AuthorizationFacts, granted: Granted): AccessRefusal | undefined {
  return lockedOf(facts, ['system', 'target']) ?? whyNotGranted(facts, granted);
}

function whyNotGranted({ action, now }: AuthorizationFacts, granted: Granted): AccessRefusal | undefined {
  if (now >= granted.expiresAt) return 'grant_expired';
  return actionsFor(action).some((needed) => granted.actions.includes(needed)) ? undefined : 'action_not_granted';
}

function covers(facts: AuthorizationFacts): boolean {
  return facts.grant !== undefined && whyNotGranted(facts, facts.grant) === undefined;
}

/** The ticket, while its window is open. */
function openEntry({ ticket: { entry }, now }: AuthorizationFacts): EntryTicket | undefined {
  return entry !== undefined && entry.notBefore <= now && now < entry.notAfter ? entry : undefined;
}

/** An emergency opens what the person has an account on, and nothing else. */
function emergencyGrant(entry: EntryTicket | undefined, account: string | undefined): Granted | undefined {
  if (entry?.kind !== 'emergency' || !isNamed(account)) return undefined;
  return { actions: EMERGENCY_ACTIONS, expiresAt: entry.notAfter };
}

/** The grant actions of which a session of this kind needs one. */
export function actionsFor(kind: SessionKind): readonly GrantAction[] {
  return kind === 'files' ? ['upload', 'download'] : [kind];
}

function isEntered(hop: { readonly target: Target; readonly account: string | undefined }): hop is Hop {
  return isNamed(hop.account);
}

function isNamed(account: string | undefined): account is string {
  return account !== undefined && account !== '';
}

function refused(reason: AccessRefusal): AccessDecision {
  return { allowed: false, reason };
}

function earlier(left: Date, right: Date | null): Date {
  return right !== null && right < left ? right : left;
}
