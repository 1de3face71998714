import { Router } from 'express';
import { z } from 'zod';
import { listAccountReports } from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireReader } from './permissions.ts';
import { body } from './request.ts';

/** The accounts that exist on targets beside those that are known. Everybody gets what they answer for. */
export function accountReportRoutes(deps: WebApiDeps): Router {
  const router = Router();
  router.get('/account-reports', async (request, response) => {
    response.json({ reports: await listAccountReports(deps, principalOf(request).person) });
  });
  router.post('/account-reports', async (request, response) => {
    requireReader(principalOf(request).person, 'accountInventory');
    body(z.strictObject({}), request);
    await deps.askAccountInventory();
    response.status(202).json({});
  });
  return router;
}
