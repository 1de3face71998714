/** The SSH server: admitted sockets in, signed-in connections out. Nothing of one connection reaches another. */
import type { Socket } from 'node:net';
import { asError, newUuid } from '../../foundation/index.ts';
import type { ConnectionId, TargetId } from '../../policy/index.ts';
import { shutDownSessions } from '../live-sessions.ts';
import { IDENT, MAINTAINER_LEG } from './algorithms.ts';
import { resumeReading } from './arrival.ts';
import { Authentication, METHODS, Throttle } from './authentication/index.ts';
import { serveConnection } from './connection.ts';
import { type Place, receive, type Visitor } from './door.ts';
import {
  type Connection,
  endBecause,
  requirePatchedLibrary,
  Server,
  shareTurns,
  startRekeying,
} from './library/index.ts';
import { FirstChoices } from './target/index.ts';
import type { SshDeps } from './model.ts';

const KEEPALIVES_UNANSWERED_MAX = 3;

/** Serves connections, each whole, from its banner to its end; who may come in was decided where it was accepted. */
export interface SshServer extends AsyncDisposable {
  /** `head`: what was read of the socket already. The socket may be paused. */
  serve(socket: Socket, place: Place, head?: Buffer): void;
  /** Connections it serves now. */
  readonly connections: number;
}

/** @throws {GatewayError} `start_refused` when the library is not patched. */
export function createSshServer(given: SshDeps): SshServer {
  requirePatchedLibrary();
  const deps = { firstChoices: new FirstChoices(), throttle: new Throttle(given.clock), ...given };
  const sockets = new Set<Socket>();
  const visitors = new WeakMap<Socket, Visitor>();
  // A banner of two languages ends its last line itself; ssh adds nothing.
  const banner = deps.signIn.banner === '' ? undefined : `${deps.signIn.banner.trimEnd()}\n`;
  const library = new Server(
    {
      hostKeys: [...deps.hostKeys.shownAs([deps.advertised.host])],
      announcedHostKeys: deps.hostKeys.announced,
      algorithms: MAINTAINER_LEG,
      ident: IDENT,
      answersAhead: METHODS,
      keepaliveInterval: (deps.keepaliveSeconds ?? 0) * 1_000,
      keepaliveCountMax: KEEPALIVES_UNANSWERED_MAX,
      ...(banner === undefined ? {} : { banner }),
    },
    (connection) => {
      const visitor = visitors.get(socketOf(connection));
      if (visitor === undefined) connection.end();
      else welcome(deps, connection, visitor);
    },
  );
  library.on('error', (error: Error) => deps.log.warn({ event: 'ssh.listener_error', err: error }, 'listener error'));
  return {
    get connections() {
      return sockets.size;
    },
    serve(socket, place, head) {
      socket.on('error', (error) => deps.log.debug({ event: 'ssh.socket_error', err: error }, 'socket error'));
      if (socket.destroyed) {
        place.left(); // It was reset on its way here; nobody would tell any more.
        return;
      }
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      visitors.set(socket, receive(socket, place));
      if (head !== undefined && head.length > 0) socket.unshift(head);
      library.injectSocket(socket);
      shareTurns(socket);
      resumeReading(socket);
    },
    [Symbol.asyncDispose]: async () => {
      await shutDownSessions(deps);
      for (const socket of sockets) socket.destroy();
    },
  };
}

function welcome(deps: SshDeps & { readonly throttle: Throttle }, connection: Connection, visitor: Visitor): void {
  const closed = new AbortController();
  const connectionId = newUuid(deps.clock.now()) as ConnectionId;
  const log = deps.log.child({ room: 'gateway/ssh', connectionId });
  const { sourceAddress, extendGrace } = visitor;
  const authentication = new Authentication(deps, { connectionId, sourceAddress, extendGrace, signal: closed.signal });
  // Permanent: the library emits errors again and again, and the first one without a listener would end the process.
  connection.on('error', (error) => {
    log.debug({ event: 'ssh.connection_error', err: error }, 'connection error');
    // Whoever is silent for so long does not take a farewell either; waiting for it would keep their sessions open.
    if (Reflect.get(error, 'level') === 'client-timeout') socketOf(connection).destroy();
  });
  startRekeying(connection);
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
    const arrived = { connectionId, sourceAddress, factors: new Set<TargetId>(), closed: closed.signal };
    serveConnection(deps, connection, { ...signedIn, ...arrived });
  });
}

/** The socket under a connection; the library has no public way to it. */
function socketOf(connection: Connection): Socket {
  return Reflect.get(connection, '_sock') as Socket;
}
