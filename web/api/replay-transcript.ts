/** Transcripts, keystrokes and what may be taken along of a recording. */
import { type Response, Router } from 'express';
import { z } from 'zod';
import { LIMITS } from '../../foundation/index.ts';
import type { SessionId } from '../../policy/index.ts';
import {
  appendAuditEvent,
  commandsCsv,
  exportAsciicast2,
  exportAsciicast3,
  type OpenReplay,
  transcriptText,
} from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireReader } from './permissions.ts';
import { requireRecording } from './recordings.ts';
import { EXPORTED, type Exported, type Looks, openReplay, whole } from './replay-looks.ts';
import { body, params, query, sessionId, typed } from './request.ts';
import { sendPieces } from './send-pieces.ts';
import { SessionParams } from './session-params.ts';

export const TranscriptQuery = z.strictObject({ view: z.string().max(200).optional(), part: whole.default(0) });
export const ExportParams = z.strictObject({ id: sessionId, file: z.enum(EXPORTED) });
export const Reason = z.strictObject({
  reason: typed(LIMITS.reasonCharactersMax).refine((text) => text.trim() !== ''),
});

export function transcriptRoutes(deps: WebApiDeps, looks: Looks): Router {
  const { database, clock, derived } = deps;
  const router = Router();

  router.get('/sessions/:id/transcript', async (request, response) => {
    const { id } = params(SessionParams, request);
    const { view, part } = query(TranscriptQuery, request);
    const seen = await looks.enter(request, id, { view, form: 'transcript' });
    await using replay = await openReplay(derived, id);
    const { startedAt, transcript } = replay.index;
    const lines = part < transcript.length ? await replay.transcript(part) : [];
    response.json({ view: seen, startedAt, lines, next: part + 1 < transcript.length ? part + 1 : null });
  });

  // Passwords are in it: a second permission, and the reason is kept.
  router.post('/sessions/:id/keystrokes', async (request, response) => {
    const { id } = params(SessionParams, request);
    const principal = principalOf(request);
    requireReader(principal.person, 'keystrokes');
    await requireRecording(deps, principal, id);
    const { reason } = body(Reason, request);
    await appendAuditEvent(database, clock, {
      ...{ type: 'recording.keystrokes_viewed', actor: principal.person.id, session: id },
      body: { session: id, reason },
    });
    response.json({ lines: await derived.keystrokes(id) });
  });

  router.get('/sessions/:id/exports/:file', async (request, response) => {
    const { id, file } = params(ExportParams, request);
    const principal = principalOf(request);
    await requireRecording(deps, principal, id);
    await looks.note(principal, id, { form: 'download', file });
    await sendFile({ response, id, file, deps });
  });

  return router;
}

interface Sending {
  readonly response: Response;
  readonly id: SessionId;
  readonly file: Exported;
  readonly deps: WebApiDeps;
}

async function sendFile({ response, id, file, deps }: Sending): Promise<void> {
  const { log, derived } = deps;
  const send = async (name: string, type: string, pieces: AsyncGenerator<string, void, undefined>): Promise<void> => {
    response.attachment(name).type(`${type}; charset=utf-8`);
    await sendPieces({ response, pieces, log, session: id });
  };
  if (file === 'cast2') await send(`${id}.v2.cast`, 'application/x-asciicast', exportAsciicast2(derived.frames(id)));
  else if (file === 'cast3') await send(`${id}.cast`, 'application/x-asciicast', exportAsciicast3(derived.frames(id)));
  else {
    await using replay = await openReplay(derived, id);
    if (file === 'commands') await send(`${id}.commands.csv`, 'text/csv', commandsPieces(replay));
    else await send(`${id}.txt`, 'text/plain', transcriptPieces(replay));
  }
}

async function* commandsPieces({ index }: OpenReplay): AsyncGenerator<string, void, undefined> {
  yield await Promise.resolve(commandsCsv(index));
}

async function* transcriptPieces(replay: OpenReplay): AsyncGenerator<string, void, undefined> {
  for (const part of replay.index.transcript.keys()) yield transcriptText(replay.index, await replay.transcript(part));
}
