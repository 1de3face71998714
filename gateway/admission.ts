import { noteEntered } from '../approvals/index.ts';
import {
  certifiedKeyFingerprint,
  findPerson,
  isCertificate,
  isCertificateInForce,
  isCertificateUnrevoked,
  loadAuthorizationFacts,
} from '../identity/index.ts';
import { appendAuditEvent } from '../recorder/index.ts';
import { asError } from '../foundation/index.ts';
import { message } from '../messages/index.ts';
import {
  type AccessRefusal,
  authorizeTarget,
  type GrantAction,
  isLockRefusal,
  type Person,
  type SessionKind,
} from '../policy/index.ts';
import { countedSince, type CrowdRefusal, findPassedLimit } from './live-control/session-limits.ts';
import { type GatewaySession, openSession, type SessionDeps, type SessionRequest } from './session.ts';
import type { LiveSession } from './session-registry.ts';

/** `key_revoked`: the connection outlived the key that signed it in. */
export type AdmissionRefusal = AccessRefusal | CrowdRefusal | 'key_revoked';

export type Admission =
  | { readonly admitted: true; readonly session: GatewaySession }
  | { readonly admitted: false; readonly reason: AdmissionRefusal };

const RECHECK_ATTEMPTS = 3;
const RECHECK_PAUSE_MS = 200;

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
  const { accessChanges } = deps.registry;
  const { connectionId, keyBlob } = request;
  const { sourceAddress } = request;
  const asked = { person: who, loginName, connectionId, sourceAddress, action: request.kind };
  const [facts, inForce] = await Promise.all([
    loadAuthorizationFacts(deps, { ...asked, ...keyAsked(keyBlob), openSince: countedSince(deps) }),
    isCertificateGood(deps, who, { keyBlob, begins: true }),
  ]);
  const decision = authorizeTarget(facts);
  const passed = findPassedLimit(deps, facts.openSessions);
  const refusal = decision.allowed ? (inForce && facts.keyInForce ? passed : 'key_revoked') : decision.reason;
  if (decision.allowed && refusal === undefined) {
    const granted = {
      authorization: decision.authorization,
      assets: facts.assets,
      risk: facts.risk,
      programs: facts.programs,
    };
    const session = await openSession(deps, granted, request);
    const { ticket } = decision.authorization;
    if (ticket !== undefined) await noteEntered(deps, { ticket, session: session.id, person: who.id });
    // A lock between the reading of the facts and this line found no session to end.
    if (deps.registry.accessChanges !== accessChanges) await recheckSession(deps, session);
    return { admitted: true, session };
  }
  const reason = refusal ?? 'not_found';
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'access.refused',
    actor: who.id,
    body: { connection: request.connectionId, loginName, reason, sourceAddress: request.sourceAddress },
  });
  return { admitted: false, reason };
}

/**
 * Reads the facts of a live session again: ends it when its person may no longer be there, and moves its end when the
 * grant's moved. Ends it too when the facts cannot be read, within the second that a lock has to take effect.
 */
export async function recheckSession(deps: SessionDeps, session: LiveSession): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const standing = await readStanding(deps, session);
      if ('until' in standing) session.expireAt(standing.until);
      else session.end(standing.reason, standing.detail);
      return;
    } catch (thrown) {
      const err = asError(thrown);
      deps.log.warn({ event: 'session.recheck_failed', sessionId: session.id, attempt, err }, 'access unreadable');
      if (attempt === RECHECK_ATTEMPTS) break;
      await new Promise((resolve) => setTimeout(resolve, RECHECK_PAUSE_MS));
    }
  }
  session.end('undecided');
}

/** What a session may be making use of while it lives: taking it away ends the sessions that were let in with it. */
const USED: Readonly<Record<SessionKind, readonly GrantAction[]>> = {
  shell: ['shell'],
  exec: ['exec', 'develop'],
  files: ['upload', 'download'],
  web: ['web'],
};

type Standing =
  | { readonly until: Date }
  | { readonly reason: 'locked' | 'revoked' | 'expired'; readonly detail?: string };

const REVOKED: Standing = { reason: 'revoked' };

/** Until when the session may go on, or why it may not. */
async function readStanding(deps: SessionDeps, session: LiveSession): Promise<Standing> {
  const { authorization, connectionId, keyBlob } = session;
  const { person: who, target, account, action } = authorization;
  const person = await findPerson(deps.database, who.id);
  if (person === undefined) return REVOKED;
  const loginName = `${target.name}%${target.systemName}`;
  const { ticket } = authorization;
  const asked = { person, loginName, connectionId, action, ...(ticket === undefined ? {} : { ticket }) };
  const facts = await loadAuthorizationFacts(deps, { ...asked, ...keyAsked(keyBlob) });
  const decision = authorizeTarget(facts);
  if (!decision.allowed) {
    const { reason } = decision;
    if (isLockRefusal(reason)) {
      return { reason: 'locked', detail: message(person.locale, `access.${reason}`, { name: target.name }) };
    }
    return reason === 'grant_expired' || reason === 'contract_ended' ? { reason: 'expired' } : REVOKED;
  }
  session.learnRules(facts);
  // An account that went to somebody else is not entered any longer under the old name.
  if (decision.authorization.account !== account) return REVOKED;
  const { actions } = decision.authorization;
  if (USED[action].some((used) => authorization.actions.includes(used) && !actions.includes(used))) return REVOKED;
  if (!facts.keyInForce || !(await isCertificateGood(deps, who, { keyBlob, begins: false }))) return REVOKED;
  return { until: decision.authorization.until };
}

/** An enrolled key is looked up with the rest; of a certificate, which is not enrolled, the key may be locked. */
function keyAsked(keyBlob: Buffer | null): { readonly key?: Buffer; readonly fingerprint?: string } {
  if (keyBlob === null) return {};
  return isCertificate(keyBlob) ? { fingerprint: certifiedKeyFingerprint(keyBlob) } : { key: keyBlob };
}

/** `begins`: for a session that begins now. The hours of a certificate end what may begin, not what has begun. */
async function isCertificateGood(
  deps: SessionDeps,
  who: Person,
  { keyBlob, begins }: { keyBlob: Buffer | null; begins: boolean },
): Promise<boolean> {
  if (keyBlob === null || !isCertificate(keyBlob)) return true;
  return begins ? isCertificateInForce(deps, keyBlob, who.id) : isCertificateUnrevoked(deps, keyBlob, who.id);
}
