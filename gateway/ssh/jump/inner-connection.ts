/**
 * `ssh -J bastion account@target`: the client sends an SSH connection to the target through a channel of its
 * connection to the bastion. It is answered here, in the target's name and by a host certificate for it; a tunnel
 * would carry bytes that nobody records.
 */
import { asError, LIMITS } from '../../../foundation/index.ts';
import { IDENT, MAINTAINER_LEG } from '../algorithms.ts';
import { type Connection, endBecause, Server, type ServerChannel, startRekeying } from '../library/index.ts';
import type { Caller, SshDeps } from '../model.ts';
import { ChannelSocket } from './channel-socket.ts';
import { HOST_SUFFIX } from './destination.ts';
import { InnerSignIn, type Jump } from './sign-in.ts';

/** Serves the inner connection, once it has signed in, as any other. */
export type ServeInner = (connection: Connection, caller: Caller) => void;

export function answerJump(
  deps: SshDeps,
  channel: ServerChannel,
  jump: Jump & { readonly hostName: string },
  serve: ServeInner,
): void {
  const socket = new ChannelSocket(channel);
  socket.on('error', (error) => deps.log.debug({ event: 'ssh.jump_error', err: error }, 'inner connection'));
  const grace = setTimeout(() => socket.destroy(), LIMITS.sshLoginGraceSeconds * 1_000);
  const signedIn = (): void => clearTimeout(grace);
  socket.once('close', signedIn);
  const server = new Server(
    {
      hostKeys: [...deps.hostKeys.shownAs(namesOf(jump))],
      algorithms: MAINTAINER_LEG,
      ident: IDENT,
      keepaliveInterval: (deps.keepaliveSeconds ?? 0) * 1_000,
    },
    (connection) => welcome(deps, connection, { jump, socket, signedIn, serve }),
  );
  server.on('error', (error: Error) => deps.log.debug({ event: 'ssh.jump_error', err: error }, 'inner server'));
  server.injectSocket(socket as unknown as Parameters<typeof server.injectSocket>[0]); // It needs a Duplex, no more.
}

/** The names under which the certificate is true: the target's, as a host name, and as it was asked for. */
function namesOf({ loginName, hostName }: Jump & { hostName: string }): string[] {
  return [...new Set([loginName, `${loginName}${HOST_SUFFIX}`, hostName])];
}

function welcome(
  deps: SshDeps,
  connection: Connection,
  { jump, socket, signedIn, serve }: { jump: Jump; socket: ChannelSocket; signedIn: () => void; serve: ServeInner },
): void {
  const closed = new AbortController();
  const { outer, connectionId, loginName } = jump;
  const log = deps.log.child({ room: 'gateway/ssh', connectionId, outer: outer.connectionId });
  const signIn = new InnerSignIn({ ...deps, log }, jump);
  // Permanent: the library emits errors again and again, and the first one without a listener would end the process.
  connection.on('error', (error) => {
    log.debug({ event: 'ssh.connection_error', err: error }, 'inner connection');
    if (Reflect.get(error, 'level') === 'client-timeout') socket.destroy(); // It takes no farewell either.
  });
  startRekeying(connection);
  connection.once('close', () => {
    closed.abort();
    signIn.ended().catch((thrown: unknown) => {
      log.error({ event: 'ssh.refusal_not_audited', err: asError(thrown) }, 'refusal not audited');
    });
  });
  connection.on('authentication', (context) => {
    void signIn.answer(context, (line) => endBecause(connection, line));
  });
  connection.once('ready', () => {
    if (signIn.signedIn === undefined) {
      connection.end();
      return;
    }
    signedIn();
    const signal = AbortSignal.any([closed.signal, outer.closed]);
    serve(connection, {
      ...outer,
      connectionId,
      loginName,
      ...signIn.signedIn,
      jumpedFrom: outer.connectionId,
      closed: signal,
    });
  });
}
