/** Requests about a channel that the library's types do not know: RFC 4335, RFC 4254 §6.8, OpenSSH PROTOCOL §2.1. */
import type { ClientChannel, PseudoTtyOptions, Session } from 'ssh2';
import type { Readable } from 'node:stream';
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
