/** Signing in and out. Pages of a browser, not calls: a failure sends the browser to the console, which says it. */
import { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { GatewayError, hasCode, LIMITS } from '../../foundation/index.ts';
import { closeWebSession, openWebSession, provisionPerson } from '../../identity/index.ts';
import { cookieOptions, pendingCookieName, readCookie, sessionCookieName } from './cookies.ts';
import type { WebApiDeps } from './deps.ts';
import { type OidcClient, PENDING_SECONDS } from './oidc.ts';
import { createRateLimit } from './rate-limit.ts';
import { body, params, query } from './request.ts';
import { localPath } from './return-path.ts';
import { siteEntryRoutes } from './site-entry.ts';
import { sourceAddress } from './source-address.ts';

const RETURN_CHARACTERS_MAX = 1_000;
const SignInQuery = z.strictObject({
  return: z.string().max(RETURN_CHARACTERS_MAX).optional(),
  provider: z.string().max(64).optional(),
  /** The provider asks anew, whoever is signed in there: a step up. */
  fresh: z.literal('1').optional(),
});
const Provider = z.strictObject({ provider: z.string().max(64).optional() });

export function authRoutes(deps: WebApiDeps): Router {
  const { publicUrl } = deps;
  const options = cookieOptions(publicUrl);
  const tries = createRateLimit(deps.clock, LIMITS.webSignInsPerMinuteMax);
  const pendingName = pendingCookieName(publicUrl);
  const router = Router();

  /** What the sign-in page offers. */
  router.get('/providers', (_request, response) => {
    response.json({ providers: deps.providers.map(({ name, title }) => ({ name, title })) });
  });

  router.get('/sign-in', async (request, response) => {
    tries.take(sourceAddress(request));
    const asked = query(SignInQuery, request);
    const returnPath = localPath(asked.return ?? '/', publicUrl);
    const { url, pending } = await providerOf(deps, asked.provider).begin(returnPath, asked.fresh === '1');
    response.cookie(pendingName, pending, { ...options, maxAge: PENDING_SECONDS * 1_000 });
    response.redirect(303, url.href);
  });

  router.get(['/callback', '/callback/:provider'], async (request, response) => {
    tries.take(sourceAddress(request));
    response.clearCookie(pendingName, options); // One try: a callback that is repeated finds nothing to finish.
    const { provider = 'default' } = params(Provider, request);
    const client = providerOf(deps, provider);
    const signIn = await client.finish(searchOf(request), readCookie(request, pendingName));
    const person = await provisionPerson(deps, signIn.claims, client.provisioning);
    const { idToken, providerSession, assurance, factorAt } = signIn;
    const opened = await openWebSession(deps, {
      ...{ person, idToken, providerSession, assurance, factorAt },
      issuer: signIn.claims.issuer,
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
    const url = closed === undefined ? new URL('/', publicUrl) : await signOutUrl(deps, closed);
    response.json({ url: url.href });
  });

  router.use(siteEntryRoutes(deps, tries));
  router.use(showInConsole(deps));
  return router;
}

/** The named one; the first when nobody named any. @throws {GatewayError} `not_found` */
function providerOf({ providers }: WebApiDeps, name: string | undefined): OidcClient {
  const found = name === undefined ? providers[0] : providers.find((one) => one.name === name);
  if (found === undefined) throw new GatewayError('not_found');
  return found;
}

/** A provider that does not answer must not keep anybody signed in here. */
async function signOutUrl(
  { providers, publicUrl, log }: WebApiDeps,
  { idToken, issuer }: { idToken: string | null; issuer: string | null },
): Promise<URL> {
  const home = new URL('/', publicUrl);
  const client = providers.find((one) => one.issuer.href === issuer || one.issuer.href === `${issuer}/`);
  if (client === undefined) return home;
  try {
    return await client.signOutUrl(idToken);
  } catch (thrown) {
    log.warn({ event: 'auth.sign_out_url_failed', err: thrown }, 'signed out here only');
    return home;
  }
}

function showInConsole({ log }: WebApiDeps) {
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (hasCode(thrown, 'sign_in_failed') || hasCode(thrown, 'provider_unreachable')) {
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
