import { Router } from 'express';
import { z } from 'zod';
import { chooseSubstitute, dismissSubstitute, listSubstitutes } from '../../approvals/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, moment, params, personId } from './request.ts';

export const Chosen = z.strictObject({ substitute: personId, startsAt: moment, endsAt: moment });

/** Whom an owner chose to act for them while they are away. */
export function substituteRoutes(deps: WebApiDeps): Router {
  const router = Router();
  router.get('/substitutes', async (request, response) => {
    response.json(await listSubstitutes(deps, principalOf(request).person));
  });
  router.post('/substitutes', async (request, response) => {
    await chooseSubstitute(deps, principalOf(request).person, body(Chosen, request));
    response.status(204).end();
  });
  router.delete('/substitutes/:id', async (request, response) => {
    const { id } = params(z.strictObject({ id: z.uuid() }), request);
    await dismissSubstitute(deps, principalOf(request).person, id);
    response.status(204).end();
  });
  return router;
}
