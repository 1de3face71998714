import { Router } from 'express';
import { z } from 'zod';
import type { Queryable } from '../../foundation/index.ts';
import { AUDIT_EVENTS, type AuditEventType, listAuditEvents, type StoredAuditEvent } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireReader } from './permissions.ts';
import { namesOf } from './queries.ts';
import { query } from './request.ts';

const PAGE_ROWS = 50;
export const AuditQuery = z.strictObject({
  before: z
    .string()
    .regex(/^[1-9]\d{0,15}$/, 'must be a whole number')
    .transform(Number)
    .optional(),
  type: z
    .custom<AuditEventType>((type) => typeof type === 'string' && Object.hasOwn(AUDIT_EVENTS, type), 'no such event')
    .meta({ type: 'string', description: 'One of docs/reference/audit-events.md' })
    .optional(),
});

export function auditEventRoutes({ database }: WebApiDeps): Router {
  const router = Router();
  router.get('/audit-events', async (request, response) => {
    requireReader(principalOf(request).person, 'auditEvents');
    const { before, type } = query(AuditQuery, request);
    const events = await listAuditEvents(database, {
      ...(type === undefined ? {} : { types: [type] }),
      ...(before === undefined ? {} : { before }),
      limit: PAGE_ROWS,
    });
    response.json({ events: await withActorNames(database, events) });
  });
  return router;
}

/** Events with the name their actor has now beside the id, which is what was written. */
export async function withActorNames(db: Queryable, events: readonly StoredAuditEvent[]) {
  const actors = events.flatMap(({ actor }) => (actor === null ? [] : [actor]));
  const names = await namesOf(db, [...new Set(actors)]);
  return events.map((event) => ({
    ...event,
    actorName: event.actor === null ? null : (names.get(event.actor) ?? null),
  }));
}
