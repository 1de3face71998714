/** Requests about a channel that the library's types do not know: RFC 4335, RFC 4254 §6.8, OpenSSH PROTOCOL §2.1. */
import type { ClientChannel, Connection, PseudoTtyOptions, Session } from 'ssh2';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { SshClient } from './ssh2.ts';

/** Calls back for each break the client sends; its length in milliseconds, 0 where the client leaves it open. */
export function onBreak(session: Session, listener: (milliseconds: number) => void): void {
  session.on('break', (accept: (() => void) | undefined, _reject: unknown, { length }: { length: number }) => {
    listener(length);
    accept?.();
  });
}

/** Calls back when the other side will not read any more of what it is sent, while it may still send. */
export function onEow(of: Session | ClientChannel, listener: () => void): void {
  of.on('eow', listener);
}

/** Tells the other side of `channel` that what it still sends will not be read. */
export function sendEow(channel: { sendEow(): void }): void {
  channel.sendEow();
}

/** Sends the target's program a break of so many milliseconds; 0 leaves the length to the target. */
export function sendBreak(channel: ClientChannel, milliseconds: number): void {
  channel.sendBreak(milliseconds);
}

/** Calls back when the target says whether the client may handle ^S and ^Q itself. */
export function onXonXoff(channel: ClientChannel, listener: (clientCanDo: boolean) => void): void {
  channel.on('xon-xoff', listener);
}

/**
 * Gives each chunk of a channel's stream to `take` in the memory it was read into, which is used again as soon as `take`
 * returns; undefined goes back to 'data' events with chunks of their own. The stream must have its 'data' listener all
 * the same: what was read before, or while it was paused, comes that way.
 */
export function lend(stream: Readable, take: ((chunk: Buffer) => void) | undefined): void {
  Reflect.set(stream, '_consume', take);
}

const HoldableSchema = z.object({
  incoming: z.custom<Incoming>((value) => typeof value === 'object' && value !== null && 'window' in value),
  _read: z.custom<() => void>((value) => typeof value === 'function'),
});
interface Incoming {
  /** Up to how much the window is opened again; undefined for the library's own. */
  max?: number | undefined;
}
/** No window is as small, so it is not opened. */
const CLOSED = -1;

/**
 * Makes a channel's other side wait by not opening its window, for a stream that is lent: what is on its way comes on
 * and is taken. A paused stream would copy it, up to a window each time, into memory that the runtime has to find again.
 * @returns undefined for a stream that is no channel of its own.
 */
export function windowOf(stream: Readable): { readonly hold: () => void; readonly open: () => void } | undefined {
  const channel = HoldableSchema.safeParse(stream).data;
  if (channel === undefined) return undefined;
  const { incoming } = channel;
  let held: { readonly max: number | undefined } | undefined;
  return {
    hold() {
      held ??= { max: incoming.max };
      incoming.max = CLOSED;
    },
    open() {
      if (held === undefined) return;
      incoming.max = held.max;
      held = undefined;
      Reflect.set(stream, '_waitChanDrain', true);
      Reflect.apply(channel._read, stream, []);
    },
  };
}

/** What the library asks its listeners about; of everything else nobody would hear. */
const ASKED_ABOUT = new Set(['session', 'direct-tcpip', 'direct-streamlocal@openssh.com']);
const ADMINISTRATIVELY_PROHIBITED = 1;

interface Opening {
  /** Undefined where the packet ends before it: the library reads on. */
  readonly type: string | undefined;
  readonly sender: number;
}
interface Protocol {
  readonly _handlers: { CHANNEL_OPEN: (protocol: Protocol, opening: Opening) => void };
  channelOpenFail(recipient: number, reason: number, description: string): void;
}
const OpenableSchema = z.object({
  _protocol: z.custom<Protocol>((value) => typeof value === 'object' && value !== null && '_handlers' in value),
});

/**
 * Asks `refuse` about each channel of a kind that the library refuses by itself: a tunnel (OpenSSH PROTOCOL §2.3), what
 * only servers open, whatever is invented. The refusal goes out when it resolves, with that description (RFC 4254 §5.1).
 */
export function onOtherChannel(connection: Connection, refuse: (type: string) => Promise<string>): void {
  const handlers = OpenableSchema.parse(connection)._protocol._handlers;
  const open = handlers.CHANNEL_OPEN;
  handlers.CHANNEL_OPEN = (protocol, opening) => {
    const { type = '' } = opening;
    if (ASKED_ABOUT.has(type)) {
      open(protocol, opening);
      return;
    }
    const fail = (line: string): void => protocol.channelOpenFail(opening.sender, ADMINISTRATIVELY_PROHIBITED, line);
    // Whatever a peer says, an error of ours ends no more than its own request.
    refuse(type).then(fail, () => fail(''));
  };
}

/** Starts a subsystem of the target, as `exec` starts a command: `callback` runs before any packet that follows. */
export function subsystem(
  client: SshClient,
  name: string,
  options: { readonly env?: Readonly<Record<string, string>>; readonly terminal?: PseudoTtyOptions },
  callback: (error: Error | undefined, channel: ClientChannel) => void,
): void {
  const { env = {}, terminal } = options;
  client.subsys(name, { env, ...(terminal === undefined ? {} : { pty: terminal }) }, callback);
}
