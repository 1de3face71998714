/** A site of a test: every path answers as the test says, down to the raw bytes. */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type OddPage = (request: IncomingMessage, response: ServerResponse) => void;

export interface OddSite extends AsyncDisposable {
  readonly port: number;
  /** What the site got, newest last. */
  readonly asked: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
    body: string;
  }[];
  readonly sockets: Set<Socket>;
}

export async function startOddSite(
  pages: Readonly<Record<string, OddPage>>,
  onUpgrade?: (request: IncomingMessage, socket: Socket) => void,
): Promise<OddSite> {
  const asked: OddSite['asked'] = [];
  const sockets = new Set<Socket>();
  const server = createHttp((request, response) => {
    const seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: '' };
    asked.push(seen);
    request.on('data', (chunk: Buffer) => {
      seen.body += chunk.toString('utf8');
    });
    request.on('end', () => {
      const page = pages[(request.url ?? '/').split('?')[0] ?? '/'];
      if (page === undefined) response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here\n');
      else page(request, response);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  if (onUpgrade !== undefined) server.on('upgrade', onUpgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ asked, sockets, port: (server.address() as AddressInfo).port },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** An inventory with the people of the demo, one system and these sites of it. */
export function siteInventory(
  issuer: string,
  sites: readonly { readonly name: string; readonly port: number; readonly web?: object }[],
  people: readonly string[] = ['aoki'],
) {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const each = sites.flatMap(({ name }) => people.map((person) => ({ target: name, person })));
  return {
    issuer,
    people: [],
    systems: [
      {
        ...{ name: 'odd', titleEn: 'Odd', titleJa: '検証', owners: ['tanaka'] },
        risk: { persons: { command: 100, session: 300 }, softRatio: 1 },
        assets: [{ kind: 'table', name: 'odd.customers', dataClass: 'personal', recordCount: 1_000 }],
      },
    ],
    targets: sites.map(({ name, port, web = {} }) => ({
      ...{ name, system: 'odd', host: '127.0.0.1', port, mode: 'guarded-web', web: { scheme: 'http', ...web } },
    })),
    accounts: each.map(({ target, person }) => ({ target, person, account: person })),
    grants: each.map(({ target, person }) => ({ target, person, actions: ['web'], expiresAt: until })),
  };
}

/** Invented persons, one a row. */
export function personRows(count: number): string[][] {
  return Array.from({ length: count }, (_, at) => {
    const digits = String(at + 1).padStart(4, '0');
    return [String(at + 1), `見本 太郎${digits}`, `090-1234-${digits}`, `p${digits}@example.com`];
  });
}
