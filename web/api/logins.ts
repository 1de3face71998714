/** The browser's part of `sekisho login`: what waits behind a code, the decision, and one's own certificates. */
import { Router } from 'express';
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { decideLogin, findLogin, listCertificates, type Login, revokeLoginCertificate } from '../../identity/index.ts';
import type { Principal } from '../../policy/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { createRateLimit } from './rate-limit.ts';
import { body, params } from './request.ts';

export const Code = z.strictObject({ code: z.string().max(32) });
export const Decision = z.strictObject({ decision: z.enum(['approved', 'denied']) });
export const Serial = z.strictObject({ serial: z.string().regex(/^[1-9]\d{0,18}$/) });

export function loginRoutes(deps: WebApiDeps): Router {
  const misses = createRateLimit(deps.clock, LIMITS.unknownCodesPerMinuteMax);
  const router = Router();

  /** Only wrong codes are counted: whoever guesses is stopped, a page that asks again for its own code is not. */
  const find = async ({ person }: Principal, code: string): Promise<Login> => {
    misses.check(person.id);
    const login = await findLogin(deps, code);
    if (login !== undefined) return login;
    misses.take(person.id);
    throw new GatewayError('not_found');
  };

  router.get('/logins/:code', async (request, response) => {
    response.json({ login: await find(principalOf(request), params(Code, request).code) });
  });

  router.post('/logins/:code/decision', async (request, response) => {
    const principal = principalOf(request);
    const { decision } = body(Decision, request);
    const { code } = await find(principal, params(Code, request).code);
    await decideLogin(deps, principal, { code, decision, webSessionId: principal.session.id });
    response.status(204).end();
  });

  router.get('/certificates', async (request, response) => {
    const { id } = principalOf(request).person;
    response.json({ certificates: await listCertificates(deps.database, id, deps.clock.now()) });
  });

  router.delete('/certificates/:serial', async (request, response) => {
    await revokeLoginCertificate(deps, principalOf(request), params(Serial, request).serial);
    response.status(204).end();
  });

  return router;
}
