/**
 * A signed-in connection: session channels go on, and so do the two kinds of forwarding that are recorded (to a target,
 * which the gateway answers itself, and to one's own server there). Everything else that could carry bytes past the
 * recorder is refused, with a line for the person and an event.
 */
import { asError, LIMITS } from '../../foundation/index.ts';
import { type DirectChannel, serveDirectTcpip } from './forward/index.ts';
import { type Connection, onOtherChannel, type ServerChannel, type Session } from './library/index.ts';
import { createRefusals, refusalLine, rejectBecause } from './refusals.ts';
import { collectRequests } from './session-requests.ts';
import type { Caller, Refusals, SshDeps } from './model.ts';

/** The channels of one connection; a jump or a forwarding is one as a session is. */
interface Slots {
  /** Takes one and returns how to give it back; undefined when there is none. */
  take(): (() => void) | undefined;
}

interface Served {
  readonly deps: SshDeps;
  readonly connection: Connection;
  readonly caller: Caller;
  readonly refusals: Refusals;
  readonly slots: Slots;
}

export function serveConnection(deps: SshDeps, connection: Connection, caller: Caller): void {
  const refusals = createRefusals(deps, caller, () => connection.end());
  const served = { deps, connection, caller, refusals, slots: createSlots() };
  serveSessions(served);
  serveForwardings(served);
  refuseTheRest(served);
}

function serveSessions({ deps, connection, caller, refusals, slots }: Served): void {
  connection.on('session', (accept, reject) => {
    const release = slots.take();
    if (release === undefined) {
      refuseTooMany(refusals, 'session', reject);
      return;
    }
    const session: Session = accept();
    session.once('close', release);
    collectRequests(deps, session, caller, refusals);
  });
}

function serveForwardings({ deps, connection, caller, refusals, slots }: Served): void {
  const serveInner = (inner: Connection, who: Caller): void => serveConnection(deps, inner, who);
  connection.on('tcpip', (accept, reject, { destIP: host, destPort: port }) => {
    const release = slots.take();
    if (release === undefined) {
      refuseTooMany(refusals, 'direct-tcpip', reject);
      return;
    }
    const asked: DirectChannel = {
      host,
      port,
      accept: () => {
        if (caller.closed.aborted) return undefined;
        const channel: ServerChannel = accept();
        channel.once('close', release);
        return channel;
      },
      // The answer follows the event, so that nobody was refused without a trace.
      refuse: async (kind, key, values) => {
        await refusals.refuse(kind, `${host}:${port}`, key, values);
        rejectBecause(reject, refusalLine('en', key, values));
        release();
      },
    };
    serveDirectTcpip(deps, caller, asked, serveInner).catch((thrown: unknown) => {
      deps.log.error({ event: 'ssh.forward_failed', err: asError(thrown) }, 'forwarding failed');
      connection.end();
    });
  });
}

/** The roads by which a command could leave the recorder: sockets of the target, and everything towards the person. */
function refuseTheRest({ connection, refusals }: Served): void {
  connection.on('openssh.streamlocal', (_accept, reject, { socketPath }) => {
    const line = refusalLine('en', 'channel.local_forward');
    void refusals
      .refuse('direct-streamlocal', socketPath, 'channel.local_forward')
      .then(() => rejectBecause(reject, line));
  });
  onOtherChannel(connection, async (type) => {
    const isTunnel = type === 'tun@openssh.com';
    const key = isTunnel ? 'channel.tunnel' : 'channel.other_kind';
    await refusals.refuse(isTunnel ? 'tunnel' : 'channel', type, key);
    return refusalLine('en', key);
  });
  // With this listener the library keeps the client's promise of no more sessions, too.
  connection.on('request', (_accept, reject, name: string) => {
    // Answered at once: the answers to global requests have no number, only an order (RFC 4254 §4).
    void refusals.refuse(name, '', 'channel.remote_forward');
    // The library types `reject` as always there; without want-reply it is not.
    (reject as (() => void) | undefined)?.();
  });
}

function refuseTooMany(refusals: Refusals, kind: string, reject: () => void): void {
  const line = refusalLine('en', 'channel.too_many', { channels: LIMITS.sshChannelsMax });
  void refusals.record(kind, '').then(() => rejectBecause(reject, line));
}

function createSlots(): Slots {
  let taken = 0;
  return {
    take() {
      if (taken >= LIMITS.sshChannelsMax) return undefined;
      taken += 1;
      let isReleased = false;
      return () => {
        if (!isReleased) taken -= 1;
        isReleased = true;
      };
    },
  };
}
