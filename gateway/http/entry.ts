/** The way in: to the console, where people sign in, and back with a code that is good once for this very browser. */
import { randomBytes } from 'node:crypto';
import { equalInConstantTime } from '../../foundation/index.ts';
import { enterSite, type Site } from '../../identity/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { BrowserRequest, BrowserResponse, HttpDeps } from './model.ts';
import { localeOf, say, sendPage, wantsPage } from './pages.ts';
import { cookieOf, pendingSiteCookieName, setCookie, siteCookieName } from './request/cookie.ts';

export const ENTER_PATH = '/.sekisho/enter';
const STATE_BYTES = 32;
const PENDING_SECONDS = 600;
const DAY_SECONDS = 86_400;

interface Arriving {
  readonly site: Site;
  readonly label: string;
  readonly request: BrowserRequest;
  readonly response: BrowserResponse;
  readonly sourceAddress: string;
}

/**
 * Sends the browser to the console. What it keeps of this (`state`) has to come back with it: else somebody could make
 * another person's browser enter under their own name (login CSRF).
 */
export function sendToConsole({ place, publicUrl }: HttpDeps, { label, request, response }: Arriving): void {
  if (request.method !== 'GET' || !wantsPage(request)) {
    const locale = localeOf(request);
    sendPage(request, response, {
      ...{ status: 401, locale, title: say(locale, 'site.ended.title'), texts: [say(locale, 'site.ended.text')] },
      links: [{ text: say(locale, 'site.console'), url: publicUrl.href }],
    });
    return;
  }
  const state = randomBytes(STATE_BYTES).toString('base64url');
  const url = new URL(`/auth/sites/${label}`, publicUrl);
  url.searchParams.set('state', state);
  url.searchParams.set('return', returnPath(request.url ?? '/'));
  response.writeHead(303, {
    location: url.href,
    'cache-control': 'no-store',
    'set-cookie': setCookie(pendingSiteCookieName(place), state, place, PENDING_SECONDS),
  });
  response.end();
}

/** From the console, with its code. */
export async function enter(deps: HttpDeps, arriving: Arriving): Promise<void> {
  const { clock, database, place } = deps;
  const { request, response, site, sourceAddress } = arriving;
  const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
  const state = query.get('state') ?? '';
  const pending = cookieOf(request, pendingSiteCookieName(place)) ?? '';
  const isOwn = pending !== '' && equalInConstantTime(pending, state);
  const entered = isOwn
    ? await enterSite(deps, { code: query.get('code') ?? '', state, targetId: site.target.id })
    : undefined;
  if (entered === undefined) {
    await appendAuditEvent(database, clock, {
      type: 'site.entry_refused',
      actor: null,
      body: { target: site.target.id, sourceAddress },
    });
    sendToConsole(deps, arriving);
    return;
  }
  response.writeHead(303, {
    location: returnPath(query.get('return') ?? '/'),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'set-cookie': [
      setCookie(siteCookieName(place), entered.token.expose(), place, DAY_SECONDS),
      setCookie(pendingSiteCookieName(place), '', place, 0),
    ],
  });
  response.end();
}

/** A path of this host; anything that a browser would take for another host is not one (open redirect). */
function returnPath(asked: string): string {
  return /^\/(?![/\\])[^\\\u0000-\u0020\u007f]{0,600}$/.test(asked) && !asked.startsWith('/.sekisho/') ? asked : '/';
}
