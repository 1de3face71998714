/** What the running process goes by: its configuration without secrets, its keys, its witnesses, how recordings are kept. */
import { Router } from 'express';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireReader } from './permissions.ts';

export function configurationRoutes({ administration, protection, witnessDelay, workers, mode }: WebApiDeps): Router {
  const router = Router();
  router.get('/configuration', async (request, response) => {
    requireReader(principalOf(request).person, 'configuration');
    const delay = witnessDelay();
    response.json({
      ...{ mode, ...administration.configuration(), workers: workers(), protection: await protection() },
      authorities: await administration.authorities(),
      witnesses: { ...(await administration.witnesses()), lateSince: delay?.since ?? null },
    });
  });
  return router;
}
