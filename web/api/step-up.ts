/**
 * Which acts need a second factor that was shown a moment ago. Routes of the same patterns as the acts themselves, before
 * them: whatever spelling of a path reaches an act has come through here.
 */
import { type RequestHandler, Router } from 'express';
import { requireFactor } from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';

/** Deciding tickets and programs, naming who decides instead, locking, ending or pausing the work of others, ending a grant, pinning a host key, taking an export out of the vault, letting a terminal in, opening one here. */
const ACTS = [
  '/tickets/:id/decision',
  '/tickets/:id/revoke',
  '/tickets/:id/review',
  '/substitutes',
  '/programs/:id/decision',
  '/persons/:id/lock',
  '/persons/:id/unlock',
  '/persons/:id/leave',
  '/locks',
  '/locks/:id/lift',
  '/reviews/:id/items/:item/decision',
  '/reviews/:id/sign',
  '/sessions/:id/end',
  '/sessions/:id/pause',
  '/ssh-sign-ins/:code/decision',
  '/logins/:code/decision',
  '/grants/:id/end',
  '/systems/targets/:id/host-key',
  '/parcels/:number/download',
  '/terminals',
  '/terminals/:id/openers',
  '/target-secrets',
  '/target-secrets/rotation',
] as const;

export function stepUpRoutes(deps: WebApiDeps): Router {
  const router = Router();
  const guard: RequestHandler = (request, _response, next) => {
    // Saying no lets nobody in: whoever is asked by a stranger's link may always deny.
    const isDenial = isRecord(request.body) && request.body['decision'] === 'denied';
    if (!isDenial) requireFactor(deps, principalOf(request), deps.factorRules);
    next();
  };
  for (const act of ACTS) router.post(act, guard);
  return router;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
