/**
 * A signed-in connection: session channels go on, everything else that could carry bytes past the recorder is
 * refused, with a line for the person and an event.
 */
import { asError, LIMITS } from '../../foundation/index.ts';
import { type MessageKey, message } from '../../messages/index.ts';
import type { Locale } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { Connection, Session } from './library/index.ts';
import { collectRequests } from './session-requests.ts';
import type { Caller, Refusals, SshDeps } from './model.ts';

export function serveConnection(deps: SshDeps, connection: Connection, caller: Caller): void {
  const refusals = createRefusals(deps, caller, () => connection.end());
  let channels = 0;
  connection.on('session', (accept, reject) => {
    if (channels >= LIMITS.sshChannelsMax) {
      const line = refusalLine('en', 'channel.too_many', { channels: LIMITS.sshChannelsMax });
      void refusals.record('session', '').then(() => rejectBecause(reject, line));
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

/**
 * Forwardings in both directions, by TCP and by socket: the roads by which a command could leave the recorder. The
 * answer follows the event, so that nobody was refused without a trace.
 */
function refuseChannels(connection: Connection, refusals: Refusals): void {
  const forward = (reject: () => void, kind: string, detail: string): void => {
    const line = refusalLine('en', 'channel.local_forward');
    void refusals.refuse(kind, detail, 'channel.local_forward').then(() => rejectBecause(reject, line));
  };
  connection.on('tcpip', (_accept, reject, info) => forward(reject, 'direct-tcpip', `${info.destIP}:${info.destPort}`));
  connection.on('openssh.streamlocal', (_accept, reject, info) =>
    forward(reject, 'direct-streamlocal', info.socketPath),
  );
  connection.on('request', (_accept, reject, name: string) => {
    // Answered at once: the answers to global requests have no number, only an order (RFC 4254 §4).
    void refusals.refuse(name, '', 'channel.remote_forward');
    // The library types `reject` as always there; without want-reply it is not.
    (reject as (() => void) | undefined)?.();
  });
}

/**
 * The patched library sends the line as the failure's description, and ssh prints it: in English always, because ssh
 * shows every other script as octal escapes.
 */
function rejectBecause(reject: () => void, line: string): void {
  (reject as (description: string) => void)(line);
}

function refusalLine(locale: Locale, key: MessageKey, values: Readonly<Record<string, number>> = {}): string {
  return message(locale, 'line', { text: message(locale, key, values), code: 'channel_refused' });
}

function createRefusals(deps: SshDeps, caller: Caller, disconnect: () => void): Refusals {
  const { connectionId: connection, loginName, person } = caller;
  const untold: string[] = [];
  const tellers = new Set<(text: string) => void>();
  let count = 0;
  const record = async (kind: string, detail: string): Promise<void> => {
    count += 1;
    if (count > LIMITS.sshRefusalsMax) {
      disconnect(); // Otherwise one client could fill the audit events.
      return;
    }
    const body = { connection, loginName, kind, detail: detail.slice(0, 1_024) };
    try {
      await appendAuditEvent(deps.database, deps.clock, { type: 'channel.refused', actor: person.id, body });
    } catch (thrown) {
      deps.log.error({ event: 'ssh.refusal_not_audited', kind, err: asError(thrown) }, 'refusal not audited');
    }
  };
  return {
    record,
    refuse(kind, detail, key) {
      const line = refusalLine(person.locale, key);
      const [teller] = tellers;
      if (teller !== undefined) teller(line);
      else if (untold.length < LIMITS.sshChannelsMax) untold.push(line);
      return record(kind, detail);
    },
    tellOn(tell) {
      for (const text of untold.splice(0)) tell(text);
      tellers.add(tell);
      return () => tellers.delete(tell);
    },
  };
}
