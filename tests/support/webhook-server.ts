/** A real https server on loopback that is asked by webhooks. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestCertificate } from './certificate.ts';

export interface ReceivedPost {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebhookServer extends AsyncDisposable {
  readonly port: number;
  readonly received: ReceivedPost[];
  /** Connections that were opened, whether anything was asked or not. */
  connections: number;
  /** What it says from now on; 204 by itself. */
  answer: (response: ServerResponse, request: IncomingMessage) => void;
}

export async function startWebhookServer(certificate: TestCertificate): Promise<WebhookServer> {
  const state: Pick<WebhookServer, 'received' | 'answer' | 'connections'> = {
    received: [],
    connections: 0,
    answer: (response) => response.writeHead(204).end(),
  };
  const server = createServer(certificate, (request, response) => {
    response.on('error', () => undefined);
    text(request).then(
      (body) => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        state.received.push({ path: request.url ?? '', headers, body });
        state.answer(response, request);
      },
      () => undefined,
    );
  });
  server.on('connection', () => (state.connections += 1));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  });
}
