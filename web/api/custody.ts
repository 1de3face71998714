/** Legal holds on recordings, and the erasure of their keys by two people. Who may is decided in the room below. */
import { Router } from 'express';
import { z } from 'zod';
import {
  decideErasure,
  type Erasure,
  keepsRecordings,
  type LegalHold,
  listErasures,
  listHolds,
  placeHold,
  releaseHolds,
  requestErasure,
} from '../../approvals/index.ts';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { STREAMS } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { namesOf } from './queries.ts';
import { body, params, typed } from './request.ts';
import { SessionParams } from './session-params.ts';

const reason = typed(LIMITS.reasonCharactersMax);
export const Reason = z.strictObject({ reason });
export const Request = z.strictObject({
  streams: z.array(z.enum(STREAMS)).min(1).max(STREAMS.length),
  reason,
  basis: typed(LIMITS.reasonCharactersMax),
});
export const ErasureParams = z.strictObject({ id: z.uuid() });
export const Verdict = z.strictObject({ verdict: z.enum(['approved', 'rejected']) });

export function custodyRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/custody', async (request, response) => {
    if (!keepsRecordings(principalOf(request).person)) throw new GatewayError('not_permitted');
    const [holds, erasures] = [await listHolds(deps.database), await listErasures(deps.database)];
    const people = [...holds.map(({ placedBy }) => placedBy), ...erasures.flatMap(whoOf)];
    const names = Object.fromEntries(await namesOf(deps.database, [...new Set(people)]));
    const me = principalOf(request).person.id;
    response.json({ holds: holds.map(showHold), erasures: erasures.map(showErasure), names, me });
  });

  router.post('/sessions/:id/hold', async (request, response) => {
    const { id: session } = params(SessionParams, request);
    await placeHold(deps, principalOf(request).person, { session, ...body(Reason, request) });
    response.status(204).end();
  });

  router.post('/sessions/:id/release', async (request, response) => {
    const { id: session } = params(SessionParams, request);
    await releaseHolds(deps, principalOf(request).person, { session, ...body(Reason, request) });
    response.status(204).end();
  });

  router.post('/sessions/:id/erasures', async (request, response) => {
    const { id: session } = params(SessionParams, request);
    const asked = body(Request, request);
    const streams = [...new Set(asked.streams)];
    const erasures = await requestErasure(deps, principalOf(request).person, { session, ...asked, streams });
    response.status(201).json({ erasures });
  });

  router.post('/erasures/:id/decision', async (request, response) => {
    const { id: erasure } = params(ErasureParams, request);
    const decided = await decideErasure(deps, principalOf(request).person, { erasure, ...body(Verdict, request) });
    response.json({ erasure: showErasure(decided) });
  });

  return router;
}

function whoOf({ requestedBy, decidedBy }: Erasure): string[] {
  return decidedBy === null ? [requestedBy] : [requestedBy, decidedBy];
}

function showHold({ placedAt, ...hold }: LegalHold) {
  return { ...hold, placedAt: placedAt.toISOString() };
}

function showErasure({ requestedAt, erasedAt, ...erasure }: Erasure) {
  return { ...erasure, requestedAt: requestedAt.toISOString(), erasedAt: erasedAt?.toISOString() ?? null };
}
