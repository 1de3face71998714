/** A WebSocket to a site: admitted, recorded and metered as every other way, and ended with its session. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIMITS } from '../../../foundation/index.ts';
import type { Site } from '../../../identity/index.ts';
import { type BudgetDecision, refuseRoute } from '../../../policy/index.ts';
import { answerHeaders, headOf } from '../answer/headers.ts';
import { noteCut } from '../answer/export.ts';
import { AnswerMeasure } from '../answer/measure.ts';
import { hasRoom } from '../exchange.ts';
import { identityFor } from '../identity/tell-site.ts';
import type { BrowserRequest, Visit, Work } from '../model.ts';
import { ExchangeRecord } from '../record/exchange-record.ts';
import { redactUrl } from '../record/redact.ts';
import { hostOf, requestFault } from '../request/check.ts';
import { cookieOf, pendingSiteCookieName, siteCookieName } from '../request/cookie.ts';
import { forwardedHeaders } from '../request/headers.ts';
import { type SiteServer, siteOf, sourceOf } from '../serve.ts';
import { SocketReader } from './frames.ts';

interface Upgrade {
  readonly request: BrowserRequest;
  readonly socket: Duplex;
  readonly head: Buffer;
}

export async function serveUpgrade(server: SiteServer, upgrade: Upgrade): Promise<void> {
  const { request, socket } = upgrade;
  socket.on('error', () => undefined);
  const visit = await admitted(server, request);
  if (typeof visit === 'number') {
    refuse(socket, visit);
    return;
  }
  const serving = carry(server, visit, upgrade);
  visit.running.add(serving);
  try {
    await serving;
  } finally {
    visit.running.delete(serving);
    socket.destroy();
  }
}

/** @returns the visit, or the status of the refusal. */
async function admitted({ deps, visits }: SiteServer, request: BrowserRequest): Promise<Visit | number> {
  if (!isWebSocket(request)) return 400;
  const found = await siteOf(deps, request);
  if (found === undefined) return 421;
  const token = cookieOf(request, siteCookieName(deps.place));
  const arrival = token === undefined ? undefined : await visits.of(found, token, sourceOf(deps, request));
  if (arrival === undefined || arrival.kind === 'unknown') return 401;
  if (arrival.kind === 'refused') return 403;
  // Another site's page would speak with this person's cookie (cross-site WebSocket hijacking).
  const isForeign = request.headers.origin !== `${deps.place.scheme}://${hostOf(request)}`;
  if (isForeign || isRefused(found.site, request)) return 403;
  return hasRoom(arrival.visit) ? arrival.visit : 429;
}

function isRefused({ web }: Site, request: BrowserRequest): boolean {
  const [path = '/'] = (request.url ?? '/').split('?');
  if (web.webSockets === 'refused' || web.readOnly) return true;
  return refuseRoute(web, { method: 'GET', path, parameters: [] }) !== undefined;
}

function isWebSocket(request: BrowserRequest): boolean {
  const asks = request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';
  return asks && requestFault(request) === undefined;
}

async function carry({ deps }: SiteServer, visit: Visit, { request, socket, head }: Upgrade): Promise<void> {
  const { session, site, connections } = visit;
  const began = deps.clock.now().getTime();
  const url = request.url ?? '/';
  const millis = (): number => Math.max(0, deps.clock.now().getTime() - began);
  const record = new ExchangeRecord(visit, { n: visit.nextExchange(), method: 'GET', url: redactUrl(url), millis });
  const identity = await identityFor(deps, visit);
  if (!identity.known) {
    refuse(socket, 403);
    return;
  }
  const sent = forwardedHeaders(request.rawHeaders, {
    ...{ host: hostOf(request), scheme: deps.place.scheme, sourceAddress: sourceOf(deps, request) },
    ...{ cookieName: siteCookieName(deps.place), identityHeaders: identity.headerNames },
    keepsAuthorization: site.web.identity.kind === 'token',
  });
  await record.begin(sent, new Set());
  const opened = await connections.pool.upgrade({
    ...{ path: url, method: 'GET', protocol: 'websocket', signal: session.signal, responseHeaders: 'raw' },
    headers: [...sent, ...identity.head].filter(([name]) => name.toLowerCase() !== 'accept-encoding').flat(),
  });
  const ended = (): void => {
    socket.destroy();
    opened.socket.destroy();
  };
  session.signal.addEventListener('abort', ended, { once: true });
  opened.socket.on('error', () => undefined);
  try {
    // Raw: names and values in turn, whatever the library's types say.
    const raw: unknown = opened.headers;
    const pairs = headOf(Array.isArray(raw) ? raw.map(String) : []);
    record.answered(101, pairs);
    writeHead(socket, pairs, { deps, request });
    if (head.length > 0) socket.unshift(head);
    const work = { deps, visit, record } as const;
    await Promise.race([pump(work, socket, opened.socket, 'browser'), pump(work, opened.socket, socket, 'site')]);
  } finally {
    session.signal.removeEventListener('abort', ended);
    ended();
    record.kind = 'socket';
    await record.done('socket').catch(() => undefined); // The recorder failed: the session ends for it.
  }
}

type Pumping = Pick<Work, 'deps' | 'visit' | 'record'>;

async function pump(work: Pumping, from: Duplex, to: Duplex, side: 'browser' | 'site'): Promise<void> {
  const { record, visit } = work;
  const reader = new SocketReader({ isMasked: side === 'browser', bytesMax: LIMITS.siteMessageBytesMax });
  const measure = new AnswerMeasure(visit.meter, 'data');
  for await (const piece of from as AsyncIterable<Buffer>) {
    const whole = reader.take(piece);
    // A frame that is not read is not passed on, nor is what comes after it.
    if (typeof whole === 'string') return cut(work, whole);
    if (whole.bytes.length === 0) continue;
    const payload = Buffer.concat(whole.messages.map((message) => message.payload));
    if (side === 'browser') {
      visit.session.attendance.noteInput();
    } else {
      measure.read(Buffer.concat([payload, Buffer.from('\n')]));
      const decided: BudgetDecision = await measure.chargeMidway();
      if (decided.kind === 'hard') return cut(work, 'meter.hard-limit');
    }
    await record.message(side, payload);
    if (!to.write(whole.bytes))
      await new Promise<void>((resolve) => {
        to.once('drain', resolve);
        to.once('close', resolve);
      });
  }
}

async function cut({ deps, record, visit }: Pumping, reason: string): Promise<void> {
  record.found = [reason];
  await noteCut({ deps, record, visit }, reason);
}

function writeHead(
  socket: Duplex,
  pairs: readonly (readonly [string, string])[],
  { deps, request }: { deps: SiteServer['deps']; request: BrowserRequest },
): void {
  const origin = `${deps.place.scheme}://${hostOf(request)}`;
  const cookieNames = [siteCookieName(deps.place), pendingSiteCookieName(deps.place)];
  // No extension was asked for, so none is agreed on.
  const wanted = pairs.filter(([name]) => /^(?:sec-websocket-(?:accept|protocol)|set-cookie)$/i.test(name));
  const headers = answerHeaders(wanted, { ownOrigins: [], publicOrigin: origin, cookieNames, isPrivate: false });
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}: ${one}`),
  );
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${lines.join('\r\n')}\r\n\r\n`,
  );
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
