/**
 * A forwarding to a server that the person started on the target, for editors that run half of themselves there. It is
 * a session like any other: admitted, recorded both ways, ended by a lock; its command is `forward localhost:PORT`.
 */
import { asError, LIMITS } from '../../../foundation/index.ts';
import { loadAuthorizationFacts } from '../../../identity/index.ts';
import { authorizeTarget } from '../../../policy/index.ts';
import { witnessDelay } from '../../../recorder/index.ts';
import { admit } from '../../admission.ts';
import type { GatewaySession } from '../../session.ts';
import type { ClientChannel, ServerChannel } from '../library/index.ts';
import type { Caller, SshDeps } from '../model.ts';
import { factorFor } from '../second-factor.ts';
import { failureMessage } from '../person-side.ts';
import { PeerGone, pump, writeTo } from '../stream-io.ts';
import { dialForSession, type TargetConnection } from '../target/index.ts';
import type { DirectChannel } from './direct-channel.ts';
import { isOwnListener, LISTENERS_COMMAND } from './own-listener.ts';

const KIND = 'own-server';
/** No terminal is behind a forwarding, so nothing can be said on it. */
const NOBODY = { hasTerminal: false, say: () => Promise.resolve() };

export async function forwardToOwnServer(deps: SshDeps, caller: Caller, asked: DirectChannel): Promise<void> {
  const { person, loginName } = caller;
  const facts = await loadAuthorizationFacts(deps, { person, loginName, action: 'exec' });
  const decision = authorizeTarget(facts);
  if (facts.target === undefined) return asked.refuse('direct-tcpip', 'channel.local_forward');
  // Behind a port anything may listen: where commands are judged, a way past the judge is no editor's.
  const isOpen = decision.allowed && decision.authorization.target.mode === 'recorded';
  if (!isOpen || !decision.authorization.actions.includes('develop')) {
    return asked.refuse(KIND, 'forward.not_granted', { name: loginName });
  }
  const delay = witnessDelay(deps.witnessesLateSince(), deps.clock.now(), deps.witnessGraceMinutes);
  if (delay?.minutesLeft === 0) return asked.refuse(KIND, 'error.witness_unreachable', { name: loginName });
  const admission = await admit(deps, person, loginName, {
    connectionId: caller.connectionId,
    kind: 'exec',
    command: `forward localhost:${asked.port}`,
    sourceAddress: caller.sourceAddress,
    signedInBy: caller.method,
    keyBlob: caller.keyBlob,
    terminal: undefined,
  });
  if (!admission.admitted) {
    const ask = new URL('/tickets/new?kind=access', deps.publicUrl).href;
    return asked.refuse(KIND, `access.${admission.reason}`, { name: loginName, url: deps.publicUrl.href, ask });
  }
  await runForward(deps, caller, asked, admission.session);
}

async function runForward(deps: SshDeps, caller: Caller, asked: DirectChannel, session: GatewaySession): Promise<void> {
  const clientLost = (): void => session.end('client_lost');
  caller.closed.addEventListener('abort', clientLost);
  if (caller.closed.aborted) clientLost();
  let connection: TargetConnection | undefined;
  try {
    // A forwarding shows nobody anything, so nobody can be asked here: a session of this connection is, first.
    if (factorFor(caller, session, 'forward') !== 'begins') {
      session.conclude('gate_refused');
      await asked.refuse(KIND, 'factor.not_shown');
      return;
    }
    connection = await dialForSession(deps, session, NOBODY);
    if (!(await isOwnServer(connection, asked.port))) {
      session.conclude('gate_refused');
      await asked.refuse(KIND, 'forward.not_own', { port: asked.port, name: caller.loginName });
      return;
    }
    const target = await connection.forward(asked.port);
    const channel = asked.accept();
    if (channel !== undefined) await carry(session, channel, target);
  } catch (thrown) {
    const error = asError(thrown);
    deps.log.warn({ event: 'ssh.forward_failed', sessionId: session.id, err: error }, 'forwarding failed');
    session.end('target_refused');
    const { key, values } = failureMessage(error, { locale: 'en', name: caller.loginName });
    await asked.refuse(KIND, key, { reference: session.id, ...values });
  } finally {
    connection?.close();
    caller.closed.removeEventListener('abort', clientLost);
    await session.close(null);
  }
}

/** Asked in the person's own account. The answer is not the person's to see, so it is not part of the recording. */
async function isOwnServer(connection: TargetConnection, port: number): Promise<boolean> {
  const listing = await connection.exec(LISTENERS_COMMAND, { terminal: undefined, environment: {} });
  listing.end();
  listing.stderr.resume();
  const chunks: Buffer[] = [];
  let bytes = 0;
  await pump(listing, (chunk) => {
    bytes += chunk.length;
    if (bytes <= LIMITS.listenersBytesMax) chunks.push(chunk);
    else listing.close(); // A list without an end says nothing.
    return Promise.resolve();
  });
  return bytes <= LIMITS.listenersBytesMax && isOwnListener(Buffer.concat(chunks).toString('latin1'), port);
}

/** Carries bytes until both sides have ended or one is gone; each is recorded before it is sent on. */
async function carry(session: GatewaySession, channel: ServerChannel, target: ClientChannel): Promise<void> {
  const stop = (): void => {
    channel.close();
    target.close();
  };
  session.signal.addEventListener('abort', stop, { once: true });
  if (session.signal.aborted) stop();
  try {
    await Promise.all([
      oneWay(session, 'i', { from: channel, to: target }),
      oneWay(session, 'o', { from: target, to: channel }),
    ]);
  } catch (thrown) {
    if (!(thrown instanceof PeerGone)) session.end('recorder_failed');
  } finally {
    session.signal.removeEventListener('abort', stop);
    stop();
  }
}

async function oneWay(
  session: GatewaySession,
  direction: 'i' | 'o',
  { from, to }: { from: ServerChannel | ClientChannel; to: ServerChannel | ClientChannel },
): Promise<void> {
  await pump(from, async (chunk) => {
    await session.record(direction, chunk);
    await writeTo(to, to, chunk);
  });
  to.end();
}
