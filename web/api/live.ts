/** Watching a session that goes on: noted before anything is shown, and asked anew while it lasts. */
import { once } from 'node:events';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { asError, GatewayError, LIMITS } from '../../foundation/index.ts';
import type { PersonId, SessionId } from '../../policy/index.ts';
import { appendAuditEvent, type LiveEvent, liveEvents } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf, stillSignedIn } from './guards.ts';
import { body, params, query } from './request.ts';
import { SessionParams } from './session-params.ts';
import { requireSession } from './sessions.ts';
import { createViews } from './views.ts';

export const LiveQuery = z.strictObject({ view: z.string().max(200) });

export function liveRoutes(deps: WebApiDeps): Router {
  const { database, clock } = deps;
  const router = Router();
  const views = createViews(clock);
  const watchers: PersonId[] = [];

  // A change, so that another site cannot begin it with our cookie; without its answer there is nothing to watch.
  router.post('/sessions/:id/watch', async (request, response) => {
    const { id } = params(SessionParams, request);
    body(z.strictObject({}), request);
    const { person } = principalOf(request);
    await requireWatchable(deps, request, id);
    await appendAuditEvent(database, clock, {
      ...{ type: 'recording.viewed', actor: person.id, session: id },
      body: { session: id, form: 'live' },
    });
    response.json({ view: views.issue(person.id, id) });
  });

  router.get('/sessions/:id/live', async (request, response) => {
    const { id } = params(SessionParams, request);
    const { view } = query(LiveQuery, request);
    await requireWatchable(deps, request, id);
    if (!views.holds(view, principalOf(request).person.id, id)) throw new GatewayError('not_permitted');
    const { id: watcher } = principalOf(request).person;
    // Of each watcher the gateway reads along for itself: nobody takes the places of the others.
    const own = watchers.filter((one) => one === watcher).length;
    if (watchers.length >= LIMITS.liveWatchersMax || own >= LIMITS.livePerPersonMax) {
      throw new GatewayError('too_many_requests');
    }
    watchers.push(watcher);
    try {
      await show(deps, { request, response, id });
    } finally {
      watchers.splice(watchers.indexOf(watcher), 1);
    }
  });

  return router;
}

/** @throws {GatewayError} `not_found`, `not_permitted` (their own work), `session_not_live`. */
async function requireWatchable(deps: WebApiDeps, request: Request, id: SessionId): Promise<void> {
  const { session, replayable } = await requireSession(deps, principalOf(request), id);
  if (!replayable) throw new GatewayError('not_permitted');
  if (session.closedAt !== null) throw new GatewayError('session_not_live');
}

interface Shown {
  readonly request: Request;
  readonly response: Response;
  readonly id: SessionId;
}

async function show(deps: WebApiDeps, { request, response, id }: Shown): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  const turns = liveEvents(deps.followSession(id, leaving.signal));
  const first = await turns.next(); // What cannot be read is an answer of its own, not a torn one.
  response.set({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  const send = async (text: string): Promise<void> => {
    // A watcher who reads slowly is waited for; nothing is kept for them.
    if (!response.write(text)) await once(response, 'drain', { signal: leaving.signal });
  };
  try {
    if (first.done !== true) await send(first.value.map(written).join(''));
    for (let turn = 1; !leaving.signal.aborted; turn++) {
      const next = await turns.next();
      if (next.done === true) break;
      if (next.value.length > 0) await send(next.value.map(written).join(''));
      if (turn % LIMITS.liveRecheckTurns === 0 && !(await goesOn(deps, request, id))) break;
      if (turn % ALIVE_TURNS === 0) await send(': there\n\n');
    }
    response.write('event: done\ndata: {}\n\n');
  } catch (thrown) {
    if (!leaving.signal.aborted) deps.log.info({ event: 'http.live_torn', session: id, err: asError(thrown) }, 'torn');
  } finally {
    leaving.abort();
    await turns.return();
    response.end();
  }
}

const ALIVE_TURNS = 60;

/** A lock, an ended sign-in and a right taken away act here too; a session that ended is seen to its last byte. */
async function goesOn(deps: WebApiDeps, request: Request, id: SessionId): Promise<boolean> {
  if (!(await stillSignedIn(deps, request))) return false;
  return requireWatchable(deps, request, id).then(
    () => true,
    () => false,
  );
}

function written(event: LiveEvent): string {
  const name = event.kind === 'marker' ? 'event: marker\n' : '';
  return `${name}data: ${JSON.stringify(valueOf(event))}\n\n`;
}

function valueOf(event: LiveEvent): unknown {
  if (event.kind === 'marker') return event.marker;
  if (event.kind === 'event') return [event.at / 1_000, event.code, event.data];
  const { kind: _, ...reset } = event;
  return reset;
}
