/** Opens recordings over one write-ahead log and the leaf log: no recording, no session. */
import { join } from 'node:path';
import {
  asError,
  type Cleanup,
  type Clock,
  GatewayError,
  invariant,
  type Limits,
  type Log,
} from '../foundation/index.ts';
import { DirectorySync } from './directory-sync.ts';
import { type Fault, unavailable } from './fault.ts';
import type { FileSystem } from './files.ts';
import { HashThread } from './hash-thread.ts';
import type { LeafLog } from './log/leaf-log.ts';
import { type Durability, type RecordingMeta, recordingPath, RECORDINGS, type RecordingWriter } from './recording.ts';
import { createRecordingFile } from './recording-file.ts';
import { PendingBytes } from './pending.ts';
import { SessionWriter } from './session-writer.ts';
import { SharedBlocks } from './shared-blocks.ts';
import { WriteAheadLog } from './wal.ts';

export interface RecorderSettings {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Limits;
  readonly durability: Durability;
  readonly files: FileSystem;
}

export interface Recorder extends AsyncDisposable {
  /** Resolves when the recording is durable and logged. @throws {GatewayError} `recording_unavailable`. */
  openRecording(meta: RecordingMeta): Promise<RecordingWriter>;
  /** Aborted with a GatewayError `recording_unavailable` when nothing can be stored any more; every session fails with it. */
  readonly failed: AbortSignal;
}

interface Parts {
  readonly names: DirectorySync;
  readonly pending: PendingBytes;
  readonly blocks: SharedBlocks;
  readonly thread: HashThread;
  readonly fault: Fault;
  readonly wal: WriteAheadLog;
  readonly leafLog: LeafLog;
  readonly sessions: Map<string, SessionWriter>;
}

export interface RecordingsOptions {
  /** The directory of this process's write-ahead log, locked by it and with nothing left to recover. */
  readonly wal: string;
  /** The number of its first segment: higher than any before. */
  readonly firstNumber: number;
  readonly fault: Fault;
  readonly leafLog: LeafLog;
}

/** Begins the write-ahead log. What is still open when `cleanup` closes is sealed. */
export async function openRecordings(
  settings: RecorderSettings,
  { wal: directory, firstNumber, fault, leafLog }: RecordingsOptions,
  cleanup: Cleanup,
): Promise<Recorder> {
  const { files, limits, log } = settings;
  const sessions = new Map<string, SessionWriter>();
  const failAll = (): void => {
    const error = unavailable(fault.signal.reason);
    log.error({ event: 'recorder.failed', err: error, sessions: sessions.size }, 'the recorder cannot store');
    for (const session of sessions.values()) session.fail(error);
  };
  fault.signal.addEventListener('abort', failAll, { once: true });
  const names = cleanup.use(new DirectorySync(files, join(settings.directory, RECORDINGS)));
  const blocks = new SharedBlocks();
  const thread = cleanup.use(new HashThread(blocks.memory));
  const wal = cleanup.use(new WriteAheadLog({ directory, files, limits, fault, firstNumber }));
  await wal.start();
  cleanup.defer(() => sealAll(sessions, log));
  const pending = new PendingBytes(limits.recorderPendingBytesMax);
  const checkFreeSpace = createSpaceCheck(settings);
  let stopped = false;
  return {
    failed: fault.signal,
    openRecording: async (meta) => {
      fault.check();
      await checkFreeSpace();
      if (stopped) throw new GatewayError('recording_unavailable', 'The recorder has stopped.');
      return await openSession(settings, meta, { fault, names, pending, blocks, thread, wal, leafLog, sessions });
    },
    [Symbol.asyncDispose]: () => {
      stopped = true;
      return cleanup[Symbol.asyncDispose]();
    },
  };
}

/** A new session must not take the last bytes from those that are open. What was seen a moment ago still counts. */
function createSpaceCheck({ clock, directory, files, limits }: RecorderSettings): () => Promise<void> {
  let seenUntil = 0n;
  return async () => {
    const now = clock.micros();
    if (now < seenUntil) return;
    const { bavail, bsize } = await files.statfs(directory).catch((thrown: unknown) => {
      throw unavailable(thrown);
    });
    if (bavail * bsize < limits.recorderFreeBytesMin) {
      throw new GatewayError('recording_unavailable', 'The disk under the recorder is almost full.');
    }
    seenUntil = now + BigInt(limits.recorderFreeSeenMillis) * 1_000n;
  };
}

async function openSession(
  { clock, directory, durability, files, limits, log }: RecorderSettings,
  meta: RecordingMeta,
  { fault, names, pending, blocks, thread, wal, leafLog, sessions }: Parts,
): Promise<RecordingWriter> {
  const { sessionId } = meta;
  const path = recordingPath(directory, sessionId);
  invariant(!sessions.has(sessionId), 'a session has one recording');
  const session: SessionWriter = new SessionWriter(meta, {
    directory,
    clock,
    limits,
    durability,
    wal,
    pending,
    blocks,
    thread,
    fault,
    leafLog,
    createFile: (onFault) => createRecordingFile(files, path, onFault, () => names.sync()),
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
