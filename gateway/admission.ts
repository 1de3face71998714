import { findPerson, loadAuthorizationFacts } from '../identity/index.ts';
import { appendAuditEvent } from '../recorder/index.ts';
import { type AccessRefusal, authorizeTarget, type Person } from '../policy/index.ts';
import { type GatewaySession, openSession, type SessionDeps, type SessionRequest } from './session.ts';

export type Admission =
  | { readonly admitted: true; readonly session: GatewaySession }
  | { readonly admitted: false; readonly reason: AccessRefusal };

/**
 * Lets a signed-in person in to the target they named, or says why not. Every road in comes through here:
 * the facts are read anew each time, so a grant that ended a second ago is ended.
 */
export async function admit(
  deps: SessionDeps,
  who: Person,
  loginName: string,
  request: SessionRequest,
): Promise<Admission> {
  const person = (await findPerson(deps.database, who.id)) ?? who;
  const facts = await loadAuthorizationFacts(deps, { person, loginName, action: request.kind });
  const decision = authorizeTarget(facts);
  if (decision.allowed) {
    const granted = { authorization: decision.authorization, assets: facts.assets };
    return { admitted: true, session: await openSession(deps, granted, request) };
  }
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'access.refused',
    actor: person.id,
    body: {
      connection: request.connectionId,
      loginName,
      reason: decision.reason,
      sourceAddress: request.sourceAddress,
    },
  });
  return { admitted: false, reason: decision.reason };
}

/** Why a live session of this person at this target may not go on; undefined when it may. */
export async function findStopReason(
  deps: SessionDeps,
  session: GatewaySession['authorization'],
): Promise<'locked' | 'revoked' | 'expired' | undefined> {
  const person = await findPerson(deps.database, session.person.id);
  if (person === undefined) return 'revoked';
  const facts = await loadAuthorizationFacts(deps, { person, loginName: session.target.name, action: session.action });
  const decision = authorizeTarget(facts);
  if (decision.allowed) return undefined;
  if (decision.reason === 'locked') return 'locked';
  return decision.reason === 'grant_expired' || decision.reason === 'contract_ended' ? 'expired' : 'revoked';
}
