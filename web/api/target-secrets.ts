import { Router } from 'express';
import { z } from 'zod';
import { LIMITS, Secret } from '../../foundation/index.ts';
import { askSecretRotation, listTargetSecrets, setTargetSecret } from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, personId, targetId, typed } from './request.ts';

export const Account = z.strictObject({ targetId, personId });
export const Given = z.strictObject({
  ...{ targetId, personId },
  secret: typed(LIMITS.targetSecretBytesMax).transform((text) => new Secret(text)),
});

/** Secrets of accounts on targets without certificates: set and exchanged here, and read back nowhere. */
export function targetSecretRoutes(deps: WebApiDeps): Router {
  const router = Router();
  router.get('/target-secrets', async (request, response) => {
    response.json({ secrets: await listTargetSecrets(deps, principalOf(request).person) });
  });
  router.post('/target-secrets', async (request, response) => {
    const { person } = principalOf(request);
    await setTargetSecret(deps, person, body(Given, request));
    response.status(204).end();
  });
  router.post('/target-secrets/rotation', async (request, response) => {
    const { person } = principalOf(request);
    await askSecretRotation(deps, person, body(Account, request));
    await deps.askSecretRotation();
    response.status(202).json({});
  });
  return router;
}
