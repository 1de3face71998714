import { constants } from 'node:os';
import type { ServerChannel } from 'ssh2';
import type { Log } from '../../foundation/index.ts';

/** How a process ended: its exit code, or the number of the signal that ended it. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: number | null;
}

/** A process that a channel shows. */
export interface Running {
  /** Sends a signal to the process group; names as in RFC 4254 §6.10, unknown ones do nothing. */
  readonly signal: (name: string) => void;
  readonly resize: (size: { readonly columns: number; readonly rows: number }) => void;
  /** Ends it now: nobody is there to see it any more. */
  readonly stop: () => void;
  readonly ended: Promise<void>;
}

export interface RunOptions {
  readonly channel: ServerChannel;
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly log: Log;
}

/** Milliseconds between SIGHUP and SIGKILL for a process whose channel is gone. */
const KILL_GRACE_MS = 1_000;

/** The signals of RFC 4254 §6.10. */
const SIGNALS: ReadonlyMap<string, NodeJS.Signals> = new Map([
  ['ABRT', 'SIGABRT'],
  ['ALRM', 'SIGALRM'],
  ['FPE', 'SIGFPE'],
  ['HUP', 'SIGHUP'],
  ['ILL', 'SIGILL'],
  ['INT', 'SIGINT'],
  ['KILL', 'SIGKILL'],
  ['PIPE', 'SIGPIPE'],
  ['QUIT', 'SIGQUIT'],
  ['SEGV', 'SIGSEGV'],
  ['TERM', 'SIGTERM'],
  ['USR1', 'SIGUSR1'],
  ['USR2', 'SIGUSR2'],
]);

/** The process group led by `leader`: signalled as a whole, so that a pipeline dies with its shell. */
export function processGroup(leader: number) {
  let killTimer: NodeJS.Timeout | undefined;
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-leader, signal);
    } catch {
      // The group is gone already.
    }
  };
  return {
    signal: (name: string): void => {
      const signal = SIGNALS.get(name);
      if (signal !== undefined) send(signal);
    },
    hangUp: (): void => {
      send('SIGHUP');
      killTimer ??= setTimeout(() => send('SIGKILL'), KILL_GRACE_MS);
    },
    /** Call when the leader has ended; members that ignored the hang-up go now. */
    leaderEnded: (): void => {
      if (killTimer === undefined) return;
      clearTimeout(killTimer);
      send('SIGKILL');
    },
  };
}

/** Sends what is still to be sent, then how the process ended, then closes: in this order or the client loses output. */
export function finishChannel(channel: ServerChannel, ending: Ending): void {
  channel.stderr.write('', () => {
    channel.write('', () => {
      const name = ending.signal === null ? undefined : signalName(ending.signal);
      if (name === undefined) channel.exit(ending.exitCode ?? 128 + (ending.signal ?? 0));
      else channel.exit(name);
      channel.end();
    });
  });
}

/** The RFC's name of a signal number, undefined for those it does not have. */
function signalName(signal: number): string | undefined {
  return [...SIGNALS].find(([, name]) => constants.signals[name] === signal)?.[0];
}
