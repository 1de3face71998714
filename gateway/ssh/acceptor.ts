/** The one TCP listener: admits or turns away, and hands each socket, still unread, to whoever serves it. */
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { GatewayError, type Log } from '../../foundation/index.ts';
import { Arrivals } from './arrival.ts';
import { Door, type Place } from './door.ts';

export interface AcceptorOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** SSH connections at once, of all who serve. */
  readonly connectionsMax?: number;
  /** CIDRs of the load balancers that put a PROXY protocol header before each connection. */
  readonly balancers?: readonly string[];
  /** Takes a paused socket and its place; `head` is what was read of it already. */
  readonly serve: (socket: Socket, place: Place, head?: Buffer) => void;
}

export interface Acceptor extends AsyncDisposable {
  readonly port: number;
}

/** Starts listening. @throws {GatewayError} `start_refused` when the port is taken. */
export async function listenSsh({ serve, ...options }: AcceptorOptions): Promise<Acceptor> {
  const { log } = options;
  const door = new Door(log, options.connectionsMax);
  const arrivals = new Arrivals(options.balancers ?? [], log);
  const server = createServer({ noDelay: true, pauseOnConnect: true });
  server.on('connection', (socket) => {
    // Permanent: it may be reset at any time, also while it is on its way to another process.
    socket.on('error', (error) => log.debug({ event: 'ssh.socket_error', err: error }, 'socket error'));
    arrivals.receive(socket, ({ sourceAddress, head }) => {
      const place = door.admit(socket, sourceAddress);
      if (place !== undefined) serve(socket, place, head);
    });
  });
  const port = await listen(server, options);
  server.on('error', (error) => log.warn({ event: 'ssh.acceptor_error', err: error }, 'acceptor error'));
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      // Not awaited: it calls back when the last connection is gone, and sockets that are served here live on.
      server.close();
      await Promise.resolve();
    },
  };
}

function listen(server: NetServer, { host, port }: Pick<AcceptorOptions, 'host' | 'port'>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new GatewayError('start_refused', `SSH cannot listen on ${host} port ${port}.`, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
