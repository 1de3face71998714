import type { AuthContext, ClientInfo, Connection } from 'ssh2';
import { asError, type Clock, LIMITS } from '../../foundation/index.ts';
import { authenticate } from './authenticate.ts';
import type { Running } from './running.ts';
import { serveSession, type TargetFacts } from './session.ts';

export interface ConnectionFacts extends TargetFacts {
  readonly authorities: readonly Buffer[];
  readonly accounts: readonly string[];
  readonly clock: Clock;
  /** Called when the connection has signed in; one that never does is closed by the caller. */
  readonly signedIn: () => void;
  readonly started: (running: Running) => void;
}

const AUTHENTICATION_TRIES_MAX = 6;

/** One SSH connection: a certificate, then at most a handful of session channels at once. */
export function serveConnection(connection: Connection, info: ClientInfo, facts: ConnectionFacts): void {
  const processes = new Set<Running>();
  let account: string | undefined;
  let tries = 0;
  let sessions = 0;

  // A listener for good: the second error of a connection would otherwise end the process.
  connection.on('error', (error) => {
    facts.log.debug({ event: 'demo.connection_error', err: error }, 'a connection to the demo target broke');
  });
  connection.on('close', () => {
    for (const running of processes) running.stop();
  });
  connection.on('authentication', (ctx) => {
    tries += 1;
    if (tries > AUTHENTICATION_TRIES_MAX) {
      connection.end();
      return;
    }
    if (decide(ctx)) account = ctx.username;
  });
  connection.on('ready', facts.signedIn);
  connection.on('session', (accept, reject) => {
    if (account === undefined || sessions >= LIMITS.sshChannelsMax) {
      reject();
      return;
    }
    sessions += 1;
    const session = accept();
    session.on('close', () => {
      sessions -= 1;
    });
    serveSession(session, { ...facts, account, started });
  });

  function started(running: Running): void {
    processes.add(running);
    void running.ended.then(() => processes.delete(running));
    facts.started(running);
  }

  /** @returns whether the person is signed in. ssh2's answers throw when the client has gone on meanwhile. */
  function decide(ctx: AuthContext): boolean {
    try {
      const certificate = authenticate(ctx, { ...facts, sourceAddress: info.ip });
      ctx.accept();
      if (certificate === undefined) return false;
      const { keyId, serial } = certificate;
      facts.log.info({ event: 'demo.signed_in', account: ctx.username, keyId, serial: String(serial) }, 'signed in');
      return true;
    } catch (thrown) {
      const reason = asError(thrown).message;
      if (ctx.method !== 'none') facts.log.info({ event: 'demo.sign_in_refused', reason }, 'sign-in refused');
      try {
        ctx.reject(['publickey']);
      } catch {
        connection.end();
      }
      return false;
    }
  }
}
