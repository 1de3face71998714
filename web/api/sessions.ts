import { Router } from 'express';
import { z } from 'zod';
import { ticketOfSession } from '../../approvals/index.ts';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { VERDICTS } from '../../evidence/index.ts';
import type { Principal, SessionId } from '../../policy/index.ts';
import { listAuditEvents } from '../../recorder/index.ts';
import { withActorNames } from './audit-events.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { mayRead } from './permissions.ts';
import {
  selectSessions,
  type SessionCursor,
  sessionFacets,
  type SessionNarrowing,
  type VisibleSession,
} from './queries.ts';
import { moment, params, personId, query, sessionId, systemId, targetId } from './request.ts';
import { listLiveSessions } from './session-control.ts';
import { SessionParams } from './session-params.ts';

const PAGE_ROWS = 50;
const flag = z.literal('1').optional();

/** What a list of sessions can be narrowed by, as it stands behind the `?`. */
export const Narrowing = z.strictObject({
  person: personId.optional(),
  target: targetId.optional(),
  system: systemId.optional(),
  state: z.enum(['open', 'closed']).optional(),
  refusals: flag,
  exports: flag,
  verdict: z.enum([...VERDICTS, 'none']).optional(),
  from: moment.optional(),
  until: moment.optional(),
});

export const ListQuery = Narrowing.extend({
  box: z.enum(['mine', 'all', 'live']).default('mine'),
  /** Where the page before ended, as it said. */
  after: z
    .string()
    .regex(/^\d{1,15}\.[0-9a-f-]{36}$/, 'must be the end of a page')
    .optional(),
});

export function sessionRoutes(deps: WebApiDeps): Router {
  const { database } = deps;
  const router = Router();

  router.get('/sessions', async (request, response) => {
    const { person } = principalOf(request);
    const { box, after, ...narrowed } = query(ListQuery, request);
    if (box === 'live') {
      response.json({ sessions: await listLiveSessions(deps, person), next: null });
      return;
    }
    const found = await selectSessions(database, {
      ...{ viewer: person.id, seesEvery: mayRead(person, 'everySession'), box, limit: PAGE_ROWS + 1 },
      narrowing: narrowingOf(narrowed),
      ...(after === undefined ? {} : { after: cursorOf(after) }),
    });
    const page = found.slice(0, PAGE_ROWS).map(({ session }) => session);
    const last = found.length > PAGE_ROWS ? page.at(-1) : undefined;
    response.json({ sessions: page, next: last === undefined ? null : `${last.openedAt.getTime()}.${last.id}` });
  });

  router.get('/sessions/facets', async (request, response) => {
    const { person } = principalOf(request);
    response.json(await sessionFacets(database, person.id, mayRead(person, 'everySession')));
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

export function narrowingOf(asked: z.output<typeof Narrowing>): SessionNarrowing {
  const { person = null, target = null, system = null, state = null, verdict = null } = asked;
  const { from = null, until = null, refusals, exports } = asked;
  return {
    ...{ person, target, system, state, verdict, from, until },
    ...{ refusals: refusals === '1', exports: exports === '1' },
  };
}

function cursorOf(after: string): SessionCursor {
  const [millis = '', id] = after.split('.');
  const parsed = z.object({ id: sessionId, openedAt: z.date() }).safeParse({ id, openedAt: new Date(Number(millis)) });
  if (!parsed.success) throw new GatewayError('request_invalid', 'after: must be the end of a page.');
  return parsed.data;
}

/** @throws {GatewayError} `not_found`, also when it is somebody else's. */
export async function requireSession(
  { database }: WebApiDeps,
  { person }: Principal,
  id: SessionId,
): Promise<VisibleSession> {
  const seesEvery = mayRead(person, 'everySession');
  const [found] = await selectSessions(database, {
    ...{ viewer: person.id, seesEvery, id, box: 'all', limit: 1 },
  });
  if (found === undefined) throw new GatewayError('not_found');
  return found;
}
