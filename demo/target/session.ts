import type { PseudoTtyInfo, ServerChannel, Session } from 'ssh2';
import { asError, type Log } from '../../foundation/index.ts';
import { type EnvironmentFilter, environmentOf } from './environment.ts';
import type { TargetFiles } from './files.ts';
import { runCommand } from './run-command.ts';
import { runTerminal } from './run-terminal.ts';
import type { Runner } from './runner.ts';
import type { RunOptions, Running } from './running.ts';
import { serveSftp } from './sftp.ts';

export interface TargetFacts {
  readonly files: TargetFiles;
  readonly runner: Runner;
  readonly mayBeSet: EnvironmentFilter;
  readonly log: Log;
}

const ENVIRONMENT_ENTRIES_MAX = 16;
const TERM = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,63}$/;

/**
 * One session channel: environment, perhaps a terminal, then a shell or a command of `account`.
 * The one subsystem is sftp. Every request without a listener here (other subsystems, X11, agent forwarding) is refused
 * by ssh2.
 * `started` is told of the process; who is told stops it when the connection is lost.
 */
export function serveSession(
  session: Session,
  facts: TargetFacts & {
    readonly account: string;
    readonly started: (running: Running) => void;
  },
): void {
  const asked = new Map<string, string>();
  let terminal: PseudoTtyInfo | undefined;
  let running: Running | undefined;

  session.on('env', (accept, reject, { key, val }) => {
    if (!facts.mayBeSet(key, val) || asked.size >= ENVIRONMENT_ENTRIES_MAX) {
      answer(reject);
      return;
    }
    asked.set(key, val);
    answer(accept);
  });
  session.on('pty', (accept, reject, info) => {
    if (terminal !== undefined) {
      answer(reject);
      return;
    }
    terminal = info;
    answer(accept);
  });
  session.on('window-change', (accept, _reject, { cols, rows }) => {
    if (terminal !== undefined) terminal = { ...terminal, cols, rows };
    running?.resize({ columns: cols, rows });
    answer(accept);
  });
  session.on('signal', (accept, _reject, { name }) => {
    running?.signal(name);
    answer(accept);
  });
  // Accepted at once: a channel accepted later has lost the bytes and the end of input that came before.
  session.on('shell', (accept) => run(accept(), undefined));
  session.on('exec', (accept, _reject, { command }) => run(accept(), command));
  session.on('sftp', (accept) => serveSftp(accept(), facts.files.customers));
  session.on('close', () => running?.stop());

  function run(channel: ServerChannel | undefined, command: string | undefined): void {
    if (channel === undefined) return;
    channel.on('error', () => running?.stop());
    channel.stderr.on('error', () => running?.stop());
    channel.on('close', () => running?.stop());
    try {
      running = startProcess({ ...facts, channel, asked, terminal, command });
      facts.started(running);
    } catch (thrown) {
      facts.log.error({ event: 'demo.process_not_started', err: asError(thrown) }, 'a session did not start');
      channel.exit(255);
      channel.end();
    }
  }
}

interface ProcessFacts extends TargetFacts {
  readonly account: string;
  readonly channel: ServerChannel;
  readonly asked: ReadonlyMap<string, string>;
  readonly terminal: PseudoTtyInfo | undefined;
  readonly command: string | undefined;
}

function startProcess({ account, channel, asked, terminal, command, files, runner, log }: ProcessFacts): Running {
  const interactive = ['--noprofile', '--rcfile', files.startFile, '-i'];
  const argv = [runner.bash, ...(command === undefined ? interactive : ['-c', command])];
  const options: RunOptions = {
    channel,
    argv: runner.asAccount(account, argv),
    environment: environmentOf(account, files, asked),
    directory: files.homeOf(account),
    log,
  };
  if (terminal === undefined) return runCommand(options);
  return runTerminal({
    ...options,
    size: { columns: terminal.cols, rows: terminal.rows },
    term: TERM.test(terminal.term) ? terminal.term : 'dumb',
    userId: runner.userIdOf(account),
  });
}

/** ssh2 passes no function when the client wants no answer. */
function answer(reply: (() => unknown) | undefined): void {
  reply?.();
}
