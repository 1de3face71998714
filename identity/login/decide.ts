import { GatewayError, invariant } from '../../foundation/index.ts';
import type { Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireUnlocked } from '../persons/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import { normalizeCode } from '../sign-ins/request.ts';
import { decideLoginRow, lockLogin } from './queries.ts';

/**
 * The signed-in person says that the waiting command is theirs, or that it is not. Approving makes what it fetches theirs:
 * a token, and a certificate for a maintainer. Denying gives nobody anything, so anybody with the code may.
 * @throws {GatewayError} `not_found`, `transition_forbidden` (decided or expired), `person_locked`.
 */
export async function decideLogin(
  deps: IdentityDeps,
  principal: Principal,
  {
    code,
    decision,
    webSessionId = null,
  }: { code: string; decision: 'approved' | 'denied'; webSessionId?: string | null },
): Promise<void> {
  await deps.database.inTransaction(async (tx) => {
    const person = await requireUnlocked(tx, principal.person.id);
    const login = await lockLogin(tx, normalizeCode(code));
    if (login === undefined) throw new GatewayError('not_found');
    const at = deps.clock.now();
    if (login.state !== 'pending' || login.expiresAt <= at) {
      throw new GatewayError('transition_forbidden', 'This sign-in was decided already or has expired.');
    }
    const decided = await decideLoginRow(tx, { id: login.id, state: decision, personId: person.id, webSessionId, at });
    invariant(decided === 1, 'a locked pending login is decided once');
    await appendAuditEvent(tx, deps.clock, {
      type: 'login.decided',
      actor: person.id,
      body: { login: login.id, decision },
    });
  });
}
