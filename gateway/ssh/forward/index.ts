/** Channels to somewhere else (`direct-tcpip`, RFC 4254 §7.2): which of them are served, and how. */
import { asError, hasCode, newUuid } from '../../../foundation/index.ts';
import { loadAuthorizationFacts } from '../../../identity/index.ts';
import { authorizeTarget, type ConnectionId } from '../../../policy/index.ts';
import { isSshPort, readDestination } from '../jump/destination.ts';
import { answerJump, type ServeInner } from '../jump/inner-connection.ts';
import { choicesFor } from '../menu/index.ts';
import type { Caller, SshDeps } from '../model.ts';
import { shown } from '../printable.ts';
import type { DirectChannel } from './direct-channel.ts';
import { forwardToOwnServer } from './own-server.ts';

export type { DirectChannel } from './direct-channel.ts';

/** Serves or refuses it. Rejects only when not even the refusal could be said. */
export async function serveDirectTcpip(
  deps: SshDeps,
  caller: Caller,
  asked: DirectChannel,
  serveInner: ServeInner,
): Promise<void> {
  try {
    const destination = readDestination(asked.host);
    if (destination.kind === 'target')
      await jump(deps, caller, { asked, loginName: destination.loginName }, serveInner);
    else if (destination.kind === 'loopback') await forwardToOwnServer(deps, caller, asked);
    else await asked.refuse('direct-tcpip', 'channel.local_forward');
  } catch (thrown) {
    deps.log.warn({ event: 'ssh.forward_undecided', err: asError(thrown) }, 'forwarding not decided');
    const isDatabase = hasCode(thrown, 'database_unavailable');
    await asked.refuse('direct-tcpip', isDatabase ? 'error.database_unavailable' : 'channel.local_forward');
  }
}

async function jump(
  deps: SshDeps,
  caller: Caller,
  { asked, loginName }: { asked: DirectChannel; loginName: string },
  serveInner: ServeInner,
): Promise<void> {
  // A chain of inner connections would cost one client little and the gateway a handshake each.
  if (caller.jumpedFrom !== undefined) return asked.refuse('jump', 'jump.nested');
  const facts = await loadAuthorizationFacts(deps, { person: caller.person, loginName, action: 'shell' });
  const decision = authorizeTarget(facts);
  const choices =
    decision.allowed || decision.reason !== 'ambiguous' ? '' : await choicesFor(deps, { ...caller, loginName });
  const ask = new URL('/tickets/new?kind=access', deps.publicUrl).href;
  const values = { name: shown(loginName), url: deps.publicUrl.href, ask, choices };
  // Which kind of session the grant allows is asked when one is opened.
  if (!decision.allowed && decision.reason !== 'action_not_granted') {
    return asked.refuse('jump', `access.${decision.reason}`, values);
  }
  const { target, account } = facts;
  if (target === undefined || account === undefined) return asked.refuse('jump', 'access.no_account', values);
  if (!isSshPort(asked.port, target)) return asked.refuse('jump', 'jump.port', { ...values, port: asked.port });
  const channel = asked.accept();
  if (channel === undefined) return;
  const connectionId = newUuid(deps.clock.now()) as ConnectionId;
  try {
    answerJump(deps, channel, { outer: caller, connectionId, loginName, account, hostName: asked.host }, serveInner);
  } catch (thrown) {
    channel.close();
    throw thrown;
  }
}
