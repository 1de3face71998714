/** What the token of a machine opens: reading, asking, and the steps of tickets. What lets somebody in is the console's. */
import { type RequestHandler, Router } from 'express';
import { GatewayError } from '../../foundation/index.ts';
import { revokeApiToken } from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { isByToken, principalOf } from './guards.ts';

const READ = [
  ...['/me', '/targets', '/refused-acts/:id', '/notifications', '/openapi.json'],
  ...['/tickets', '/tickets/choices', '/tickets/drafts', '/tickets/:id'],
  ...['/sessions', '/sessions/facets', '/sessions/:id', '/sessions/:id/transcript'],
] as const;
const SENT = [
  ...['/tickets', '/tickets/access', '/tickets/transfer', '/tickets/emergency'],
  ...['/tickets/:id/decision', '/tickets/:id/question', '/tickets/:id/answer', '/tickets/:id/withdraw'],
  ...['/tickets/:id/revoke', '/tickets/:id/finish', '/tickets/:id/report'],
] as const;

/**
 * Routes of the same patterns as what they open, before everything else. A token that was stolen, or fetched with an
 * approval by trickery, must not approve the next sign-in, enrol a key or a factor, or open a terminal: what is not named
 * here is refused.
 */
export function apiTokenGuard(deps: WebApiDeps): Router {
  const router = Router();
  const open: RequestHandler = (_request, _response, next) => next('router');
  router.use((request, _response, next) => next(isByToken(request) ? undefined : 'router'));
  for (const path of READ) router.get(path, open);
  for (const path of SENT) router.post(path, open);
  router.delete('/tokens/current', async (request, response) => {
    await revokeApiToken(deps, principalOf(request));
    response.status(204).end();
  });
  router.use(() => {
    throw new GatewayError('console_only');
  });
  return router;
}

/** For who is signed in at the console there is no such token. */
export function apiTokenRoutes(): Router {
  const router = Router();
  router.delete('/tokens/current', () => {
    throw new GatewayError('not_found');
  });
  return router;
}
