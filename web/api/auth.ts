/** Signing in and out. Pages of a browser, not calls: a failure sends the browser to the console, which says it. */
import { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { closeWebSession, openWebSession, provisionPerson } from '../../identity/index.ts';
import { cookieOptions, pendingCookieName, readCookie, sessionCookieName } from './cookies.ts';
import type { WebApiDeps } from './deps.ts';
import { PENDING_SECONDS } from './oidc.ts';
import { createRateLimit } from './rate-limit.ts';
import { body, query } from './request.ts';
import { localPath } from './return-path.ts';
import { sourceAddress } from './source-address.ts';

const RETURN_CHARACTERS_MAX = 1_000;
const SignInQuery = z.strictObject({ return: z.string().max(RETURN_CHARACTERS_MAX).optional() });

export function authRoutes(deps: WebApiDeps): Router {
  const { publicUrl, oidc } = deps;
  const options = cookieOptions(publicUrl);
  const tries = createRateLimit(deps.clock, LIMITS.webSignInsPerMinuteMax);
  const pendingName = pendingCookieName(publicUrl);
  const router = Router();

  router.get('/sign-in', async (request, response) => {
    tries.take(sourceAddress(request));
    const returnPath = localPath(query(SignInQuery, request).return ?? '/', publicUrl);
    const { url, pending } = await oidc.begin(returnPath);
    response.cookie(pendingName, pending, { ...options, maxAge: PENDING_SECONDS * 1_000 });
    response.redirect(303, url.href);
  });

  router.get('/callback', async (request, response) => {
    tries.take(sourceAddress(request));
    response.clearCookie(pendingName, options); // One try: a callback that is repeated finds nothing to finish.
    const signIn = await oidc.finish(searchOf(request), readCookie(request, pendingName));
    const person = await provisionPerson(deps, signIn.claims);
    const { issuer } = signIn.claims;
    const opened = await openWebSession(deps, {
      person,
      issuer,
      idToken: signIn.idToken,
      sourceAddress: sourceAddress(request),
    });
    // A new token for every sign-in, never the browser's old one: nobody can prepare a session for somebody else.
    response.cookie(sessionCookieName(publicUrl), opened.token.expose(), { ...options, expires: opened.expiresAt });
    response.redirect(303, signIn.returnPath);
  });

  router.post('/sign-out', async (request, response) => {
    body(z.strictObject({}), request);
    const token = readCookie(request, sessionCookieName(publicUrl));
    const closed = token === undefined ? undefined : await closeWebSession(deps, token);
    response.clearCookie(sessionCookieName(publicUrl), options);
    const url = closed === undefined ? new URL('/', publicUrl) : await signOutUrl(deps, closed.idToken);
    response.json({ url: url.href });
  });

  router.use(showInConsole(deps));
  return router;
}

/** A provider that does not answer must not keep anybody signed in here. */
async function signOutUrl({ oidc, publicUrl, log }: WebApiDeps, idToken: string | null): Promise<URL> {
  try {
    return await oidc.signOutUrl(idToken);
  } catch (thrown) {
    log.warn({ event: 'auth.sign_out_url_failed', err: thrown }, 'signed out here only');
    return new URL('/', publicUrl);
  }
}

function showInConsole({ log }: WebApiDeps) {
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (thrown instanceof GatewayError && thrown.code === 'sign_in_failed') {
      log.info({ event: 'auth.sign_in_failed', err: thrown }, 'sign-in failed');
    }
    const page =
      thrown instanceof GatewayError && request.method === 'GET' && request.accepts(['json', 'html']) === 'html';
    if (page) response.redirect(303, `/?error=${thrown.code}`);
    else next(thrown);
  };
}

function searchOf(request: Request): string {
  const at = request.originalUrl.indexOf('?');
  return at === -1 ? '' : request.originalUrl.slice(at);
}
