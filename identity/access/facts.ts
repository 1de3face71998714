import { GatewayError } from '../../foundation/index.ts';
import type { AuthorizationFacts, Person, ProtectedAsset, SessionKind } from '../../policy/index.ts';
import { findPerson, isLocked } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import { findTargetAccess, listAssets } from './queries.ts';

const TARGET_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * Everything `authorizeTarget` decides on, read now: the person again too, because roles and contracts change while
 * sessions live. `assets` are those of the target's system. A login name that is no target's is an absent target.
 * @throws {GatewayError} `not_found` when there is no such person.
 */
export async function loadAuthorizationFacts(
  deps: IdentityDeps,
  { person, loginName, action }: { person: Person; loginName: string; action: SessionKind },
): Promise<AuthorizationFacts & { readonly assets: readonly ProtectedAsset[] }> {
  const db = deps.database;
  const current = await findPerson(db, person.id);
  if (current === undefined) throw new GatewayError('not_found');
  const locked = await isLocked(db, current.id);
  const access = TARGET_NAME.test(loginName)
    ? await findTargetAccess(db, { personId: current.id, loginName, action })
    : undefined;
  const assets = access === undefined ? [] : await listAssets(db, access.target.systemId);
  return {
    person: current,
    locked,
    target: access?.target,
    account: access?.account,
    grant: access?.grant,
    action,
    now: deps.clock.now(),
    assets,
  };
}
