/** One request from a browser to a site and back: judged, recorded, sent, answered. Every way out is in the recording. */
import { Readable } from 'node:stream';
import { asError, GatewayError, LIMITS } from '../../foundation/index.ts';
import { judgeRequest, refuseRoute, type WebAct } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { deliverAnswer } from './answer/deliver.ts';
import { abandonExport, noteCut } from './answer/export.ts';
import { headOf } from './answer/headers.ts';
import { sendRefusal } from './answer/refuse.ts';
import { passGate } from './gate.ts';
import { identityFor } from './identity/tell-site.ts';
import { sendCredentialForm } from './identity/credential-form.ts';
import type { BrowserRequest, BrowserResponse, HttpDeps, Visit, Work } from './model.ts';
import { say, sendPage } from './pages.ts';
import { ExchangeRecord } from './record/exchange-record.ts';
import { redactBody, redactUrl } from './record/redact.ts';
import { bodyDigest, formFields, isReadable, isUpload, readBody, type RequestBody } from './request/body.ts';
import { pendingSiteCookieName, siteCookieName } from './request/cookie.ts';
import { forwardedHeaders } from './request/headers.ts';
import { referenceOf } from './visits.ts';

export interface Exchange {
  readonly request: BrowserRequest;
  readonly response: BrowserResponse;
  readonly sourceAddress: string;
}

export async function serveExchange(deps: HttpDeps, visit: Visit, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const over = new AbortController();
  const { signal: sessionEnds } = visit.session;
  const cut = (): void => {
    over.abort(sessionEnds.reason);
    response.destroy();
  };
  let isGone = false;
  response.on('close', () => {
    if (response.writableEnded) return;
    isGone = true;
    over.abort();
  });
  sessionEnds.addEventListener('abort', cut, { once: true });
  if (sessionEnds.aborted) cut();
  try {
    const work = await workOf(deps, visit, { ...exchange, signal: over.signal });
    await run(work).catch((thrown: unknown) => fail(work, asError(thrown), isGone));
  } finally {
    sessionEnds.removeEventListener('abort', cut);
  }
  request.resume();
}

type Begun = Work & { readonly body: RequestBody | undefined };

async function workOf(
  deps: HttpDeps,
  visit: Visit,
  exchange: Exchange & { readonly signal: AbortSignal },
): Promise<Begun> {
  const { request } = exchange;
  const { method = 'GET', url = '/' } = request;
  const began = deps.clock.now().getTime();
  const millis = (): number => Math.max(0, deps.clock.now().getTime() - began);
  const record = new ExchangeRecord(visit, { n: visit.nextExchange(), method, url: redactUrl(url), millis });
  visit.session.attendance.noteInput();
  const body = await readBody(request);
  const { pathname, query } = splitUrl(url);
  const fields = body === undefined ? [] : formFields(body);
  const act: WebAct = { method, path: pathname, parameters: [...query, ...fields], bodySha256: bodyDigest(body) };
  return { deps, visit, ...exchange, record, act, body };
}

function splitUrl(url: string): { pathname: string; query: [string, string][] } {
  const at = url.indexOf('?');
  if (at === -1) return { pathname: url, query: [] };
  return { pathname: url.slice(0, at), query: [...new URLSearchParams(url.slice(at + 1))] };
}

async function run(work: Begun): Promise<void> {
  const { act, deps, record, visit, request } = work;
  const identity = await identityFor(deps, visit);
  const head = forwardedHeaders(request.rawHeaders, {
    host: hostFor(work),
    scheme: deps.place.scheme,
    sourceAddress: work.sourceAddress,
    cookieName: siteCookieName(deps.place),
    identityHeaders: identity.known ? identity.headerNames : [],
    keepsAuthorization: visit.site.web.identity.kind === 'token',
  });
  await record.begin(head, new Set());
  const refusal = refusalOf(work);
  if (refusal !== undefined) return refuse(work, refusal);
  if (!identity.known) {
    await record.done('refused');
    sendCredentialForm(work);
    return;
  }
  const judgement = judgeRequest(act, { settings: visit.site.web, policy: visit.session.policy });
  // A HEAD brings nothing that could leave.
  const known = judgement.verdict === 'allow' || act.method === 'HEAD' ? undefined : await passGate(work, judgement);
  if (known?.kind === 'refused') {
    await record.done('refused');
    sendRefusal(work, known);
    return;
  }
  const ticket = known?.kind === 'ticket' ? known.ticket : undefined;
  let isUsed = false;
  try {
    const answer = await ask(work, [...head, ...identity.head]);
    isUsed = answer.status >= 200 && answer.status < 300;
    await deliverAnswer(work, answer, rulesFor(work), isUsed ? ticket : undefined);
  } finally {
    if (ticket !== undefined && !isUsed) await abandonExport(work, ticket);
  }
}

type Refused = Exclude<ReturnType<typeof refuseRoute>, undefined> | 'upload_refused' | 'service_worker_refused';

function refusalOf({ act, body, request, visit }: Begun): Refused | undefined {
  const { web } = visit.site;
  const route = refuseRoute(web, act);
  if (route !== undefined) return route;
  // It would answer later requests itself, past the gateway, from what it kept.
  const asksWorker =
    request.headers['service-worker'] !== undefined || request.headers['sec-fetch-dest'] === 'serviceworker';
  if (asksWorker && web.serviceWorkers === 'refused') return 'service_worker_refused';
  return body !== undefined && web.uploads === 'refused' && isUpload(body) ? 'upload_refused' : undefined;
}

async function refuse(work: Begun, reason: Refused): Promise<void> {
  const { deps, record, visit, request, response } = work;
  const { person } = visit.session.authorization;
  const { method, url } = record.asked;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'site.request_refused',
    actor: person.id,
    session: visit.session.id,
    body: { method: method.slice(0, 100), path: url.slice(0, 2_000), reason },
  });
  record.found = [reason];
  await record.done('refused');
  const { name } = visit.site.target;
  const { locale } = person;
  sendPage(request, response, {
    ...{ status: reason === 'method_refused' ? 405 : 403, locale, title: say(locale, 'site.denied.title') },
    texts: [say(locale, `site.denied.${reason}`, { name })],
  });
}

function hostFor({ deps, visit, request }: Work): string {
  const { target, web } = visit.site;
  if (web.hostHeader === 'public') return request.headers.host ?? new URL(deps.place.originOf(target.name)).host;
  return hostOfSite(target.host, target.port, web.scheme);
}

function hostOfSite(host: string, port: number, scheme: 'http' | 'https'): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (scheme === 'https' ? 443 : 80) ? name : `${name}:${port}`;
}

function rulesFor(work: Work) {
  const { deps, visit, request } = work;
  const { target, web } = visit.site;
  const own = `${web.scheme}://${hostOfSite(target.host, target.port, web.scheme)}`;
  const host = request.headers.host ?? '';
  return {
    // A site that believes its own scheme sends people to plain http of its public name.
    ownOrigins: web.hostHeader === 'own' ? [own] : [`http://${host}`],
    publicOrigin: `${deps.place.scheme}://${host === '' ? hostFor(work) : host}`,
    cookieNames: [siteCookieName(deps.place), pendingSiteCookieName(deps.place)],
    isPrivate: false,
  };
}

/** Sends it on. @throws what the site's side throws. */
async function ask(work: Begun, head: readonly (readonly [string, string])[]) {
  const { act, body, record, request, signal, visit } = work;
  const fields = body === undefined ? [] : formFields(body);
  async function* content(): AsyncGenerator<Buffer, void, undefined> {
    if (body === undefined) return;
    if (body.head.length > 0) {
      await record.question(body.head, isReadable(body) ? redactBody(body.head, body.type, fields) : undefined);
      yield body.head;
    }
    const { rest } = body;
    if (rest === undefined) return;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      await record.question(next.value, undefined);
      yield next.value;
    }
  }
  const length =
    body === undefined ? undefined : body.rest === undefined ? body.head.length : request.headers['content-length'];
  const {
    statusCode,
    headers,
    body: answer,
  } = await visit.connections.pool.request({
    method: act.method,
    path: request.url ?? '/',
    headers: [...head.flat(), ...(length === undefined ? [] : ['Content-Length', String(length)])],
    body: body === undefined ? null : Readable.from(content(), { objectMode: false }),
    signal,
    responseHeaders: 'raw',
    highWaterMark: LIMITS.siteReadBytes,
  });
  const raw: unknown = headers;
  return { status: statusCode, head: headOf(Array.isArray(raw) ? raw.map(String) : []), body: answer };
}

const PAGES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  ECONNREFUSED: 'refused',
};

async function fail(work: Begun, error: Error, isGone: boolean): Promise<void> {
  const { deps, record, response, visit } = work;
  const isOver = isGone || visit.session.signal.aborted;
  const reference = referenceOf(deps);
  if (!isOver) {
    deps.log.warn(
      { event: 'site.exchange_failed', sessionId: visit.session.id, reference, err: error },
      'it broke off',
    );
  }
  if (response.headersSent && !isGone) await noteCut(work, 'broke_off').catch(() => undefined);
  await record.done(isGone ? 'gone' : 'failed').catch(() => undefined); // The recorder failed: the session ends for it.
  if (isOver || response.headersSent) response.destroy();
  else sendFailure(work, error, reference);
}

function sendFailure({ request, response, visit }: Begun, error: Error, reference: string): void {
  const { locale } = visit.session.authorization.person;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal';
  const detail = `${PAGES[code] ?? code} [${reference}]`;
  sendPage(request, response, {
    ...{ status: error instanceof GatewayError ? error.status : 502, locale },
    title: say(locale, 'site.failed.title'),
    texts: [say(locale, 'site.failed.text', { name: visit.site.target.name, detail })],
  });
}

/** Whether another request of this visit may begin now. */
export function hasRoom({ running }: Visit): boolean {
  return running.size < LIMITS.siteExchangesPerVisitMax;
}
