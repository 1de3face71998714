import { Router } from 'express';
import { z } from 'zod';
import { LIMITS } from '../../foundation/index.ts';
import { leavePerson, listPersons, lockPerson, unlockPerson } from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireReader } from './permissions.ts';
import { body, params, personId, typed } from './request.ts';

export const Id = z.strictObject({ id: personId });
export const Lock = z.strictObject({ reason: typed(LIMITS.reasonCharactersMax) });

export function personRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/persons', async (request, response) => {
    requireReader(principalOf(request).person, 'persons');
    const entries = await listPersons(deps.database);
    response.json({
      persons: entries.map(({ person, lock, companyLocked, deactivatedAt, sponsor, looksLike }) => ({
        ...{ ...person, locked: lock !== null, lock, companyLocked, deactivatedAt, sponsor, looksLike },
      })),
    });
  });

  router.post('/persons/:id/lock', async (request, response) => {
    const { id } = params(Id, request);
    await lockPerson(deps, principalOf(request), { personId: id, reason: body(Lock, request).reason });
    response.status(204).end();
  });

  router.post('/persons/:id/unlock', async (request, response) => {
    const { id } = params(Id, request);
    body(z.strictObject({}), request);
    await unlockPerson(deps, principalOf(request), id);
    response.status(204).end();
  });

  router.post('/persons/:id/leave', async (request, response) => {
    const { id } = params(Id, request);
    await leavePerson(deps, principalOf(request), { personId: id, reason: body(Lock, request).reason });
    response.status(204).end();
  });

  return router;
}
