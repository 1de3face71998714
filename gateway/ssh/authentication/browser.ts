/** The approval in the browser: of whoever signs in there, or of the one person whose key signed already. */
import { LIMITS } from '../../../foundation/index.ts';
import {
  insertApprovedConnection,
  requestSignIn,
  type SignInFactor,
  type SignInRequest,
  waitForSignIn,
  wordsOf,
} from '../../../identity/index.ts';
import { message } from '../../../messages/index.ts';
import type { Locale, Person } from '../../../policy/index.ts';
import type { KeyboardAuthContext } from '../library/index.ts';
import type { Arrival, AuthenticationDeps } from './model.ts';
import { inBoth, show, wordLine } from './words.ts';

export type BrowserAnswer =
  | { readonly approved: true; readonly person: Person; readonly signIn: string }
  /** `gone`: the client, before anybody answered. */
  | { readonly approved: false; readonly gone: boolean };

/** Shows where to approve and waits for it, `LIMITS.sshBrowserApprovalSeconds` at most. */
export async function askBrowser(
  deps: AuthenticationDeps,
  arrival: Arrival,
  context: KeyboardAuthContext,
  factor: SignInFactor | null,
): Promise<BrowserAnswer> {
  const { sourceAddress, signal, extendGrace } = arrival;
  const seconds = LIMITS.sshBrowserApprovalSeconds;
  const request = await requestSignIn(deps, { loginName: context.username, sourceAddress, seconds, factor });
  extendGrace(seconds);
  const url = new URL(`/ssh/${request.code}`, deps.publicUrl).href;
  const aborted = new AbortController();
  context.once('abort', () => aborted.abort());
  const gone = AbortSignal.any([signal, aborted.signal]);
  const text = inBoth((locale) =>
    message(locale, 'sign_in.instructions', { url, code: request.code, words: shownWords(request, locale) }),
  );
  await show(context, text, gone);
  const person = await waitForSignIn(deps, request.id, gone);
  // The database keeps this too; a sign-in of somebody else with this person's key must not hang on one check.
  const isHolder = factor === null || person?.id === factor.holder;
  if (person !== undefined && isHolder && !gone.aborted) {
    const { connectionId } = arrival;
    await insertApprovedConnection(deps.database, { connectionId, signInId: request.id, at: deps.clock.now() });
    return { approved: true, person, signIn: request.id };
  }
  await show(
    context,
    inBoth((locale) => wordLine(locale, 'sign_in.not_approved', 'not_approved')),
    gone,
  );
  return { approved: false, gone: gone.aborted };
}

function shownWords({ words }: SignInRequest, locale: Locale): string {
  return words === null ? '' : wordsOf(words, locale);
}
