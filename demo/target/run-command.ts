import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { finishChannel, processGroup, type RunOptions, type Running } from './running.ts';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Runs a command without a terminal: stdout and stderr apart, end of input passed on, a process group of its own. */
export function runCommand({ channel, argv, environment, directory, log }: RunOptions): Running {
  const [program, ...words] = argv;
  const child: Child = spawn(program, words, {
    cwd: directory,
    env: environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const group = child.pid === undefined ? undefined : processGroup(child.pid);
  let stopped = false;

  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  // A command that reads no further is no fault: its closed pipe must not become one.
  child.stdin.on('error', () => dropInput());
  child.stdout.on('error', () => undefined);
  child.stderr.on('error', () => undefined);
  child.on('exit', () => {
    dropInput();
    group?.leaderEnded();
  });

  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      log.error({ event: 'demo.command_not_started', err: error }, 'a command of the demo target did not start');
      if (child.pid !== undefined) return;
      if (!stopped) finishChannel(channel, { exitCode: 127, signal: null });
      resolve();
    });
    child.on('close', (exitCode, signal) => {
      if (!stopped) finishChannel(channel, { exitCode, signal: signal === null ? null : constants.signals[signal] });
      resolve();
    });
  });

  /** Input nobody reads is thrown away, so that the channel still notices its end. */
  function dropInput(): void {
    channel.unpipe(child.stdin);
    channel.resume();
  }

  return {
    signal: (name) => group?.signal(name),
    resize: () => undefined,
    stop: () => {
      if (stopped) return;
      stopped = true;
      dropInput();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      // What an ended shell has left in the background still holds the channel: it goes as well.
      if (child.exitCode === null && child.signalCode === null) group?.hangUp();
      else group?.signal('KILL');
    },
    ended,
  };
}
