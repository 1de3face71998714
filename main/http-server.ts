import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { GatewayError } from '../foundation/index.ts';

export interface HttpServer extends AsyncDisposable {
  readonly port: number;
}

const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** @throws {GatewayError} `start_refused` when the port is taken. */
export async function startHttpServer(
  listener: RequestListener,
  address: { host: string; port: number },
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<HttpServer> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }, listener);
  const upgraded = new Set<Duplex>();
  if (upgrade !== undefined) {
    server.on('upgrade', (request, socket, head) => {
      upgraded.add(socket);
      socket.once('close', () => upgraded.delete(socket));
      upgrade(request, socket, head);
    });
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new GatewayError('start_refused', `The console cannot listen on ${address.host} port ${address.port}.`, {
          cause,
        }),
      );
    });
    server.listen(address.port, address.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        // Those who serve terminals end them, told, after this: waiting for them here would wait for ever.
        if (upgraded.size > 0) resolve();
      }),
  };
}
