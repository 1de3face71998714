import { GatewayError, invariant } from '../../foundation/index.ts';
import type { Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireUnlocked } from '../persons/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import { lockSignIn, updateDecision } from './queries.ts';
import { normalizeCode } from './request.ts';
import type { WordPair } from './words.ts';

export interface SignInDecision {
  readonly code: string;
  readonly decision: 'approved' | 'denied';
  /** The pair that was picked; needed to approve where the terminal shows one. */
  readonly words?: WordPair | null;
  /** The sign-in at the console that decides. */
  readonly webSessionId?: string | null;
}

/**
 * The signed-in person says that the waiting SSH connection is theirs, or that it is not. Approving makes it theirs,
 * so only a maintainer may, and only the holder of the key where a key signed already, or who is asked to confirm;
 * denying lets nobody in, so anybody with the code may.
 * @throws {GatewayError} `not_found`, `transition_forbidden` (decided or expired), `not_permitted`, `person_locked`,
 * `words_wrong` (the sign-in is denied then).
 */
export async function decideSignIn(
  deps: IdentityDeps,
  principal: Principal,
  { code, decision, words = null, webSessionId = null }: SignInDecision,
): Promise<void> {
  const refusal = await deps.database.inTransaction(async (tx) => {
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
      return 'not_permitted' as const;
    }
    // Whoever picks other words has another sign-in before them than they think: this one is nobody's to approve any more.
    const isOther = decision === 'approved' && !sameWords(request.words, words);
    const state = isOther ? 'denied' : decision;
    const decided = await updateDecision(tx, { id: request.id, state, personId: person.id, webSessionId, at });
    invariant(decided === 1, 'a locked pending sign-in is decided once');
    await appendAuditEvent(tx, deps.clock, {
      type: 'ssh.sign_in_decided',
      actor: person.id,
      body: { signIn: request.id, decision: state },
    });
    return isOther ? ('words_wrong' as const) : undefined;
  });
  if (refusal === 'words_wrong') throw new GatewayError('words_wrong');
  if (refusal !== undefined)
    throw new GatewayError('not_permitted', 'This sign-in is of another person: only they can approve it.');
}

function sameWords(shown: WordPair | null, picked: WordPair | null): boolean {
  return shown === null || (picked !== null && shown[0] === picked[0] && shown[1] === picked[1]);
}
