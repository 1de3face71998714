/**
 * A signed-in connection: session channels go on, everything else that could carry bytes past the recorder is
 * refused, with a line for the person and an event.
 */
import { asError, LIMITS } from '../../foundation/index.ts';
import { type MessageKey, message } from '../../messages/index.ts';
import type { ConnectionId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { SignedIn } from './authentication.ts';
import type { Connection, Session } from './library.ts';
import type { SshDeps } from './listener.ts';
import { collectRequests } from './session-requests.ts';

export interface Caller extends SignedIn {
  readonly connectionId: ConnectionId;
  readonly sourceAddress: string;
  /** Aborted when the connection is gone. */
  readonly closed: AbortSignal;
}

/** What was refused on this connection and not yet told on a channel's stderr. */
export interface Refusals {
  /** Records one refusal; tells it now when a channel is open, else as soon as one is. */
  refuse(kind: string, detail: string, key: MessageKey): void;
  /** Calls `tell` with each line not told yet and with all later ones, until the returned function is called. */
  tellOn(tell: (text: string) => void): () => void;
}

export function serveConnection(deps: SshDeps, connection: Connection, caller: Caller): void {
  const refusals = createRefusals(deps, caller);
  let channels = 0;
  connection.on('session', (accept, reject) => {
    if (channels >= LIMITS.sshChannelsMax) {
      reject();
      return;
    }
    channels += 1;
    const session: Session = accept();
    session.once('close', () => {
      channels -= 1;
    });
    collectRequests(deps, session, caller, refusals);
  });
  refuseChannels(connection, refusals);
}

/** Forwardings in both directions, by TCP and by socket: the roads by which a command could leave the recorder. */
function refuseChannels(connection: Connection, refusals: Refusals): void {
  const because = (reject: () => void, key: MessageKey): void => {
    // The patched library sends this as the failure's description, and ssh prints it: in English always, because ssh
    // shows every other script as octal escapes.
    const text = message('en', 'line', { text: message('en', key), code: 'channel_refused' });
    (reject as (description: string) => void)(text);
  };
  connection.on('tcpip', (_accept, reject, info) => {
    refusals.refuse('direct-tcpip', `${info.destIP}:${info.destPort}`, 'channel.local_forward');
    because(reject, 'channel.local_forward');
  });
  connection.on('openssh.streamlocal', (_accept, reject, info) => {
    refusals.refuse('direct-streamlocal', info.socketPath, 'channel.local_forward');
    because(reject, 'channel.local_forward');
  });
  connection.on('request', (_accept, reject, name: string) => {
    refusals.refuse(name, '', 'channel.remote_forward');
    // The library types `reject` as always there; without want-reply it is not.
    (reject as (() => void) | undefined)?.();
  });
}

function createRefusals(deps: SshDeps, caller: Caller): Refusals {
  const untold: string[] = [];
  const tellers = new Set<(text: string) => void>();
  return {
    refuse(kind, detail, key) {
      const text = message(caller.person.locale, 'line', {
        text: message(caller.person.locale, key),
        code: 'channel_refused',
      });
      const [teller] = tellers;
      if (teller !== undefined) teller(text);
      else if (untold.length < LIMITS.sshChannelsMax) untold.push(text);
      appendAuditEvent(deps.database, deps.clock, {
        type: 'channel.refused',
        actor: caller.person.id,
        body: { connection: caller.connectionId, loginName: caller.loginName, kind, detail: detail.slice(0, 1_024) },
      }).catch((thrown: unknown) => {
        // Nothing was let through, so nothing is hidden; the operator log still says it.
        deps.log.error({ event: 'ssh.refusal_not_audited', kind, err: asError(thrown) }, 'refusal not audited');
      });
    },
    tellOn(tell) {
      for (const text of untold.splice(0)) tell(text);
      tellers.add(tell);
      return () => tellers.delete(tell);
    },
  };
}
