/**
 * A worker: serves SSH connections, each whole, and nothing else. It has its own database connections, its own
 * write-ahead log and its own ears for what the database says; of its siblings it knows nothing.
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
import type { SshServer } from '../../gateway/index.ts';
import { type RemoteLeafLog, startWorkerRecorder } from '../../recorder/index.ts';
import { loadSshKeys, startBastion } from '../bastion.ts';
import { listenForDecisions } from '../session-listeners.ts';
import { checkStorage } from '../storage.ts';
import { type FromWorker, type Start, STATUS_MS, type ToWorker, ToWorkerSchema } from './messages.ts';
import { createRemoteLeafLog } from './remote-leaf-log.ts';

const HOUR_MS = 3_600_000;

/** Serves until told otherwise, or until the process that started it is gone. Its end is the end of the process. */
export function runWorker(): void {
  const cleanup = new Cleanup();
  const { leafLog, take, lose } = createRemoteLeafLog(send);
  let log: Log = createLog('info');
  let server: SshServer | undefined;
  let draining = false;
  let ending = false;

  const end = (status: number, seconds: number): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), seconds * 1_000);
    cleanup[Symbol.asyncDispose]().then(
      () => process.exit(status),
      (thrown: unknown) => {
        log.error({ event: 'worker.stop_failed', err: asError(thrown) }, 'the worker did not end in order');
        process.exit(1);
      },
    );
  };
  const endWhenIdle = (): void => {
    if (draining && server?.connections === 0) end(0, LIMITS.workerStopSeconds);
  };
  const start = async (message: Start): Promise<void> => {
    log = createLog(message.logLevel).child({ worker: message.slot });
    const opened = await openServer(message, { log, leafLog, cleanup });
    server = opened.server;
    cleanup.defer(keepTelling());
    const failed = (): void => end(1, LIMITS.workerFaultSeconds); // Its sessions have ended; a new worker may record.
    opened.failed.addEventListener('abort', failed, { once: true });
    if (opened.failed.aborted) failed();
    else send({ type: 'ready' });
  };
  const serve = ({ id, sourceAddress, head }: Extract<ToWorker, { type: 'connection' }>, handle: unknown): void => {
    const left = (): void => {
      send({ type: 'closed', id });
      setImmediate(endWhenIdle); // When the server has forgotten it too.
    };
    const place = { sourceAddress, left, signedIn: () => send({ type: 'signed_in', id }) };
    if (!(handle instanceof Socket)) left();
    else if (server === undefined || ending) {
      handle.destroy();
      left();
    } else server.serve(handle, place, head === null ? undefined : Buffer.from(head));
  };
  const drain = (): void => {
    draining = true;
    setTimeout(() => end(0, LIMITS.workerStopSeconds), LIMITS.workerDrainHours * HOUR_MS).unref();
    endWhenIdle();
  };

  const uncaught = (err: unknown): void => {
    log.fatal({ event: 'process.uncaught', err }, 'an error nobody caught; the worker ends');
    end(1, LIMITS.workerFaultSeconds);
  };
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);
  // A terminal's or a service manager's signal reaches the whole group; what it means is for the first process to say.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('disconnect', () => {
    lose();
    end(1, LIMITS.workerFaultSeconds);
  });
  process.on('message', (raw, handle) => {
    const message = ToWorkerSchema.parse(raw);
    switch (message.type) {
      case 'start':
        start(message).catch((thrown: unknown) => {
          send({ type: 'start_refused', message: asError(thrown).message });
          end(0, LIMITS.workerFaultSeconds);
        });
        return;
      case 'connection':
        serve(message, handle);
        return;
      case 'drain':
        drain();
        return;
      case 'stop':
        end(0, LIMITS.workerStopSeconds);
        return;
      default:
        take(message);
    }
  });
}

async function openServer(
  start: Start,
  { log, leafLog, cleanup }: { log: Log; leafLog: RemoteLeafLog; cleanup: Cleanup },
): Promise<{ server: SshServer; failed: AbortSignal }> {
  const { slot, gatewayId, workerId, poolSize, dataDirectory, config } = start;
  const clock = systemClock;
  const database = cleanup.use(new Database({ url: new Secret(start.databaseUrl), poolSize, log }));
  await checkStorage(database);
  const directory = join(dataDirectory, 'recorder');
  const recorder = cleanup.use(await startWorkerRecorder({ directory, clock, log, slot, leafLog }));
  const keys = await loadSshKeys(join(dataDirectory, 'keys'));
  const signInDecided = await listenForDecisions(database);
  const deps = { database, clock, log, recorder, gatewayId, workerId, keys, config, signInDecided };
  return { server: await startBastion(deps, cleanup), failed: recorder.failed };
}

/** @returns what stops it. */
function keepTelling(): () => void {
  const timer = setInterval(() => send({ type: 'status', residentBytes: process.memoryUsage.rss() }), STATUS_MS);
  return () => clearInterval(timer);
}

/** What cannot be said any more is known to nobody: the channel is gone, and with it soon this process. */
function send(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
