/** Where identity providers say that a session there is over (OpenID Connect Back-Channel Logout 1.0 §2.5). */
import express, { Router } from 'express';
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { endProviderSession } from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { noStore } from './guards.ts';
import { createRateLimit } from './rate-limit.ts';
import { body, params } from './request.ts';
import { sourceAddress } from './source-address.ts';

const TOKEN_CHARACTERS_MAX = 16_384;
const Provider = z.strictObject({ provider: z.string().max(64).optional() });
const Logout = z.looseObject({ logout_token: z.string().max(TOKEN_CHARACTERS_MAX) });

export function backchannelRoutes(deps: WebApiDeps): Router {
  const tries = createRateLimit(deps.clock, LIMITS.logoutTokensPerMinuteMax);
  const router = Router();
  const readForm = express.urlencoded({ extended: false, limit: 2 * TOKEN_CHARACTERS_MAX, parameterLimit: 10 });

  router.post(
    ['/backchannel-logout', '/backchannel-logout/:provider'],
    noStore,
    readForm,
    async (request, response) => {
      tries.take(sourceAddress(request));
      const { provider = 'default' } = params(Provider, request);
      const client = deps.providers.find(({ name }) => name === provider);
      if (client === undefined) throw new GatewayError('not_found');
      const logout = await client.readLogout(body(Logout, request).logout_token);
      await endProviderSession(deps, logout);
      response.status(200).end();
    },
  );

  return router;
}
