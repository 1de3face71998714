import { GatewayError, LIMITS, type Queryable } from '../../foundation/index.ts';
import {
  type AuthorizationFacts,
  NO_RISK_SETTINGS,
  type Person,
  type ProtectedAsset,
  type RiskSettings,
  type SessionKind,
  type Target,
} from '../../policy/index.ts';
import { fingerprintOf } from '../keys/public-key.ts';
import type { IdentityDeps } from '../rows.ts';
import { findPersonAccess, findWay, type TargetAccess } from './queries.ts';

/** `target` or `target%system`. */
const LOGIN_NAME = /^([a-z0-9][a-z0-9-]{0,62})(?:%([a-z0-9][a-z0-9-]{0,62}))?$/;

/** What is guarded on a target, by which settings, and which programs are known there. */
export interface TargetRules {
  /** The protected things of its system, then the known copies of them on the target. */
  readonly assets: readonly ProtectedAsset[];
  readonly risk: RiskSettings;
  readonly programs: ReadonlySet<string>;
}

export interface AskedAccess {
  readonly person: Person;
  readonly loginName: string;
  readonly action: SessionKind;
  /** The blob of an enrolled key; whether it is the person's and in force is read in the same moment. */
  readonly key?: Buffer;
  /** Sessions that are open now and began later are counted in the same moment. */
  readonly openSince?: Date | null;
}

/** What is read along with the facts. */
export interface ReadAlong {
  readonly keyInForce: boolean;
  /** Open sessions of the person and on the target; 0 when nobody asked. */
  readonly openSessions: { readonly person: number; readonly target: number };
}

/**
 * Everything `authorizeTarget` decides on, read now: the person again too, because roles and contracts change while
 * sessions live, and the rules of the target. A login name that is no target's is an absent target.
 * @throws {GatewayError} `not_found` when there is no such person; `config_invalid` when its relay hosts go in a circle.
 */
export async function loadAuthorizationFacts(
  deps: IdentityDeps,
  { person, loginName, action, key, openSince = null }: AskedAccess,
): Promise<AuthorizationFacts & TargetRules & ReadAlong> {
  const db = deps.database;
  const now = deps.clock.now();
  const [, targetName = null, systemName = null] = LOGIN_NAME.exec(loginName) ?? [];
  const asked = key === undefined ? null : { fingerprint: fingerprintOf(key), blob: key };
  const names = { personId: person.id, targetName, systemName };
  const found = await findPersonAccess(db, { ...names, action, at: now, key: asked, openSince });
  if (found === undefined) throw new GatewayError('not_found');
  const { access, ambiguous } = choose(found.candidates);
  return {
    person: found.person,
    locked: found.locked,
    target: access?.target,
    ambiguous,
    account: access?.account,
    grant: access?.grant,
    via: access?.hasWay === true && access.grant !== undefined ? await wayTo(db, person, access.target) : [],
    action,
    now,
    keyInForce: found.keyInForce,
    openSessions: { person: found.open, target: access?.open ?? 0 },
    ...rulesOf(access),
  };
}

function rulesOf(access: TargetAccess | undefined): TargetRules {
  return {
    assets: access?.assets ?? [],
    risk: access?.risk ?? NO_RISK_SETTINGS,
    programs: access?.programs ?? new Set(),
  };
}

async function wayTo(db: Queryable, person: Person, target: Target) {
  const bound = LIMITS.targetHopsMax + 1;
  const via = await findWay(db, { personId: person.id, targetId: target.id, bound });
  if (via.length < bound) return via;
  throw new GatewayError(
    'config_invalid',
    `More than ${LIMITS.targetHopsMax} relay hosts stand before ${target.name}.`,
  );
}

/** Only what the person has a grant on counts: another team's target of the same name is as if it were not there. */
function choose(candidates: readonly TargetAccess[]): { access: TargetAccess | undefined; ambiguous: boolean } {
  const granted = candidates.filter(({ grant }) => grant !== undefined);
  const access = granted[0] ?? (candidates.length === 1 ? candidates[0] : undefined);
  return { access, ambiguous: granted.length > 1 };
}
