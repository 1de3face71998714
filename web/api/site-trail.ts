/** What was done on a site, exchange by exchange. Each look is an event, as of any recording. */
import { Router } from 'express';
import { z } from 'zod';
import {
  appendAuditEvent,
  exportHar,
  openRecordingReader,
  readWebTrail,
  type WebExchange,
} from '../../recorder/index.ts';
import { LIMITS } from '../../foundation/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireRecording } from './recordings.ts';
import { query, params } from './request.ts';
import { sendPieces } from './send-pieces.ts';
import { SessionParams } from './session-params.ts';

export const TrailQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .default(0),
});
const HAR_VERSION = '1';

export function siteTrailRoutes(deps: WebApiDeps): Router {
  const { clock, database, log, recordings } = deps;
  const router = Router();

  router.get('/sessions/:id/trail', async (request, response) => {
    const { id } = params(SessionParams, request);
    const { after } = query(TrailQuery, request);
    const principal = principalOf(request);
    await requireRecording(deps, principal, id);
    await appendAuditEvent(database, clock, {
      ...{ type: 'recording.viewed', actor: principal.person.id, session: id },
      body: { session: id, form: 'trail' },
    });
    const exchanges: ReturnType<typeof shown>[] = [];
    let number = 0;
    let next: number | null = null;
    for await (const exchange of readWebTrail(openRecordingReader(recordings).frames(id))) {
      number += 1;
      if (number <= after) continue;
      if (exchanges.length === LIMITS.pageRowsMax) {
        next = number - 1;
        break;
      }
      exchanges.push(shown(exchange));
    }
    response.json({ exchanges, next });
  });

  router.get('/sessions/:id/trail.har', async (request, response) => {
    const { id } = params(SessionParams, request);
    const principal = principalOf(request);
    const session = await requireRecording(deps, principal, id);
    await appendAuditEvent(database, clock, {
      ...{ type: 'recording.viewed', actor: principal.person.id, session: id },
      body: { session: id, form: 'download', file: 'har' },
    });
    const origin = deps.sites?.originOf(session.target.name) ?? '';
    const trail = readWebTrail(openRecordingReader(recordings).frames(id));
    response.attachment(`${id}.har`).type('application/json; charset=utf-8');
    await sendPieces({ response, pieces: exportHar(trail, { origin, version: HAR_VERSION }), log, session: id });
  });

  return router;
}

const UNFINISHED = {
  ...{ outcome: 'unfinished', kind: '', title: '', found: [], rows: 0, bytesIn: 0, bytesOut: 0, millis: 0 },
  sha256Out: null,
} as const;

function shown({ at, asked, answered, done }: WebExchange) {
  const { outcome, kind, title, found, rows, bytesIn, bytesOut, millis, sha256Out: sha256 } = done ?? UNFINISHED;
  return {
    ...{ at: new Date(at).toISOString(), n: asked.n, method: asked.method, url: asked.url },
    ...{ status: answered?.status ?? null, outcome, kind, title, found, rows, bytesIn, bytesOut, millis, sha256 },
  };
}
