/** What stands before every route: where the request comes from, who makes it, what its body may be. */
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { findTokenHolder, findWebSession, type WebPrincipal } from '../../identity/index.ts';
import { readCookie, sessionCookieName } from './cookies.ts';
import type { WebApiDeps } from './deps.ts';
import { createRateLimit } from './rate-limit.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const principals = new WeakMap<Request, WebPrincipal>();
/** Ours by its beginning: what a proxy in front adds for itself is none of ours. */
const BEARER = /^Bearer +(sekisho_[\x21-\x7e]{1,200})$/i;

/** The signed-in person of this request. @throws {GatewayError} `not_authenticated` when the guard did not run. */
export function principalOf(request: Request): WebPrincipal {
  const principal = principals.get(request);
  if (principal === undefined) throw new GatewayError('not_authenticated');
  return principal;
}

/** Lets through only who is signed in now; a lock or an ended sign-in counts from the next request on. */
export function requirePrincipal(deps: WebApiDeps): RequestHandler {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    const principal = await whoAsks(deps, request);
    if (principal === undefined) throw new GatewayError('not_authenticated');
    principals.set(request, principal);
    next();
  };
}

/**
 * By the token of a machine (RFC 6750) or the cookie of a browser. Where a token is shown no cookie is looked at: another
 * site's page cannot add the one to the other.
 */
function whoAsks(deps: WebApiDeps, request: Request): Promise<WebPrincipal | undefined> {
  if (isByToken(request)) {
    const token = BEARER.exec(request.get('authorization') ?? '')?.[1];
    return token === undefined ? Promise.resolve(undefined) : findTokenHolder(deps, token);
  }
  const cookie = readCookie(request, sessionCookieName(deps.publicUrl));
  return cookie === undefined ? Promise.resolve(undefined) : findWebSession(deps, cookie);
}

/** Whether the request comes with a token of ours, good or not. */
export const isByToken = (request: Request): boolean => BEARER.test(request.get('authorization') ?? '');

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
  const principal = await whoAsks(deps, request);
  if (principal !== undefined) principals.set(request, principal);
  return principal !== undefined;
}

/**
 * Refuses changes that another site's page sends with our cookie (cross-site request forgery). Browsers send `Origin`
 * with every unsafe request, so a missing one is refused too.
 */
export function requireSameOrigin(publicUrl: URL): RequestHandler {
  return (request, _response, next) => {
    const origin = request.get('origin');
    // A browser adds no token by itself, so a program with one needs no origin; a foreign one is refused all the same.
    const own =
      SAFE_METHODS.has(request.method) || (origin ?? (isByToken(request) ? publicUrl.origin : '')) === publicUrl.origin;
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
