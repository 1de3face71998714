/** The door of the sites: HTTP/1.1, and with a certificate TLS with HTTP/2. */
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { asError, GatewayError, LIMITS } from '../../foundation/index.ts';
import type { HttpDeps } from './model.ts';
import { serveRequest, type SiteServer } from './serve.ts';
import { serveUpgrade } from './socket/upgrade.ts';
import { Visits } from './visits.ts';

export interface SiteListenerOptions {
  readonly host: string;
  readonly port: number;
  /** PEM. Undefined: plain HTTP, behind a TLS proxy or in the demo. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
}

export interface SiteListener extends AsyncDisposable {
  readonly port: number;
}

const CHECK_MS = 5_000;

/** @throws {GatewayError} `start_refused` when the port is taken. */
export async function listenSites(deps: HttpDeps, options: SiteListenerOptions): Promise<SiteListener> {
  const visits = new Visits(deps);
  const server = createServer({ deps, visits }, options.tls);
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) => {
      const where = `${options.host} port ${options.port}`;
      reject(new GatewayError('start_refused', `Sites cannot be served on ${where}.`, { cause }));
    });
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      await visits[Symbol.asyncDispose]();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeEverything();
      });
    },
  };
}

type AnyServer = Pick<Server, 'on' | 'once' | 'listen' | 'address' | 'close'> & { closeEverything(): void };

function createServer(sites: SiteServer, tls: SiteListenerOptions['tls']): AnyServer {
  const sockets = new Set<Socket>();
  const bounds = {
    // Node's own parser, never its lenient mode.
    ...{ insecureHTTPParser: false, maxHeaderSize: LIMITS.siteHeaderBytesMax, requireHostHeader: true },
    ...{ headersTimeout: LIMITS.siteHeadersSeconds * 1_000, requestTimeout: LIMITS.siteRequestSeconds * 1_000 },
    ...{ connectionsCheckingInterval: CHECK_MS, keepAliveTimeout: LIMITS.siteHeadersSeconds * 1_000 },
  };
  const server = tls === undefined ? createPlain(bounds) : secure(bounds, tls);
  server.maxConnections = LIMITS.siteConnectionsMax;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined); // The browser is gone; its `close` says so.
    void serveRequest(sites, request, response);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    serveUpgrade(sites, { request, socket, head }).catch((thrown: unknown) => {
      sites.deps.log.warn({ event: 'site.upgrade_failed', err: asError(thrown) }, 'a live connection broke');
      socket.destroy();
    });
  });
  // CONNECT is for the forward proxy alone.
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return Object.assign(server, {
    closeEverything: () => {
      for (const socket of sockets) socket.destroy();
    },
  });
}

function secure(bounds: object, { certificate, key }: { readonly certificate: string; readonly key: string }): Server {
  const server = createSecureServer({
    ...bounds,
    ...{ cert: certificate, key, allowHTTP1: true, minVersion: 'TLSv1.2' },
    settings: { maxConcurrentStreams: LIMITS.siteExchangesPerVisitMax, enableConnectProtocol: false },
    maxSessionMemory: 16,
  });
  // Of HTTP/1.1 over TLS the constructor takes none of them: a head that never ends would be waited for by its own measure.
  Object.assign(server, bounds);
  server.on('session', endIdle);
  // One interface for both: requests of HTTP/2 come as those of HTTP/1.1 (node's compatibility API).
  return server as unknown as Server;
}

/** A connection of HTTP/2 on which nothing is asked holds memory and a place, however slowly its bytes come (slowloris). */
function endIdle(session: ServerHttp2Session): void {
  let open = 0;
  const wait = (): NodeJS.Timeout => setTimeout(() => session.destroy(), LIMITS.siteHeadersSeconds * 1_000).unref();
  let timer = wait();
  session.on('stream', (stream) => {
    open += 1;
    clearTimeout(timer);
    stream.once('close', () => {
      open -= 1;
      if (open === 0 && !session.destroyed) timer = wait();
    });
  });
  session.once('close', () => clearTimeout(timer));
}
