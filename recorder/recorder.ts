/** Starts the recorder and opens recordings: no recording, no session. */
import { join } from 'node:path';
import {
  asError,
  Cleanup,
  type Clock,
  GatewayError,
  invariant,
  LIMITS,
  type Limits,
  type Log,
} from '../foundation/index.ts';
import { createFault, type Fault, unavailable } from './fault.ts';
import { DIRECTORY_MODE, type FileSystem, nodeFiles, syncDirectory } from './files.ts';
import { takeLock } from './lock.ts';
import { type LeafLog, startLeafLog } from './log/leaf-log.ts';
import type { LogEntry } from './log/read-log.ts';
import { createSessionFinder } from './log/session-leaves.ts';
import {
  LOG,
  RECORDINGS,
  type RecordingMeta,
  recordingPath,
  type RecordingWriter,
  type SealedRecording,
  WAL,
} from './recording.ts';
import { createRecordingFile } from './recording-file.ts';
import { recoverSessions, scanWal } from './recovery.ts';
import { SessionWriter } from './session-writer.ts';
import { WriteAheadLog } from './wal.ts';

export interface RecorderOptions {
  /** Holds `wal/`, `recordings/` and `log/`; made when missing. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  readonly files?: FileSystem;
}

export interface Recorder extends AsyncDisposable {
  /** Resolves when the recording is durable and logged. @throws {GatewayError} `recording_unavailable`. */
  openRecording(meta: RecordingMeta): Promise<RecordingWriter>;
  /** Sessions a crash left open, sealed at this start. */
  readonly recovered: readonly SealedRecording[];
  /** Aborted with a GatewayError `recording_unavailable` when nothing can be stored any more; every session fails with it. */
  readonly failed: AbortSignal;
}

type Settings = Required<RecorderOptions> & { readonly limits: Limits };

/**
 * Takes the directory for this process, checks the log against its signature and seals what a crash left open.
 * @throws {GatewayError} `start_refused`: another recorder has it, the log is not what it signed, or the disk fails.
 */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const settings = { ...options, files: options.files ?? nodeFiles, limits: { ...LIMITS, ...options.limits } };
  const cleanup = new Cleanup();
  try {
    return await start(settings, cleanup);
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    if (thrown instanceof GatewayError && thrown.code === 'start_refused') throw thrown;
    throw new GatewayError('start_refused', 'The recorder cannot start.', { cause: asError(thrown) });
  }
}

async function start(settings: Settings, cleanup: Cleanup): Promise<Recorder> {
  const { clock, directory, files, limits, log } = settings;
  for (const name of [WAL, RECORDINGS, LOG]) {
    await files.mkdir(join(directory, name), { recursive: true, mode: DIRECTORY_MODE });
  }
  await syncDirectory(files, directory);
  cleanup.defer(await takeLock(files, directory));
  const sessions = new Map<string, SessionWriter>();
  const fault = createFault((error) => {
    log.error({ event: 'recorder.failed', err: error, sessions: sessions.size }, 'the recorder cannot store');
    for (const session of sessions.values()) session.fail(error);
  });

  const scan = await scanWal(files, directory, log);
  const finder = createSessionFinder(scan.sessionIds);
  const leafLog = await openLog(settings, { fault, visit: finder.visit, walIsEmpty: scan.sessionIds.size === 0 });
  const recovered = await recoverSessions({ directory, files, clock, log, leafLog, finder, scan });
  const wal = new WriteAheadLog({
    directory: join(directory, WAL),
    files,
    limits,
    fault,
    firstNumber: scan.nextNumber,
  });
  cleanup.use(wal);
  await wal.start();
  cleanup.defer(() => sealAll(sessions, log));

  let stopped = false;
  return {
    recovered,
    failed: fault.signal,
    openRecording: async (meta) => {
      fault.check();
      await checkFreeSpace(settings);
      if (stopped) throw new GatewayError('recording_unavailable', 'The recorder has stopped.');
      return await openSession(settings, { meta, wal, leafLog, sessions });
    },
    [Symbol.asyncDispose]: () => {
      stopped = true;
      return cleanup[Symbol.asyncDispose]();
    },
  };
}

async function openLog(
  { directory, files }: Settings,
  parts: { fault: Fault; visit: (entry: LogEntry) => void; walIsEmpty: boolean },
): Promise<LeafLog> {
  const { fault, visit, walIsEmpty } = parts;
  const recordings = await files.readdir(join(directory, RECORDINGS));
  const mayCreate = walIsEmpty && !recordings.some((name) => name.endsWith('.skr'));
  return await startLeafLog({ directory: join(directory, LOG), files, fault, visit, mayCreate });
}

/** A new session must not take the last bytes from those that are open. */
async function checkFreeSpace({ directory, files, limits }: Settings): Promise<void> {
  const { bavail, bsize } = await files.statfs(directory).catch((thrown: unknown) => {
    throw unavailable(thrown);
  });
  if (bavail * bsize < limits.recorderFreeBytesMin) {
    throw new GatewayError('recording_unavailable', 'The disk under the recorder is almost full.');
  }
}

async function openSession(
  { clock, directory, files, limits, log }: Settings,
  parts: { meta: RecordingMeta; wal: WriteAheadLog; leafLog: LeafLog; sessions: Map<string, SessionWriter> },
): Promise<RecordingWriter> {
  const { meta, wal, leafLog, sessions } = parts;
  const { sessionId } = meta;
  const path = recordingPath(directory, sessionId);
  invariant(!sessions.has(sessionId), 'a session has one recording');
  const session: SessionWriter = new SessionWriter(meta, {
    directory,
    clock,
    limits,
    wal,
    leafLog,
    createFile: (onFault) => createRecordingFile(files, path, onFault),
    onClosed: async (sealed) => {
      sessions.delete(sessionId);
      if (sealed === undefined) return; // The write-ahead log keeps it for the next start.
      await wal.release(sessionId).catch((thrown: unknown) => {
        log.warn({ event: 'recorder.segment_kept', err: asError(thrown) }, 'a segment could not be removed');
      });
    },
  });
  sessions.set(sessionId, session);
  try {
    await session.open();
    return session;
  } catch (thrown) {
    sessions.delete(sessionId);
    await session.abandon();
    throw unavailable(thrown);
  }
}

/** At an orderly stop sessions are closed before; what is still open is sealed here rather than by the next start. */
async function sealAll(sessions: ReadonlyMap<string, SessionWriter>, log: Log): Promise<void> {
  for (const outcome of await Promise.allSettled([...sessions.values()].map((session) => session.close()))) {
    if (outcome.status === 'rejected') {
      log.error({ event: 'recorder.unsealed', err: asError(outcome.reason) }, 'a recording is left to the next start');
    }
  }
}
