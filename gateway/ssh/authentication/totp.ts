/** A code of the holder's authenticator app, typed in the terminal, beside a key whose signature was good. */
import { LIMITS } from '../../../foundation/index.ts';
import { checkTotp } from '../../../identity/index.ts';
import { message } from '../../../messages/index.ts';
import type { PersonId } from '../../../policy/index.ts';
import type { KeyboardAuthContext } from '../library/index.ts';
import type { Arrival, AuthenticationDeps } from './model.ts';
import { ask, inBoth } from './words.ts';

/** `browser`: nothing was typed, which asks for the approval in the browser instead. */
export type CodeAnswer = 'accepted' | 'refused' | 'browser' | 'gone';

/** Asks once; the code is bound to this person, and used up by it. */
export async function askCode(
  deps: AuthenticationDeps,
  arrival: Arrival,
  context: KeyboardAuthContext,
  holder: PersonId,
): Promise<CodeAnswer> {
  arrival.extendGrace(LIMITS.sshBrowserApprovalSeconds);
  const aborted = new AbortController();
  context.once('abort', () => aborted.abort());
  const gone = AbortSignal.any([arrival.signal, aborted.signal]);
  const text = inBoth((locale) => message(locale, 'sign_in.code'));
  const code = await ask(context, { text, prompt: message('en', 'sign_in.code_prompt') }, gone);
  if (code === undefined) return 'gone';
  if (code.trim() === '') return 'browser';
  const answer = await checkTotp(deps, holder, { code: code.slice(0, LIMITS.totpCodeCharactersMax), where: 'ssh' });
  return answer === 'accepted' ? 'accepted' : 'refused';
}
