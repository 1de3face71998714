/** A bash on the target that waits for its line, started while the line is still being typed. */
import { randomBytes } from 'node:crypto';
import type { ClientChannel } from '../library/index.ts';
import type { ChannelOptions, TargetConnection, Terminal } from '../target/index.ts';
import { createMarkFilter, type MarkFilter } from './mark-filter.ts';
import { waitingShell } from './wrapper.ts';

const MARK_BYTES = 16;

export interface Waiting {
  readonly channel: ClientChannel;
  /** Has taken what the shell said so far; what is read from now on goes through it. */
  readonly filter: MarkFilter;
  /** Of its terminal; undefined where it has none. */
  readonly window: Terminal | undefined;
}

/**
 * Resolves when the shell is ready for its line. It knows nothing yet of the line nor of the state it will run in.
 * @returns undefined when it has ended instead.
 */
export async function startWaiting(
  connection: TargetConnection,
  { terminal, environment }: ChannelOptions,
): Promise<Waiting | undefined> {
  const mark = randomBytes(MARK_BYTES).toString('hex');
  const filter = createMarkFilter(mark);
  const channel = await connection.exec(waitingShell(mark), { terminal: plainModes(terminal), environment });
  return (await isReady(channel, filter)) ? { channel, filter, window: terminal } : undefined;
}

/** Reads up to the word by which the shell says that it is ready; what a shell says before it is not the line's. */
function isReady(channel: ClientChannel, filter: MarkFilter): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (): void => {
      channel.off('readable', look).off('close', done).off('end', done);
      resolve(filter.said('ready'));
    };
    const look = (): void => {
      for (;;) {
        const chunk: unknown = channel.read();
        if (!Buffer.isBuffer(chunk)) return;
        filter.take(chunk);
        if (!filter.said('ready')) continue;
        done();
        return;
      }
    };
    channel.on('readable', look).once('close', done).once('end', done);
    look();
  });
}

/** Keys of the terminal that are control characters; another one would be part of a line, and the terminal would eat it. */
function plainModes(terminal: Terminal | undefined): Terminal | undefined {
  if (terminal === undefined) return undefined;
  const modes = Object.entries(terminal.modes).filter(
    ([name, value]) =>
      !TRANSLATES.has(name) && (!name.startsWith('V') || value < 0x20 || value === 0x7f || value === 0xff),
  );
  return { ...terminal, modes: Object.fromEntries(modes) };
}

/** Modes by which a terminal hands on other bytes than came (termios(3)). */
const TRANSLATES = new Set(['IUCLC', 'ISTRIP', 'INLCR', 'IGNCR', 'PARMRK', 'XCASE']);
