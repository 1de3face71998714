/** Parcels in the vault, what owners decide about held ones, and the map of routes. Who sees what is decided below. */
import { Router } from 'express';
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { Person } from '../../policy/index.ts';
import { sendDownload } from './parcel-download.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, params, query, typed } from './request.ts';
import { sourceAddress } from './source-address.ts';

export const Before = z.strictObject({ before: z.coerce.number().int().positive().optional() });
export const NumberParams = z.strictObject({ number: z.coerce.number().int().positive() });
export const DecisionBody = z.strictObject({
  decision: z.enum(['release', 'revoke']),
  reason: typed(LIMITS.reasonCharactersMax),
});

export const DownloadParams = NumberParams.extend({ download: z.uuid() });
export const NoBody = z.strictObject({});

export function parcelRoutes({ log, parcels }: WebApiDeps): Router {
  const router = Router();
  router.get('/parcels', async (request, response) => {
    const { before = null } = query(Before, request);
    const looking = lookingAs(principalOf(request).person);
    response.json({ parcels: await parcels.list({ ...looking, before, limit: LIMITS.parcelsPerPage }) });
  });
  router.get('/parcels/routes', async (request, response) => {
    response.json({ routes: await parcels.routes(lookingAs(principalOf(request).person)) });
  });
  router.get('/parcels/:number', async (request, response) => {
    const { number } = params(NumberParams, request);
    const parcel = await parcels.find({ ...lookingAs(principalOf(request).person), number });
    if (parcel === undefined) throw new GatewayError('not_found');
    response.json({ parcel });
  });
  router.post('/parcels/:number/decision', async (request, response) => {
    const { number } = params(NumberParams, request);
    await parcels.decide(principalOf(request), { parcel: number, ...body(DecisionBody, request) });
    response.status(204).end();
  });
  router.post('/parcels/:number/download', async (request, response) => {
    const { number: parcel } = params(NumberParams, request);
    body(NoBody, request);
    const asked = { parcel, sourceAddress: sourceAddress(request) };
    response.status(201).json({ download: await parcels.beginDownload(principalOf(request), asked) });
  });
  // What a link can do alone is nothing: the attempt it names was begun by the same person, with a factor, a moment ago.
  router.get('/parcels/:number/download/:download', async (request, response) => {
    const { number: parcel, download: id } = params(DownloadParams, request);
    const asked = { parcel, id, sourceAddress: sourceAddress(request) };
    await using download = await parcels.openDownload(principalOf(request), asked);
    await sendDownload({ response, download, parcel, log });
  });
  return router;
}

function lookingAs({ id, roles }: Person) {
  return { person: id, seesAll: roles.some((role) => role === 'auditor' || role === 'security_officer') };
}
