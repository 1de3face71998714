import { Router } from 'express';
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import {
  decideSignIn,
  factorServesUntil,
  findSignIn,
  offeredPairs,
  type SignInRequest,
  type WordPair,
  wordsOf,
} from '../../identity/index.ts';
import type { Principal } from '../../policy/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { createRateLimit } from './rate-limit.ts';
import { body, params } from './request.ts';

export const Code = z.strictObject({ code: z.string().max(32) });
export const Decision = z.strictObject({
  decision: z.enum(['approved', 'denied']),
  words: z.tuple([z.int(), z.int()]).optional(),
});

export function sshSignInRoutes(deps: WebApiDeps): Router {
  const misses = createRateLimit(deps.clock, LIMITS.unknownCodesPerMinuteMax);
  const router = Router();

  /** Only wrong codes are counted: whoever guesses is stopped, a page that asks again for its own code is not. */
  const find = async ({ person }: Principal, code: string): Promise<SignInRequest> => {
    misses.check(person.id);
    const signIn = await findSignIn(deps, code);
    if (signIn !== undefined) return signIn;
    misses.take(person.id);
    throw new GatewayError('not_found');
  };

  router.get('/ssh-sign-ins/:code', async (request, response) => {
    const signIn = await find(principalOf(request), params(Code, request).code);
    const { code, loginName, sourceAddress, state, expiresAt } = signIn;
    const purpose = signIn.confirmation?.purpose ?? 'sign_in';
    const { id, words } = signIn;
    const choices = words === null ? null : offeredPairs(id, words).map(choiceOf);
    response.json({ signIn: { code, loginName, sourceAddress, state, expiresAt, purpose, choices } });
  });

  router.post('/ssh-sign-ins/:code/decision', async (request, response) => {
    const principal = principalOf(request);
    const { decision, words } = body(Decision, request);
    const { code } = await find(principal, params(Code, request).code);
    const factorServes = factorServesUntil(principal, deps.factorRules, deps.clock.now()) !== null;
    const webSessionId = principal.session.id;
    await decideSignIn(deps, principal, { code, decision, words: words ?? null, webSessionId, factorServes });
    response.status(204).end();
  });

  return router;
}

function choiceOf(words: WordPair) {
  return { words, en: wordsOf(words, 'en'), ja: wordsOf(words, 'ja') };
}
