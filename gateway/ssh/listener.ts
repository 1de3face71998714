/** The SSH listener: sockets in, signed-in connections out. Nothing of one connection reaches another. */
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { asError, GatewayError, newUuid } from '../../foundation/index.ts';
import type { ConnectionId } from '../../policy/index.ts';
import { shutDownSessions } from '../live-sessions.ts';
import { MAINTAINER_LEG } from './algorithms.ts';
import { Authentication } from './authentication.ts';
import { serveConnection } from './connection.ts';
import { Door, shareTurns, type Visitor } from './door.ts';
import { type Connection, endBecause, requirePatchedLibrary, Server } from './library/index.ts';
import type { SshDeps } from './model.ts';

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Private host key in OpenSSH or PEM form. */
  readonly hostKey: string;
}

export interface SshListener extends AsyncDisposable {
  readonly port: number;
}

/** Starts listening. @throws {GatewayError} `start_refused` when the port is taken or the library is not patched. */
export async function listenSsh(
  deps: Omit<SshDeps, 'advertised'> & { advertised?: SshDeps['advertised'] },
  options: ListenOptions,
): Promise<SshListener> {
  requirePatchedLibrary();
  const door = new Door(deps.log);
  const acceptor = createServer({ noDelay: true });
  const port = await listen(acceptor, options);
  const full: SshDeps = { ...deps, advertised: deps.advertised ?? { host: options.host, port } };
  const visitors = new WeakMap<Socket, Visitor>();
  const library = new Server(
    { hostKeys: [options.hostKey], algorithms: MAINTAINER_LEG, ident: 'Sekisho' },
    (connection) => {
      const visitor = visitors.get(socketOf(connection));
      if (visitor === undefined) connection.end();
      else welcome(full, connection, visitor);
    },
  );
  library.on('error', (error: Error) => deps.log.warn({ event: 'ssh.listener_error', err: error }, 'listener error'));
  acceptor.on('error', (error) => deps.log.warn({ event: 'ssh.acceptor_error', err: error }, 'acceptor error'));
  acceptor.on('connection', (socket) => {
    const visitor = door.enter(socket);
    if (visitor === undefined) return;
    visitors.set(socket, visitor);
    library.injectSocket(socket);
    shareTurns(socket);
  });
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => acceptor.close(resolve)); // Nobody new comes in from here on.
      await shutDownSessions(deps);
      door.closeAll();
      await closed;
    },
  };
}

function welcome(deps: SshDeps, connection: Connection, visitor: Visitor): void {
  const closed = new AbortController();
  const connectionId = newUuid(deps.clock.now()) as ConnectionId;
  const log = deps.log.child({ room: 'gateway/ssh', connectionId });
  const { sourceAddress, extendGrace } = visitor;
  const authentication = new Authentication(deps, { connectionId, sourceAddress, extendGrace, signal: closed.signal });
  // Permanent: the library emits errors again and again, and the first one without a listener would end the process.
  connection.on('error', (error) => log.debug({ event: 'ssh.connection_error', err: error }, 'connection error'));
  connection.once('close', () => {
    closed.abort();
    authentication.ended().catch((thrown: unknown) => {
      log.error({ event: 'ssh.refusal_not_audited', err: asError(thrown) }, 'refusal not audited');
    });
  });
  connection.on('authentication', (context) => {
    authentication
      .answer(context, (line) => endBecause(connection, line))
      .catch((thrown: unknown) => {
        log.error({ event: 'ssh.authentication_failed', err: asError(thrown) }, 'authentication failed');
        connection.end();
      });
  });
  connection.once('ready', () => {
    const { signedIn } = authentication;
    if (signedIn === undefined) {
      connection.end();
      return;
    }
    visitor.signedIn();
    serveConnection(deps, connection, { ...signedIn, connectionId, sourceAddress, closed: closed.signal });
  });
}

/** The socket under a connection; the library has no public way to it. */
function socketOf(connection: Connection): Socket {
  return Reflect.get(connection, '_sock') as Socket;
}

function listen(server: NetServer, { host, port }: ListenOptions): Promise<number> {
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
