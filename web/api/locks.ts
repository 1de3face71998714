import { Router } from 'express';
import { z } from 'zod';
import { LIMITS } from '../../foundation/index.ts';
import { liftLock, listLocks, placeLock } from '../../identity/index.ts';
import { LOCK_KINDS, lockableKinds } from '../../policy/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, moment, params, typed } from './request.ts';

export const Id = z.strictObject({ id: z.uuid() });
export const Lock = z.strictObject({
  kind: z.enum(LOCK_KINDS),
  subject: typed(LIMITS.lockSubjectCharactersMax),
  reason: typed(LIMITS.reasonCharactersMax),
  until: moment.nullable().optional(),
});

/** Locks of every kind. Who may place and lift which is decided in the rooms below. */
export function lockRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/locks', async (request, response) => {
    const principal = principalOf(request);
    const locks = await listLocks(deps, principal);
    response.json({
      kinds: lockableKinds(principal.person.roles),
      locks: locks.map(({ owned: _, own: __, ...lock }) => lock),
    });
  });

  router.post('/locks', async (request, response) => {
    await placeLock(deps, principalOf(request), body(Lock, request));
    response.status(204).end();
  });

  router.post('/locks/:id/lift', async (request, response) => {
    const { id } = params(Id, request);
    body(z.strictObject({}), request);
    await liftLock(deps, principalOf(request), id);
    response.status(204).end();
  });

  return router;
}
