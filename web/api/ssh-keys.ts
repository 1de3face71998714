import { Router } from 'express';
import { z } from 'zod';
import { LIMITS } from '../../foundation/index.ts';
import { enrolSshKey, listSshKeys, revokeSshKey } from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, params, typed } from './request.ts';

export const Key = z.strictObject({ publicKey: typed(2 * LIMITS.sshPublicKeyBytesMax), label: typed(200) });
export const Fingerprint = z.strictObject({ fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/) });

export function sshKeyRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/ssh-keys', async (request, response) => {
    response.json({ keys: await listSshKeys(deps.database, principalOf(request).person.id) });
  });

  router.post('/ssh-keys', async (request, response) => {
    response.status(201).json({ key: await enrolSshKey(deps, principalOf(request), body(Key, request)) });
  });

  router.delete('/ssh-keys/:fingerprint', async (request, response) => {
    await revokeSshKey(deps, principalOf(request), params(Fingerprint, request).fingerprint);
    response.status(204).end();
  });

  return router;
}
