/** Replays as the player takes them. Every look is an event before its first byte. */
import { Router } from 'express';
import { z } from 'zod';
import { playerIndex, playerSegment } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireRecording } from './recordings.ts';
import { createLooks, openReplay, WAIT_MILLIS, whole } from './replay-looks.ts';
import { markersOfEvents } from './replay-markers.ts';
import { transcriptRoutes } from './replay-transcript.ts';
import { body, params, query, sessionId } from './request.ts';
import { SessionParams } from './session-params.ts';

export const ViewQuery = z.strictObject({
  view: z.string().max(200).optional(),
  pauses: z.enum(['cut', 'kept']).default('cut'),
});
export const SegmentParams = z.strictObject({ id: sessionId, segment: whole });

export function replayRoutes(deps: WebApiDeps): Router {
  const { database, derived } = deps;
  const router = Router();
  const looks = createLooks(deps);

  router.post('/sessions/:id/replay', async (request, response) => {
    const { id } = params(SessionParams, request);
    body(z.strictObject({}), request);
    await requireRecording(deps, principalOf(request), id);
    const replay = await derived.replay(id, WAIT_MILLIS);
    if (replay === 'building') {
      response.status(202).json({ state: 'building' });
      return;
    }
    await using found = replay;
    const view = await looks.enter(request, id, { view: undefined, form: 'replay' });
    const { segments: _, transcript, markers: marked, ...index } = found.index;
    const decided = await markersOfEvents(database, found.index);
    const markers = [...marked, ...decided].sort((one, other) => one.at - other.at);
    response.json({ state: 'ready', view, ...index, markers, parts: transcript.length });
  });

  router.get('/sessions/:id/replay/index.json', async (request, response) => {
    const { id } = params(SessionParams, request);
    const asked = query(ViewQuery, request);
    const view = await looks.enter(request, id, { view: asked.view, form: 'replay' });
    await using replay = await openReplay(derived, id);
    const markers = [...replay.index.markers, ...(await markersOfEvents(database, replay.index))];
    const search = new URLSearchParams({ view, pauses: asked.pauses }).toString();
    response.json(playerIndex(replay.index, asked.pauses, { markers, urlOf: (n) => `segments/${n}.json?${search}` }));
  });

  router.get('/sessions/:id/replay/segments/:segment.json', async (request, response) => {
    const { id, segment } = params(SegmentParams, request);
    const asked = query(ViewQuery, request);
    await looks.enter(request, id, { view: asked.view, form: 'replay' });
    await using replay = await openReplay(derived, id);
    response.json(playerSegment(replay.index, await replay.segment(segment), asked.pauses));
  });

  router.use(transcriptRoutes(deps, looks));
  return router;
}
