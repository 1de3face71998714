/** Systems that ask for a second factor of every connection: also of one that a certificate or a remembered approval let in. */
import { LIMITS } from '../../foundation/index.ts';
import { requestSignIn, waitForSignIn, wordsOf } from '../../identity/index.ts';
import { type FactorChannel, sessionFactor } from '../../policy/index.ts';
import type { GatewaySession } from '../session.ts';
import type { Caller, SshDeps } from './model.ts';
import type { PersonSide } from './person-side.ts';

interface Asked {
  readonly deps: SshDeps;
  readonly caller: Caller;
  readonly session: GatewaySession;
  readonly person: PersonSide;
}

/** Whether a session on this target begins, its person is asked first, or it cannot begin. */
export function factorFor(caller: Caller, { authorization, risk }: GatewaySession, channel: FactorChannel) {
  return sessionFactor(channel, {
    always: risk.factorAlways === true,
    shown: caller.factorShown,
    confirmed: caller.factors.has(authorization.target.id),
  });
}

/**
 * Waits until the person of this connection confirmed in the browser that the session is theirs: bound to the connection,
 * the person and the target. @returns whether the session may begin.
 */
export async function confirmSession({ deps, caller, session, person }: Asked): Promise<boolean> {
  const { authorization } = session;
  const channel = caller.method === 'web' ? 'terminal' : authorization.action;
  if (factorFor(caller, session, channel) === 'begins') return true;
  const { target } = authorization;
  const request = await requestSignIn(deps, {
    loginName: target.name,
    sourceAddress: caller.sourceAddress,
    seconds: LIMITS.sshBrowserApprovalSeconds,
    confirmation: {
      ...{ purpose: 'session', holder: authorization.person.id },
      ...{ connectionId: caller.connectionId, targetId: target.id },
    },
  });
  const url = new URL(`/ssh/${request.code}`, deps.publicUrl).href;
  const words = request.words === null ? '' : wordsOf(request.words, person.locale);
  await person.say('factor.asked', 'second_factor_asked', { target: target.name, url, code: request.code, words });
  const approver = await waitForSignIn(deps, request.id, AbortSignal.any([session.signal, caller.closed]));
  // The database keeps this too; a session must not hang on one check.
  if (approver?.id !== authorization.person.id) {
    if (!session.signal.aborted) await person.say('factor.not_shown', 'second_factor_required');
    return false;
  }
  caller.factors.add(target.id);
  await person.say('factor.shown', 'second_factor_shown');
  return true;
}
