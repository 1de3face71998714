/**
 * A worker: serves SSH connections, each whole, and nothing else. It has its own database connections, its own
 * write-ahead log and its own ears for what the database says; of its siblings it hears only who failed to sign in.
 */
import { Socket } from 'node:net';
import { join } from 'node:path';
import {
  asError,
  Cleanup,
  createLog,
  Database,
  LIMITS,
  type Log,
  Secret,
  systemClock,
} from '../../foundation/index.ts';
import { type SshServer, type TerminalPlace, Throttle } from '../../gateway/index.ts';
import { type RemoteLeafLog, startWorkerRecorder, type ExportIntents } from '../../recorder/index.ts';
import { type Bastion, loadSshKeys, startBastion } from '../bastion.ts';
import { openRecorderParts } from '../recorder-parts.ts';
import { listenForDecisions } from '../session-listeners.ts';
import { checkStorage } from '../storage.ts';
import { openVault } from '../vault.ts';
import { type FromWorker, type Start, STATUS_MS, type ToWorker, ToWorkerSchema } from './messages.ts';
import { createRemoteLeafLog } from './remote-leaf-log.ts';

/** Serves until told otherwise, or until the process that started it is gone. Its end is the end of the process. */
export function runWorker(): void {
  const worker = new Worker();
  process.on('uncaughtException', (error: unknown) => worker.broke(error));
  process.on('unhandledRejection', (error: unknown) => worker.broke(error));
  // A terminal's or a service manager's signal reaches the whole group; what it means is for the first process to say.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('disconnect', () => worker.orphaned());
  process.on('message', (raw, handle) => worker.take(ToWorkerSchema.parse(raw), handle));
  if (!process.connected) worker.orphaned(); // Before anybody listened.
}

class Worker {
  readonly #cleanup = new Cleanup();
  readonly #log = createRemoteLeafLog(send);
  readonly #throttle = new Throttle(systemClock, (attempt) => send({ type: 'attempt', ...attempt }));
  #operatorLog: Log = createLog('info');
  #server: SshServer | undefined;
  #terminals: TerminalPlace | undefined;
  #draining = false;
  #ending = false;

  take(message: ToWorker, handle: unknown): void {
    switch (message.type) {
      case 'start':
        this.#start(message).catch((thrown: unknown) => {
          send({ type: 'start_refused', message: asError(thrown).message });
          this.#end(0, LIMITS.workerFaultSeconds);
        });
        return;
      case 'connection':
        this.#serve(message, handle);
        return;
      case 'terminal':
      case 'terminal_back':
        this.#serveTerminal(message, handle);
        return;
      case 'drain':
        this.#draining = true;
        this.#endWhenIdle();
        return;
      case 'stop':
        this.#end(0, LIMITS.workerStopSeconds);
        return;
      case 'leaf_appended':
      case 'intent_accepted':
      case 'call_refused':
        this.#log.take(message);
        return;
      case 'witnesses':
        this.#log.learn(message);
        return;
      case 'attempt':
        this.#throttle.learn(message);
    }
  }

  /** An error nobody caught: nothing is sure any more. What is sealed is sealed; the rest is recovered from outside. */
  broke(err: unknown): void {
    this.#operatorLog.fatal({ event: 'process.uncaught', err }, 'an error nobody caught; the worker ends');
    this.#end(1, LIMITS.workerFaultSeconds);
  }

  /** The process that writes the signed log is gone, and without it nothing is recorded. */
  orphaned(): void {
    this.#log.lose();
    this.#end(1, LIMITS.workerFaultSeconds);
  }

  async #start(message: Start): Promise<void> {
    this.#operatorLog = createLog(message.logLevel).child({ worker: message.slot });
    const { leafLog, exports } = this.#log;
    const parts = { log: this.#operatorLog, leafLog, exports, throttle: this.#throttle, cleanup: this.#cleanup };
    const { bastion, failed } = await openServer(message, parts);
    this.#server = bastion.server;
    this.#terminals = bastion.terminals;
    this.#cleanup.defer(keepTelling());
    const end = (): void => this.#end(1, LIMITS.workerFaultSeconds); // Its sessions have ended; a new worker may record.
    failed.addEventListener('abort', end, { once: true });
    if (failed.aborted) end();
    else send({ type: 'ready' });
  }

  #serve({ id, sourceAddress, head }: Extract<ToWorker, { type: 'connection' }>, handle: unknown): void {
    const left = (): void => {
      send({ type: 'closed', id });
      setImmediate(() => this.#endWhenIdle()); // When the server has forgotten it too.
    };
    if (!(handle instanceof Socket)) {
      left(); // It was reset on its way here.
    } else if (this.#server === undefined || this.#ending) {
      handle.destroy();
      left();
    } else {
      const place = { sourceAddress, left, signedIn: () => send({ type: 'signed_in', id }) };
      this.#server.serve(handle, place, head === null ? undefined : Buffer.from(head));
    }
  }

  #serveTerminal(message: Extract<ToWorker, { type: 'terminal' | 'terminal_back' }>, handle: unknown): void {
    const over = (terminal: string): void => {
      send({ type: 'terminal_over', terminal });
      setImmediate(() => this.#endWhenIdle());
    };
    const socket = handle instanceof Socket ? handle : undefined;
    const taken = socket === undefined || this.#ending ? false : this.#seat(message, socket, over);
    if (taken) return;
    socket?.destroy();
    if (message.type === 'terminal') over(message.seat.id);
  }

  #seat(
    message: Extract<ToWorker, { type: 'terminal' | 'terminal_back' }>,
    socket: Socket,
    over: (terminal: string) => void,
  ): boolean {
    const terminals = this.#terminals;
    if (terminals === undefined) return false;
    socket.on('error', (error) => this.#operatorLog.debug({ event: 'terminal.socket_error', err: error }, 'socket'));
    const upgrade = { request: message.handshake, socket, head: Buffer.from(message.head) };
    if (message.type === 'terminal_back') return terminals.resume(message.terminal, message.since, upgrade);
    const { seat } = message;
    try {
      terminals.open(seat, upgrade, () => over(seat.id));
      return true;
    } catch (thrown) {
      this.#operatorLog.warn({ event: 'terminal.turned_away', err: asError(thrown) }, 'no terminal was opened');
      return false;
    }
  }

  #endWhenIdle(): void {
    if (this.#draining && this.#server?.connections === 0 && this.#terminals?.size === 0)
      this.#end(0, LIMITS.workerStopSeconds);
  }

  /** Ends the sessions, told and sealed, then the process: in any case within `seconds`. */
  #end(status: number, seconds: number): void {
    if (this.#ending) return;
    this.#ending = true;
    setTimeout(() => process.exit(1), seconds * 1_000);
    this.#cleanup[Symbol.asyncDispose]().then(
      () => process.exit(status),
      (thrown: unknown) => {
        this.#operatorLog.error(
          { event: 'worker.stop_failed', err: asError(thrown) },
          'the worker did not end in order',
        );
        process.exit(1);
      },
    );
  }
}

interface ServerParts {
  readonly log: Log;
  readonly leafLog: RemoteLeafLog;
  readonly exports: ExportIntents;
  readonly throttle: Throttle;
  readonly cleanup: Cleanup;
}

async function openServer(
  start: Start,
  { log, leafLog, exports, throttle, cleanup }: ServerParts,
): Promise<{ bastion: Bastion; failed: AbortSignal }> {
  const { slot, gatewayId, workerId, poolSize, dataDirectory, config } = start;
  const clock = systemClock;
  const database = cleanup.use(new Database({ url: new Secret(start.databaseUrl), poolSize, log }));
  await checkStorage(database);
  const directory = { recorder: join(dataDirectory, 'recorder'), keys: join(dataDirectory, 'keys') };
  const { recipients } = config.recorder;
  const parts = await openRecorderParts(
    { directory, clock, log, recorder: config.recorder, recipients, role: 'worker', credentials: null },
    cleanup,
  );
  const recorder = cleanup.use(
    await startWorkerRecorder({ directory: directory.recorder, clock, log, slot, leafLog, ...parts }),
  );
  const keys = await loadSshKeys(join(dataDirectory, 'keys'), config);
  const signInDecided = await listenForDecisions(database);
  const vault = openVault(dataDirectory, clock, start.vaultRecipients);
  const own = { database, clock, log, recorder, gatewayId, workerId, keys, config, signInDecided, vault };
  const deps = { ...own, exports, throttle, witnessesLateSince: () => leafLog.lateSince() };
  return { bastion: await startBastion(deps, cleanup), failed: recorder.failed };
}

/** @returns what stops it. */
function keepTelling(): () => void {
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    send({ type: 'status', residentBytes: process.memoryUsage.rss() });
    timer = setTimeout(tell, STATUS_MS);
  };
  timer = setTimeout(tell, STATUS_MS);
  return () => clearTimeout(timer);
}

/** What cannot be said any more is known to nobody: the channel is gone, and with it soon this process. */
function send(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
