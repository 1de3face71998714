import { GatewayError, invariant } from '../../foundation/index.ts';
import type { Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireUnlocked } from '../persons/locks.ts';
import type { IdentityDeps } from '../rows.ts';
import { lockSignIn, updateDecision } from './queries.ts';
import { normalizeCode } from './request.ts';

/**
 * The signed-in person says that the waiting SSH connection is theirs, or that it is not. Approving makes it theirs,
 * so only a maintainer may, and only the holder of the key where a key signed already, or who is asked to confirm;
 * denying lets nobody in, so anybody with the code may.
 * @throws {GatewayError} `not_found`, `transition_forbidden` (decided or expired), `not_permitted`, `person_locked`.
 */
export async function decideSignIn(
  deps: IdentityDeps,
  principal: Principal,
  { code, decision }: { code: string; decision: 'approved' | 'denied' },
): Promise<void> {
  const refused = await deps.database.inTransaction(async (tx) => {
    const person = await requireUnlocked(tx, principal.person.id);
    const request = await lockSignIn(tx, normalizeCode(code));
    if (request === undefined) throw new GatewayError('not_found');
    const at = deps.clock.now();
    if (request.state !== 'pending' || request.expiresAt <= at) {
      throw new GatewayError('transition_forbidden', 'This sign-in was decided already or has expired.');
    }
    if (decision === 'approved' && !person.roles.includes('maintainer')) throw new GatewayError('not_permitted');
    const holder = request.factor?.holder ?? request.confirmation?.holder;
    if (decision === 'approved' && holder !== undefined && holder !== person.id) {
      // Whoever holds a stolen key would otherwise send the link to anybody who believes them. The refusal is no
      // exception yet: thrown in here, it would take its own event back.
      const body = { signIn: request.id, holder, decision };
      await appendAuditEvent(tx, deps.clock, { type: 'ssh.sign_in_decision_refused', actor: person.id, body });
      return true;
    }
    const decided = await updateDecision(tx, { id: request.id, state: decision, personId: person.id, at });
    invariant(decided === 1, 'a locked pending sign-in is decided once');
    await appendAuditEvent(tx, deps.clock, {
      type: 'ssh.sign_in_decided',
      actor: person.id,
      body: { signIn: request.id, decision },
    });
    return false;
  });
  if (refused) throw new GatewayError('not_permitted', 'This sign-in is of another person: only they can approve it.');
}
