import { invariant } from '../foundation/index.ts';
import type { GrantAction, Hop, Person, SessionKind, Target } from './model.ts';

/** What is known when somebody asks for a target. `undefined` means that there is none for this person. */
export interface AuthorizationFacts {
  readonly person: Person;
  readonly locked: boolean;
  readonly target: Target | undefined;
  /** The name stands for more than one of the targets the person has a grant on. */
  readonly ambiguous: boolean;
  readonly account: string | undefined;
  readonly grant: { readonly actions: readonly GrantAction[]; readonly expiresAt: Date } | undefined;
  /** The relay hosts on the way, outermost first; an account is undefined where the person has none. */
  readonly via: readonly { readonly target: Target; readonly account: string | undefined }[];
  readonly action: SessionKind;
  readonly now: Date;
}

export type AccessRefusal =
  | 'not_found'
  | 'ambiguous'
  | 'locked'
  | 'contract_ended'
  | 'grant_expired'
  | 'action_not_granted'
  | 'no_account'
  | 'no_account_on_way'
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
  /** The moment the proof ends: the earlier of the grant's and the contract's end. */
  readonly until: Date;
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
    Object.freeze(this);
  }

  /** Reports whether `value` came from `authorizeTarget`: for the one place that dials, against a cast. */
  static isProof(value: unknown): value is TargetAuthorization {
    return typeof value === 'object' && value !== null && #minted in value && value.#minted;
  }
}

/** The one authorisation function of every channel. Pure and total; whatever is missing is a no. */
export function authorizeTarget(facts: AuthorizationFacts): AccessDecision {
  const { person, target, account, grant, action, now } = facts;
  if (facts.locked) return refused('locked');
  if (person.contractEndsAt !== null && now >= person.contractEndsAt) return refused('contract_ended');
  if (!person.roles.includes('maintainer')) return refused('not_a_maintainer');
  if (facts.ambiguous) return refused('ambiguous');
  // No such target and no grant on it are one answer: a name cannot be probed for.
  if (target === undefined || grant === undefined) return refused('not_found');
  if (now >= grant.expiresAt) return refused('grant_expired');
  const { actions } = grant;
  if (!actionsFor(action).some((needed) => actions.includes(needed))) return refused('action_not_granted');
  if (account === undefined || account === '') return refused('no_account');
  const via = facts.via.flatMap((hop) => (isEntered(hop) ? [hop] : []));
  if (via.length !== facts.via.length) return refused('no_account_on_way');
  const until = earlier(grant.expiresAt, person.contractEndsAt);
  const authorized = { person, target, account, action, actions, via, until };
  return { allowed: true, authorization: new TargetAuthorization(MINT, authorized) };
}

/** The grant actions of which a session of this kind needs one. */
export function actionsFor(kind: SessionKind): readonly GrantAction[] {
  return kind === 'files' ? ['upload', 'download'] : [kind];
}

function isEntered(hop: { readonly target: Target; readonly account: string | undefined }): hop is Hop {
  return hop.account !== undefined && hop.account !== '';
}

function refused(reason: AccessRefusal): AccessDecision {
  return { allowed: false, reason };
}

function earlier(left: Date, right: Date | null): Date {
  return right !== null && right < left ? right : left;
}
