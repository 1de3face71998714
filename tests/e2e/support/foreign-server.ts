/** A real SSH server that is not the demo's: with a host key of its own, and a will of its own about certificates. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import ssh2 from 'ssh2';

export interface ForeignServer extends AsyncDisposable {
  readonly port: number;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** The account of each authentication request that reached it. */
  readonly attempts: readonly string[];
  /** Cuts every connection, as a power failure would. */
  dropAll(): void;
}

/** Runs nothing: it prints `ran: COMMAND` and leaves the program running. */
export async function startForeignServer({ accepts }: { accepts: boolean }): Promise<ForeignServer> {
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  const attempts: string[] = [];
  const sockets = new Set<Socket>();
  const library = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method === 'none') {
        context.reject(['publickey']);
        return;
      }
      attempts.push(context.username);
      if (accepts) context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) => {
      const session = accept();
      session.on('exec', (take, _refuse, { command }) => {
        take().write(`ran: ${command}\n`);
      });
    });
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    library.injectSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const dropAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    hostKey: key.public.split(' ').slice(0, 2).join(' '),
    attempts,
    dropAll,
    [Symbol.asyncDispose]: async () => {
      dropAll();
      server.close();
      await once(server, 'close');
    },
  };
}
