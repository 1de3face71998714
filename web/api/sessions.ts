import { Router } from 'express';
import { z } from 'zod';
import { ticketOfSession } from '../../approvals/index.ts';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { Principal, SessionId } from '../../policy/index.ts';
import { listAuditEvents } from '../../recorder/index.ts';
import { withActorNames } from './audit-events.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { mayRead } from './permissions.ts';
import { selectSessions, type VisibleSession } from './queries.ts';
import { moment, params, query } from './request.ts';
import { listLiveSessions } from './session-control.ts';
import { SessionParams } from './session-params.ts';

const PAGE_ROWS = 50;
const ListQuery = z.strictObject({ box: z.enum(['mine', 'all', 'live']).default('mine'), before: moment.optional() });

export function sessionRoutes(deps: WebApiDeps): Router {
  const { database } = deps;
  const router = Router();

  router.get('/sessions', async (request, response) => {
    const { person } = principalOf(request);
    const { box, before = null } = query(ListQuery, request);
    if (box === 'live') {
      response.json({ sessions: await listLiveSessions(deps, person) });
      return;
    }
    const seesEvery = mayRead(person, 'everySession');
    const found = await selectSessions(database, {
      ...{ viewer: person.id, seesEvery, box, before },
      id: null,
      limit: PAGE_ROWS,
    });
    response.json({ sessions: found.map(({ session }) => session) });
  });

  router.get('/sessions/:id', async (request, response) => {
    const { id } = params(SessionParams, request);
    const { session, replayable } = await requireSession(deps, principalOf(request), id);
    const events = await listAuditEvents(database, { sessionId: id, limit: LIMITS.pageRowsMax });
    response.json({
      session,
      // Who looked at a recording is for those who answer for it, not for the one who was looked at.
      events: await withActorNames(
        database,
        replayable ? events : events.filter(({ type }) => !type.startsWith('recording.')),
      ),
      ticket: (await ticketOfSession(database, id)) ?? null,
    });
  });

  return router;
}

/** @throws {GatewayError} `not_found`, also when it is somebody else's. */
export async function requireSession(
  { database }: WebApiDeps,
  { person }: Principal,
  id: SessionId,
): Promise<VisibleSession> {
  const seesEvery = mayRead(person, 'everySession');
  const [found] = await selectSessions(database, {
    ...{ viewer: person.id, seesEvery, id },
    box: 'all',
    before: null,
    limit: 1,
  });
  if (found === undefined) throw new GatewayError('not_found');
  return found;
}
