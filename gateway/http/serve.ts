/** What a request is for: a page of the gateway on a site's host, the way in, or the site. */
import { asError, GatewayError } from '../../foundation/index.ts';
import { findSite, type Site } from '../../identity/index.ts';
import { parseAddress, parseNetwork, networkHolds } from '../../foundation/index.ts';
import { enter, ENTER_PATH, sendToConsole } from './entry.ts';
import { hasRoom, serveExchange } from './exchange.ts';
import { CREDENTIAL_PATH, takeCredential } from './identity/credential-form.ts';
import type { BrowserRequest, BrowserResponse, HttpDeps, Visit } from './model.ts';
import { localeOf, say, sendPage } from './pages.ts';
import { hostOf, requestFault } from './request/check.ts';
import { cookieOf, siteCookieName } from './request/cookie.ts';
import { type Arrival, referenceOf, type Visits } from './visits.ts';

const JWKS_PATH = '/.sekisho/jwks.json';
const LEAVE_PATH = '/.sekisho/leave';
const OWN_PATH = /^\/\.sekisho(?:\/|$)/i;

export interface SiteServer {
  readonly deps: HttpDeps;
  readonly visits: Visits;
}

export async function serveRequest(
  server: SiteServer,
  request: BrowserRequest,
  response: BrowserResponse,
): Promise<void> {
  const { deps } = server;
  const locale = localeOf(request);
  try {
    await dispatch(server, request, response);
  } catch (thrown) {
    const error = asError(thrown);
    const reference = referenceOf(deps);
    deps.log.warn({ event: 'site.request_failed', reference, err: error }, 'request not served');
    const status = error instanceof GatewayError ? error.status : 500;
    const code = error instanceof GatewayError ? error.code : 'internal';
    const texts = [say(locale, 'site.failed.text', { name: hostOf(request), detail: `${code} [${reference}]` })];
    sendPage(request, response, { status, locale, title: say(locale, 'site.failed.title'), texts });
  }
}

async function dispatch(server: SiteServer, request: BrowserRequest, response: BrowserResponse): Promise<void> {
  const { deps, visits } = server;
  const locale = localeOf(request);
  const fault = requestFault(request);
  if (fault !== undefined) {
    deps.log.info({ event: 'site.request_malformed', fault }, 'a request can be read in two ways');
    // Whatever follows on this connection may be part of it.
    const page = { title: say(locale, 'site.denied.title'), texts: [say(locale, 'site.denied.request_malformed')] };
    sendPage(request, response, { status: 400, locale, ...page, headers: closing(request) });
    return;
  }
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path === JWKS_PATH) {
    response.writeHead(200, { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' });
    response.end(JSON.stringify(deps.siteKey.jwks));
    return;
  }
  const token = cookieOf(request, siteCookieName(deps.place));
  const living = livingVisit(server, request, token);
  if (living !== undefined && path !== ENTER_PATH) {
    await visit(server, living, { request, response, sourceAddress: sourceOf(deps, request) });
    return;
  }
  const found = await siteOf(deps, request);
  if (found === undefined) {
    const page = { title: say(locale, 'site.nowhere.title'), texts: [say(locale, 'site.nowhere.text')] };
    const links = [{ text: say(locale, 'site.console'), url: deps.publicUrl.href }];
    sendPage(request, response, { status: 421, locale, ...page, links });
    return;
  }
  const arriving = { ...found, request, response, sourceAddress: sourceOf(deps, request) };
  if (path === ENTER_PATH) return enter(deps, arriving);
  const arrival = token === undefined ? undefined : await visits.of(found, token, arriving.sourceAddress);
  if (arrival === undefined || arrival.kind === 'unknown') {
    sendToConsole(deps, arriving);
    return;
  }
  if (arrival.kind === 'refused') {
    sendNoAccess(deps, found.site, arrival, { request, response });
    return;
  }
  await visit(server, arrival.visit, arriving);
}

async function visit(
  { deps }: SiteServer,
  of: Visit,
  exchange: { request: BrowserRequest; response: BrowserResponse; sourceAddress: string },
): Promise<void> {
  const { request, response } = exchange;
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const { locale } = of.session.authorization.person;
  if (path === CREDENTIAL_PATH && request.method === 'POST') return takeCredential(deps, of, exchange);
  if (path === LEAVE_PATH && request.method === 'POST') {
    of.session.end('closed');
    response.writeHead(303, { location: deps.publicUrl.href });
    response.end();
    return;
  }
  // Nothing below it is ever the site's: a page of its own there could pass for one of ours.
  if (OWN_PATH.test(path)) throw new GatewayError('not_found');
  if (!hasRoom(of)) {
    const page = { title: say(locale, 'site.denied.title'), texts: [say(locale, 'site.denied.too_many')] };
    sendPage(request, response, { status: 429, locale, ...page });
    return;
  }
  const serving = serveExchange(deps, of, exchange);
  of.running.add(serving);
  try {
    await serving;
  } finally {
    of.running.delete(serving);
  }
}

/** Without a question to the database: of a visit that lives everything is known. */
function livingVisit(
  { deps, visits }: SiteServer,
  request: Pick<BrowserRequest, 'headers'>,
  token: string | undefined,
): Visit | undefined {
  const label = deps.place.labelOf(hostOf(request));
  return label === undefined || token === undefined ? undefined : visits.known(label, token);
}

export async function siteOf(
  deps: HttpDeps,
  request: Pick<BrowserRequest, 'headers'>,
): Promise<{ readonly site: Site; readonly label: string } | undefined> {
  const label = deps.place.labelOf(hostOf(request));
  const site = label === undefined ? undefined : await findSite(deps, label);
  return label === undefined || site === undefined ? undefined : { site, label };
}

function sendNoAccess(
  deps: HttpDeps,
  { target }: Site,
  { person, reason }: Extract<Arrival, { kind: 'refused' }>,
  { request, response }: { request: BrowserRequest; response: BrowserResponse },
): void {
  const { locale } = person;
  const url = deps.publicUrl.href;
  const ask = new URL('/tickets/new?kind=access', deps.publicUrl).href;
  const values = { name: target.name, url, ask, choices: target.name };
  sendPage(request, response, {
    ...{ status: 403, locale, title: say(locale, 'site.access.title') },
    texts: [say(locale, `access.${reason}`, values)],
    links: [{ text: say(locale, 'site.console'), url }],
  });
}

/** As the socket has it, or as a trusted proxy says: the last address that is none of them. */
export function sourceOf(
  { trustedProxies }: HttpDeps,
  { headers, socket }: Pick<BrowserRequest, 'headers' | 'socket'>,
): string {
  const direct = plainAddress(socket.remoteAddress ?? 'unknown');
  if (trustedProxies.length === 0) return direct;
  const networks = trustedProxies.flatMap((text) => parseNetwork(text) ?? []);
  const isTrusted = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && networks.some((network) => networkHolds(network, address));
  };
  const claimed = String(headers['x-forwarded-for'] ?? '').split(',');
  let source = direct;
  while (isTrusted(source)) {
    const before = claimed.pop()?.trim() ?? '';
    if (parseAddress(before) === undefined) break;
    source = plainAddress(before);
  }
  return source;
}

function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '');
}

function closing({ httpVersionMajor }: BrowserRequest): Record<string, string> {
  return httpVersionMajor >= 2 ? {} : { connection: 'close' };
}
