/** Terminals in the browser: asked for here, opened by the WebSocket that follows (terminal-door.ts). */
import { Router } from 'express';
import { z } from 'zod';
import { LIMITS } from '../../foundation/index.ts';
import { factorServesUntil } from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, params, uuid } from './request.ts';
import { sourceAddress } from './source-address.ts';

const side = z.int().min(1).max(LIMITS.terminalSideMax);
export const New = z.strictObject({
  loginName: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}(%[a-z0-9][a-z0-9-]{0,62})?$/, 'must name a target'),
  window: z.strictObject({ columns: side, rows: side }),
});
export const Back = z.strictObject({
  /** The place in the output up to which the page has drawn; null for a page that has drawn nothing. */
  since: z.int().nonnegative().nullable(),
});
export const Id = z.strictObject({ id: uuid });

export function terminalRoutes(deps: WebApiDeps): Router {
  const { terminals, clock, factorRules } = deps;
  const router = Router();

  router.get('/terminals', (request, response) => {
    response.json({ terminals: terminals.list(principalOf(request)) });
  });

  router.post('/terminals', (request, response) => {
    const principal = principalOf(request);
    const factorShown = factorServesUntil(principal, factorRules, clock.now()) !== null;
    const asked = { ...body(New, request), sourceAddress: sourceAddress(request), factorShown };
    response.status(201).json(terminals.ask(principal, asked));
  });

  router.post('/terminals/:id/openers', (request, response) => {
    const { id } = params(Id, request);
    const { since } = body(Back, request);
    const asked = { id, since, sourceAddress: sourceAddress(request) };
    response.status(201).json(terminals.askBack(principalOf(request), asked));
  });

  return router;
}
