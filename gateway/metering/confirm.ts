/** Near a limit the person confirms in the browser that they go on: somebody else at their keyboard cannot. */
import { LIMITS } from '../../foundation/index.ts';
import { requestSignIn, waitForSignIn } from '../../identity/index.ts';
import type { Passed } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { GatewaySession } from '../session.ts';
import type { Asking, SessionMeter } from './session-meter.ts';

export interface Confirming {
  readonly deps: Parameters<typeof waitForSignIn>[0] & { readonly publicUrl: URL };
  readonly session: Pick<GatewaySession, 'authorization' | 'connectionId' | 'id'>;
  readonly meter: Pick<SessionMeter, 'connection'>;
  readonly sourceAddress: string;
  /** Nobody waits for the answer any more. */
  readonly until: AbortSignal;
}

/** Asks. `answer` is true once the person themself has confirmed, and then it is so for the whole connection. */
export async function askToGoOn(
  { deps, session, meter, sourceAddress, until }: Confirming,
  which: Passed,
): Promise<Asking> {
  const { person, target } = session.authorization;
  const request = await requestSignIn(deps, {
    loginName: target.name,
    sourceAddress,
    seconds: LIMITS.sshBrowserApprovalSeconds,
    confirmation: { purpose: 'budget', holder: person.id, connectionId: session.connectionId, targetId: target.id },
  });
  const about = { actor: person.id, session: session.id };
  const signIn = request.id;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'budget.confirm_asked',
    ...about,
    body: { signIn, ...which },
  });
  const confirmed = async (): Promise<boolean> => {
    const approver = await waitForSignIn(deps, signIn, until);
    // The database keeps this too; going on must not hang on one check.
    if (approver?.id !== person.id) return false;
    await appendAuditEvent(deps.database, deps.clock, { type: 'budget.confirmed', ...about, body: { signIn } });
    meter.connection.confirmed = true;
    return true;
  };
  const answer = confirmed().catch(() => false); // Not confirmed: they are asked again.
  return { url: new URL(`/ssh/${request.code}`, deps.publicUrl).href, code: request.code, answer };
}
