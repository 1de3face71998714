import { readSync } from 'node:fs';
import { Socket } from 'node:net';
import { type IPty, spawn } from 'node-pty';
import { invariant } from '../../foundation/index.ts';
import { finishChannel, processGroup, type RunOptions, type Running } from './running.ts';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };
const SIDE_MAX = 1_000;
/** Shorter than the 200 ms after which node-pty throws away what a process that ended has left unread. */
const ENDED_CHECK_MS = 50;
const READ_BYTES = 16 * 1024;

/**
 * What runs before the account's shell, still with the gateway's rights: the line discipline learns that characters
 * may have several bytes, and the terminal is given to the account (`$0`), which otherwise could not reopen it.
 */
const PREPARE = 'stty iutf8; if [ -n "$0" ]; then chown "$0" "$(tty)"; fi; exec "$@"';

/** Runs a command in a pseudo-terminal. `userId` becomes the terminal's owner; undefined leaves it the gateway's. */
export function runTerminal(
  options: RunOptions & { readonly size: TerminalSize; readonly term: string; readonly userId: number | undefined },
): Running {
  const { channel, argv, environment, directory, size, term, userId } = options;
  const { columns, rows } = clampSize(size);
  const terminal = spawn('/bin/sh', ['-c', PREPARE, userId === undefined ? '' : String(userId), ...argv], {
    name: term,
    cols: columns,
    rows,
    cwd: directory,
    env: { ...environment },
    encoding: null,
  });
  const stream = streamOf(terminal);
  const group = processGroup(terminal.pid);
  let stopped = false;
  let exited = false;

  const stopShowing = showOutput(terminal, stream, options);
  channel.on('data', (chunk: Buffer) => {
    if (exited || stopped || stream.write(chunk)) return;
    channel.pause();
    stream.once('drain', () => channel.resume());
  });

  const ended = new Promise<void>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      exited = true;
      stopShowing();
      channel.resume(); // Input nobody reads is thrown away, so that the channel still notices its end.
      group.leaderEnded();
      if (!stopped) finishChannel(channel, signal ? { exitCode: null, signal } : { exitCode, signal: null });
      resolve();
    });
  });

  return {
    signal: group.signal,
    resize: (wanted) => {
      const { columns: cols, rows: lines } = clampSize(wanted);
      if (exited || stopped) return;
      try {
        terminal.resize(cols, lines);
      } catch {
        // The program has ended and its end is not told yet: its terminal is gone.
      }
    },
    stop: () => {
      if (stopped || exited) return;
      stopped = true;
      stopShowing();
      channel.resume();
      group.hangUp();
      stream.destroy();
    },
    ended,
  };
}

/** Output to the channel, no faster than it goes; but what an ended process has left is taken at once (a few KiB). */
function showOutput(terminal: IPty, stream: Socket, { channel }: RunOptions): () => void {
  let check: NodeJS.Timeout | undefined;
  const resume = (): void => {
    clearInterval(check);
    check = undefined;
    stream.resume();
  };
  stream.on('data', (chunk: Buffer) => {
    if (channel.write(chunk) || check !== undefined || !isAlive(terminal.pid)) return;
    stream.pause();
    check = setInterval(() => {
      if (!isAlive(terminal.pid)) resume();
    }, ENDED_CHECK_MS);
  });
  channel.on('drain', resume);
  stream.on('end', () => {
    for (const chunk of unread(terminal.fd)) channel.write(chunk);
  });
  return () => {
    channel.off('drain', resume);
    clearInterval(check);
  };
}

/**
 * What is still in the terminal when libuv says it has ended. libuv takes a hang-up after a read shorter than its
 * buffer for the end (uv__stream_io), but a terminal gives at most 4 KiB a read, so more may follow.
 * The descriptor does not block and is still open while 'end' is told; its own end is EIO.
 */
function* unread(fd: number): Generator<Buffer> {
  for (;;) {
    const chunk = Buffer.alloc(READ_BYTES);
    let length = 0;
    try {
      length = readSync(fd, chunk);
    } catch {
      return;
    }
    if (length === 0) return;
    yield chunk.subarray(0, length);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** node-pty speaks strings and has no back-pressure for input; its socket has bytes and both. */
function streamOf(terminal: IPty): Socket {
  const stream: unknown = Reflect.get(terminal, '_socket');
  invariant(stream instanceof Socket, 'node-pty keeps its socket in _socket');
  return stream;
}

/** 0 means unknown (RFC 4254 §6.2). */
function clampSize({ columns, rows }: TerminalSize): TerminalSize {
  return {
    columns: Math.min(columns === 0 ? DEFAULT_SIZE.columns : columns, SIDE_MAX),
    rows: Math.min(rows === 0 ? DEFAULT_SIZE.rows : rows, SIDE_MAX),
  };
}
