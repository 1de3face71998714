/** What stands before every route: where the request comes from, who makes it, what its body may be. */
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { findWebSession, type WebPrincipal } from '../../identity/index.ts';
import { readCookie, sessionCookieName } from './cookies.ts';
import type { WebApiDeps } from './deps.ts';
import { createRateLimit } from './rate-limit.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const principals = new WeakMap<Request, WebPrincipal>();

/** The signed-in person of this request. @throws {GatewayError} `not_authenticated` when the guard did not run. */
export function principalOf(request: Request): WebPrincipal {
  const principal = principals.get(request);
  if (principal === undefined) throw new GatewayError('not_authenticated');
  return principal;
}

/** Lets through only who is signed in now; a lock or an ended sign-in counts from the next request on. */
export function requirePrincipal(deps: WebApiDeps): RequestHandler {
  const name = sessionCookieName(deps.publicUrl);
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    const token = readCookie(request, name);
    const principal = token === undefined ? undefined : await findWebSession(deps, token);
    if (principal === undefined) throw new GatewayError('not_authenticated');
    principals.set(request, principal);
    next();
  };
}

/** Bounds what one sign-in can ask of the gateway: a program gone wild, or a stolen cookie, takes nobody else's share. */
export function callsLimited({ clock }: WebApiDeps): RequestHandler {
  const calls = createRateLimit(clock, LIMITS.apiCallsPerMinuteMax);
  return (request, _response, next) => {
    calls.take(principalOf(request).person.id);
    next();
  };
}

/** Whether a request that takes long is still one of somebody who is signed in. */
export async function stillSignedIn(deps: WebApiDeps, request: Request): Promise<boolean> {
  const token = readCookie(request, sessionCookieName(deps.publicUrl));
  const principal = token === undefined ? undefined : await findWebSession(deps, token);
  if (principal !== undefined) principals.set(request, principal);
  return principal !== undefined;
}

/**
 * Refuses changes that another site's page sends with our cookie (cross-site request forgery). Browsers send `Origin`
 * with every unsafe request, so a missing one is refused too.
 */
export function requireSameOrigin(publicUrl: URL): RequestHandler {
  return (request, _response, next) => {
    const own = SAFE_METHODS.has(request.method) || request.get('origin') === publicUrl.origin;
    next(own ? undefined : new GatewayError('origin_refused'));
  };
}

/** Reads a JSON body within its limit. A form cannot send JSON, so any other body is refused unread. */
export function readJson(): RequestHandler[] {
  const parse = express.json({ limit: LIMITS.httpBodyBytesMax, type: 'application/json', strict: true });
  return [
    (request, _response, next) => {
      const wrong = hasBody(request) && request.is('application/json') !== 'application/json';
      next(wrong ? new GatewayError('request_invalid', 'content-type: must be application/json.') : undefined);
    },
    parse,
  ];
}

/** No answer of ours is kept by a browser or proxy: the next person at the terminal must not find it. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.set('cache-control', 'no-store');
  next();
};

function hasBody(request: Request): boolean {
  return request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0;
}
