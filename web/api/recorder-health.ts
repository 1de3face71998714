import { Router } from 'express';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireReader } from './permissions.ts';

/** Whether recordings are kept from being changed and removed, or whether that would only be noticed. */
export function recorderHealthRoutes({ protection }: WebApiDeps): Router {
  const router = Router();
  router.get('/health/recorder', async (request, response) => {
    requireReader(principalOf(request).person, 'protection');
    response.json({ protection: await protection() });
  });
  return router;
}
