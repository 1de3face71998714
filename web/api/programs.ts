import { Router } from 'express';
import { z } from 'zod';
import { decideProgram, listPrograms } from '../../approvals/index.ts';
import { LIMITS } from '../../foundation/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, params, typed } from './request.ts';

export const Decision = z.strictObject({
  decision: z.enum(['accept', 'decline']),
  reason: typed(LIMITS.reasonCharactersMax),
});

/** Programs the gate does not know, for the owners of the systems they were met on. */
export function programRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/programs', async (request, response) => {
    response.json({ programs: await listPrograms(deps, principalOf(request)) });
  });

  router.post('/programs/:id/decision', async (request, response) => {
    const { id } = params(z.strictObject({ id: z.uuid() }), request);
    await decideProgram(deps, principalOf(request), id, body(Decision, request));
    response.status(204).end();
  });

  return router;
}
