import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { z } from 'zod';
import { asError, GatewayError } from '../../foundation/index.ts';
import type { Principal, SessionId } from '../../policy/index.ts';
import { appendAuditEvent, exportAsciicast3, openRecordingReader, verifySession } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, params, query } from './request.ts';
import { SessionParams } from './session-params.ts';
import { requireSession } from './sessions.ts';

export const CastQuery = z.strictObject({ download: z.literal('1').optional() });

export function recordingRoutes(deps: WebApiDeps): Router {
  const { database, clock, recordings, log } = deps;
  const router = Router();

  router.get('/sessions/:id/recording.cast', async (request, response) => {
    const { id } = params(SessionParams, request);
    const form = query(CastQuery, request).download === '1' ? 'download' : 'replay';
    const principal = principalOf(request);
    await requireRecording(deps, principal, id);
    // Before the first byte: nobody looks unseen, not even by closing the connection early.
    await appendAuditEvent(database, clock, {
      type: 'recording.viewed',
      actor: principal.person.id,
      session: id,
      body: { session: id, form },
    });
    const lines = exportAsciicast3(openRecordingReader(recordings).frames(id));
    const first = await lines.next(); // A recording that cannot be read is an answer of its own, not a torn one.
    if (form === 'download') response.attachment(`${id}.cast`);
    response.type('application/x-asciicast; charset=utf-8');
    try {
      await pipeline(Readable.from(resume(first, lines), { objectMode: true, highWaterMark: 16 }), response);
    } catch (thrown) {
      log.info({ event: 'http.recording_torn', session: id, err: asError(thrown) }, 'recording not sent to its end');
    }
  });

  router.post('/sessions/:id/verify', async (request, response) => {
    const { id } = params(SessionParams, request);
    body(z.strictObject({}), request);
    const principal = principalOf(request);
    await requireRecording(deps, principal, id);
    const report = await verifySession({ ...recordings, sessionId: id });
    await appendAuditEvent(database, clock, {
      type: 'recording.verified',
      actor: principal.person.id,
      session: id,
      body: { session: id, verdict: report.verdict },
    });
    response.json({ report });
  });

  return router;
}

/** @throws {GatewayError} `not_found` (not theirs, or not sealed yet), `not_permitted` (their own work). */
export async function requireRecording(deps: WebApiDeps, principal: Principal, id: SessionId) {
  const { session, replayable } = await requireSession(deps, principal, id);
  if (!replayable) throw new GatewayError('not_permitted');
  if (!session.sealed) throw new GatewayError('not_found', 'The recording is not sealed yet.');
  return session;
}

async function* resume(first: IteratorResult<string, void>, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
