import { Router } from 'express';
import { z } from 'zod';
import { AUDIT_EVENTS, type AuditEventType, listAuditEvents } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireReader } from './permissions.ts';
import { query } from './request.ts';

const PAGE_ROWS = 50;
const ListQuery = z.strictObject({
  before: z
    .string()
    .regex(/^[1-9]\d{0,15}$/, 'must be a whole number')
    .transform(Number)
    .optional(),
  type: z
    .custom<AuditEventType>((type) => typeof type === 'string' && Object.hasOwn(AUDIT_EVENTS, type), 'no such event')
    .optional(),
});

export function auditEventRoutes({ database }: WebApiDeps): Router {
  const router = Router();
  router.get('/audit-events', async (request, response) => {
    requireReader(principalOf(request).person, 'auditEvents');
    const { before, type } = query(ListQuery, request);
    const events = await listAuditEvents(database, {
      ...(type === undefined ? {} : { types: [type] }),
      ...(before === undefined ? {} : { before }),
      limit: PAGE_ROWS,
    });
    response.json({ events });
  });
  return router;
}
