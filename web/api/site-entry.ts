/** From the host of a site to the console's sign-in, and back there with a code for the browser that came. */
import { Router } from 'express';
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';
import {
  factorServesUntil,
  findWebSession,
  handOverToSite,
  requireFactor,
  type Site,
  type WebPrincipal,
} from '../../identity/index.ts';
import { sessionFactor } from '../../policy/index.ts';
import { readCookie, sessionCookieName } from './cookies.ts';
import type { WebApiDeps } from './deps.ts';
import type { createRateLimit } from './rate-limit.ts';
import { params, query } from './request.ts';
import { sourceAddress } from './source-address.ts';

const RETURN_CHARACTERS_MAX = 1_000;
const SiteParams = z.strictObject({ label: z.string().regex(/^[a-z0-9][a-z0-9-]{0,126}$/) });
const SiteQuery = z.strictObject({
  state: z.string().length(43),
  return: z.string().max(RETURN_CHARACTERS_MAX).optional(),
  /** Straight from a sign-in: the browser is still following the form of the provider's page. */
  signed: z.literal('in').optional(),
});

export function siteEntryRoutes(deps: WebApiDeps, tries: ReturnType<typeof createRateLimit>): Router {
  const { publicUrl } = deps;
  const router = Router();

  router.get('/sites/:label', async (request, response) => {
    const { label } = params(SiteParams, request);
    const { state, return: path = '/', signed } = query(SiteQuery, request);
    tries.take(sourceAddress(request));
    const token = readCookie(request, sessionCookieName(publicUrl));
    const principal = token === undefined ? undefined : await findWebSession(deps, token);
    const again = `/auth/sites/${label}?${new URLSearchParams({ state, return: path, signed: 'in' }).toString()}`;
    if (principal === undefined) {
      response.redirect(303, `/auth/sign-in?${new URLSearchParams({ return: again }).toString()}`);
      return;
    }
    if (deps.sites === undefined) throw new GatewayError('not_found');
    const { code, site } = await handOverToSite(deps, principal, {
      label,
      state,
      sourceAddress: sourceAddress(request),
    });
    // Whoever has the cookie of a browser left open does not enter what asks for more.
    if (site.web.stepUp) requireFactor(deps, principal, deps.factorRules);
    requireFactorOf(deps, principal, site);
    const search = new URLSearchParams({ code: code.expose(), state, return: path });
    response.set('referrer-policy', 'no-referrer');
    const url = `${deps.sites.originOf(label)}/.sekisho/enter?${search.toString()}`;
    if (signed === undefined) response.redirect(303, url);
    else response.set('cache-control', 'no-store').type('html').send(onwards(url));
  });

  return router;
}

/** A system that asks each connection asks this one too, whatever the console asks of its acts. */
function requireFactorOf(deps: WebApiDeps, principal: WebPrincipal, { factorAlways }: Site): void {
  const shown = factorServesUntil(principal, deps.factorRules, deps.clock.now()) !== null;
  if (sessionFactor('web', { always: factorAlways, shown, confirmed: false }) !== 'begins') {
    throw new GatewayError('step_up_required');
  }
}

/**
 * Goes on by itself, as a new navigation: browsers apply a provider's `form-action` to every redirect that follows its
 * form (CSP Level 3 §6.4.3), and no provider names the hosts of our sites there.
 */
function onwards(url: string): string {
  const safe = url.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${safe}"><title>Sekisho</title></head><body><a href="${safe}">Sekisho →</a></body></html>`;
}
