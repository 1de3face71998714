import { Router } from 'express';
import { z } from 'zod';
import { deliveryOverview, notificationSettings, openLink, resendDead, switchMail } from '../../approvals/index.ts';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { createRateLimit } from './rate-limit.ts';
import { body, params, typed } from './request.ts';

export const Channel = z.strictObject({ channel: z.string().min(1).max(64) });
export const MailBody = z.strictObject({ mail: z.boolean() });
export const Token = z.strictObject({ token: typed(200) });

/** Messages that leave the console: what became of them, who wants them, and the links in them. */
export function deliveryRoutes(deps: WebApiDeps): Router {
  const router = Router();
  const tries = createRateLimit(deps.clock, LIMITS.linksPerMinuteMax);

  router.get('/deliveries', async (request, response) => {
    response.json(await deliveryOverview(deps, principalOf(request)));
  });

  router.post('/deliveries/again', async (request, response) => {
    await resendDead(deps, principalOf(request), body(Channel, request));
    response.status(204).end();
  });

  router.post('/deliveries/:id/again', async (request, response) => {
    const { id } = params(z.strictObject({ id: z.uuid() }), request);
    body(z.strictObject({}), request);
    await resendDead(deps, principalOf(request), { id });
    response.status(204).end();
  });

  router.get('/me/notifications', async (request, response) => {
    response.json(await notificationSettings(deps, principalOf(request).person));
  });

  router.patch('/me/notifications', async (request, response) => {
    const { mail } = body(MailBody, request);
    response.json(await switchMail(deps, principalOf(request).person, mail));
  });

  // Only ever by POST: what scans mail asks for every address in it, and would use the link up.
  router.post('/links/open', async (request, response) => {
    const principal = principalOf(request);
    tries.take(principal.person.id);
    const { token } = body(Token, request);
    if (deps.delivery === undefined) throw new GatewayError('link_altered');
    response.json(await openLink({ ...deps, linkKey: deps.delivery.linkKey }, principal, token));
  });

  return router;
}
