/** The live sessions a person may see, and what they ask of one. Who may is decided in the rooms below. */
import { Router } from 'express';
import { z } from 'zod';
import { LIMITS } from '../../foundation/index.ts';
import { type ControlVerb, controlVerbs, type Person, type PersonId } from '../../policy/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { mayRead } from './permissions.ts';
import { selectSessions } from './queries.ts';
import { body, params, typed } from './request.ts';
import { SessionParams } from './session-params.ts';

export const Reason = z.strictObject({ reason: typed(LIMITS.sessionMessageCharactersMax) });
export const Message = z.strictObject({ text: typed(LIMITS.sessionMessageCharactersMax) });
const Nothing = z.strictObject({});

export function sessionControlRoutes(deps: WebApiDeps): Router {
  const router = Router();
  const on = (verb: ControlVerb, textOf: (request: Parameters<typeof principalOf>[0]) => string): void => {
    router.post(`/sessions/:id/${verb}`, async (request, response) => {
      const { id } = params(SessionParams, request);
      await deps.controlSession(principalOf(request), { sessionId: id, verb, text: textOf(request) });
      response.status(204).end();
    });
  };
  on('end', (request) => body(Reason, request).reason);
  on('pause', (request) => body(Reason, request).reason);
  on('message', (request) => body(Message, request).text);
  on('resume', (request) => {
    body(Nothing, request);
    return '';
  });
  return router;
}

/** Newest first, each with what the viewer may do to it now. Who may only end them sees no command. */
export async function listLiveSessions({ database }: WebApiDeps, viewer: Person) {
  const seesEvery = mayRead(viewer, 'everySession');
  const seesLive = mayRead(viewer, 'liveSessions');
  const found = await selectSessions(database, {
    ...{ viewer: viewer.id, seesEvery, seesLive, box: 'live', limit: LIMITS.pageRowsMax },
  });
  return found.map(({ session, replayable, owned, ending }) => {
    const personId = session.person.id as PersonId;
    const fits = (verb: ControlVerb): boolean =>
      verb === 'pause' ? session.pausedAt === null : verb !== 'resume' || session.pausedAt !== null;
    const verbs = ending ? [] : controlVerbs(viewer, { personId, isOwned: owned }).filter(fits);
    const isTheirs = replayable || personId === viewer.id;
    return { ...session, command: isTheirs ? session.command : null, ending, verbs };
  });
}
