import { GatewayError, invariant, type Transaction } from '../../foundation/index.ts';
import type { Person, Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireUnlocked } from '../persons/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import { lockSignIn, selectSignInBehind, type SignInRequest, updateDecision } from './queries.ts';
import { normalizeCode } from './request.ts';
import type { WordPair } from './words.ts';

export interface SignInDecision {
  readonly code: string;
  readonly decision: 'approved' | 'denied';
  /** The pair that was picked; needed to approve where the terminal shows one. */
  readonly words?: WordPair | null;
  /** The sign-in at the console that decides. */
  readonly webSessionId?: string | null;
  /** Whether that sign-in showed a second factor a moment ago. */
  readonly factorServes?: boolean;
}

/**
 * The signed-in person says that the waiting SSH connection is theirs, or that it is not. Approving makes it theirs,
 * so only a maintainer may, and only the holder of the key where a key signed already, or who is asked to confirm;
 * denying lets nobody in, so anybody with the code may.
 * @throws {GatewayError} `not_found`, `transition_forbidden` (decided or expired), `not_permitted`, `person_locked`,
 * `words_wrong` (the sign-in is denied then), `step_up_required` (a terminal of the sign-in that decides).
 */
export async function decideSignIn(
  deps: IdentityDeps,
  principal: Principal,
  { code, decision, words = null, webSessionId = null, factorServes = false }: SignInDecision,
): Promise<void> {
  const refusal = await deps.database.inTransaction(async (tx) => {
    const person = await requireUnlocked(tx, principal.person.id);
    const request = await lockSignIn(tx, normalizeCode(code));
    if (request === undefined) throw new GatewayError('not_found');
    const at = deps.clock.now();
    if (request.state !== 'pending' || request.expiresAt <= at) {
      throw new GatewayError('transition_forbidden', 'This sign-in was decided already or has expired.');
    }
    if (decision === 'approved') {
      if (!person.roles.includes('maintainer')) throw new GatewayError('not_permitted');
      if (await isForeign(tx, deps, request, person)) return 'not_permitted' as const;
      if (!factorServes) await requireOtherSignIn(tx, request, webSessionId);
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

/**
 * Whether only another person may approve it: whoever holds a stolen key would otherwise send the link to anybody who
 * believes them. The refusal is no exception yet: thrown in here, it would take its own event back.
 */
async function isForeign(
  tx: Transaction,
  { clock }: IdentityDeps,
  { id, factor, confirmation }: SignInRequest,
  person: Person,
): Promise<boolean> {
  const holder = factor?.holder ?? confirmation?.holder;
  if (holder === undefined || holder === person.id) return false;
  const body = { signIn: id, holder, decision: 'approved' as const };
  await appendAuditEvent(tx, clock, { type: 'ssh.sign_in_decision_refused', actor: person.id, body });
  return true;
}

/**
 * What a system that always asks is confirmed by has to be a second factor: whoever took over a browser opens a terminal
 * and confirms it in one and the same sign-in, which proves nothing more than the first did.
 */
async function requireOtherSignIn(tx: Transaction, request: SignInRequest, webSessionId: string | null): Promise<void> {
  if (request.confirmation?.purpose !== 'session' || webSessionId === null) return;
  const letInBy = await selectSignInBehind(tx, request.confirmation.connectionId);
  if (letInBy === webSessionId) throw new GatewayError('step_up_required');
}

function sameWords(shown: WordPair | null, picked: WordPair | null): boolean {
  return shown === null || (picked !== null && shown[0] === picked[0] && shown[1] === picked[1]);
}
