import { Router } from 'express';
import { z } from 'zod';
import { listNotifications, markNotificationRead } from '../../approvals/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, params } from './request.ts';

export function notificationRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/notifications', async (request, response) => {
    response.json({ notifications: await listNotifications(deps.database, principalOf(request).person.id) });
  });

  router.post('/notifications/:id/read', async (request, response) => {
    const { id } = params(z.strictObject({ id: z.guid() }), request);
    body(z.strictObject({}), request);
    await markNotificationRead(deps, principalOf(request).person.id, id);
    response.status(204).end();
  });

  return router;
}
