import { noteEntered } from '../approvals/index.ts';
import {
  findPerson,
  isCertificate,
  isCertificateInForce,
  isCertificateUnrevoked,
  loadAuthorizationFacts,
} from '../identity/index.ts';
import { appendAuditEvent } from '../recorder/index.ts';
import { asError } from '../foundation/index.ts';
import {
  type AccessRefusal,
  authorizeTarget,
  type GrantAction,
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
  const asked = { person: who, loginName, connectionId, action: request.kind, openSince: countedSince(deps) };
  const [facts, inForce] = await Promise.all([
    loadAuthorizationFacts(deps, { ...asked, ...plainKey(keyBlob) }),
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
      if (standing instanceof Date) session.expireAt(standing);
      else session.end(standing);
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
};

/** Until when the session may go on, or why it may not. */
async function readStanding(deps: SessionDeps, session: LiveSession): Promise<Date | 'locked' | 'revoked' | 'expired'> {
  const { authorization, connectionId, keyBlob } = session;
  const { person: who, target, account, action } = authorization;
  const person = await findPerson(deps.database, who.id);
  if (person === undefined) return 'revoked';
  const loginName = `${target.name}%${target.systemName}`;
  const { ticket } = authorization;
  const asked = { person, loginName, connectionId, action, ...(ticket === undefined ? {} : { ticket }) };
  const facts = await loadAuthorizationFacts(deps, { ...asked, ...plainKey(keyBlob) });
  const decision = authorizeTarget(facts);
  if (!decision.allowed) {
    if (decision.reason === 'locked') return 'locked';
    return decision.reason === 'grant_expired' || decision.reason === 'contract_ended' ? 'expired' : 'revoked';
  }
  session.learnRules(facts);
  // An account that went to somebody else is not entered any longer under the old name.
  if (decision.authorization.account !== account) return 'revoked';
  const { actions } = decision.authorization;
  if (USED[action].some((used) => authorization.actions.includes(used) && !actions.includes(used))) return 'revoked';
  if (!facts.keyInForce || !(await isCertificateGood(deps, who, { keyBlob, begins: false }))) return 'revoked';
  return decision.authorization.until;
}

/** An enrolled key, which is looked up with the rest; a certificate is not enrolled. */
function plainKey(keyBlob: Buffer | null): { readonly key?: Buffer } {
  return keyBlob === null || isCertificate(keyBlob) ? {} : { key: keyBlob };
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
