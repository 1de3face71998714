/** A way to a server that can be cut: after so many bytes to it, or wholly, as a firewall or a pulled cable does. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** Cuts each connection, those there too, once this many bytes went to the server over it. */
  cutAfter(bytes: number): void;
  /** How many connections were cut. */
  cuts(): number;
}

export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  let limit = Infinity;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    let sent = 0;
    const drop = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', drop).on('close', () => {
        sockets.delete(socket);
        drop();
      });
    }
    client.on('data', (bytes: Buffer) => {
      const room = limit - sent;
      upstream.write(bytes.subarray(0, Math.max(0, room)));
      sent += bytes.length;
      if (bytes.length <= room) return;
      cuts += 1;
      drop();
    });
    upstream.on('data', (bytes: Buffer) => client.write(bytes));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    port: address.port,
    cutAfter: (bytes) => {
      limit = bytes;
    },
    cuts: () => cuts,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
