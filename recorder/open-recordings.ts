/** Opens recordings over one write-ahead log and the leaf log: no recording, no session. */
import {
  asError,
  type Cleanup,
  type Clock,
  GatewayError,
  invariant,
  type Limits,
  type Log,
} from '../foundation/index.ts';
import { FloodBuffers } from './chunks/flood-buffers.ts';
import { SealThread } from './chunks/seal-thread.ts';
import { type Fault, unavailable } from './fault.ts';
import type { FileSystem } from './files.ts';
import { KeyFiles } from './keys/key-files.ts';
import type { SessionKeySource } from './keys/key-pool.ts';
import type { LeafLog } from './log/leaf-log.ts';
import type { ObjectStore } from './objects/store.ts';
import { PendingBytes } from './pending.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { Durability, RecordingMeta, RecordingWriter } from './recording.ts';
import { SessionWriter, type SharedSessionOptions } from './session-writer.ts';
import { WriteAheadLog } from './wal.ts';

export interface RecorderSettings {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Limits;
  readonly durability: Durability;
  readonly files: FileSystem;
  readonly objects: ObjectStore;
  readonly keys: SessionKeySource;
  readonly walKey: Uint8Array;
  readonly pseudonyms: Pseudonyms;
  readonly build: string;
}

export interface Recorder extends AsyncDisposable {
  /** Resolves when the recording is durable and logged. @throws {GatewayError} `recording_unavailable`. */
  openRecording(meta: RecordingMeta): Promise<RecordingWriter>;
  /** Aborted with a GatewayError `recording_unavailable` when nothing can be stored any more; every session fails with it. */
  readonly failed: AbortSignal;
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
  const keyFiles = cleanup.use(new KeyFiles(settings.directory, files));
  const buffers = new FloodBuffers(limits);
  const thread = cleanup.use(new SealThread(buffers.memory));
  const wal = cleanup.use(
    new WriteAheadLog({ directory, files, limits, fault, log, walKey: settings.walKey, firstNumber }),
  );
  await wal.start();
  cleanup.defer(() => sealAll(sessions, log));
  const shared: SharedSessionOptions = {
    ...settings,
    ...{ buffers, fault, keyFiles, leafLog, thread, wal },
    onClosed: async (sessionId, sealed) => {
      sessions.delete(sessionId);
      // Otherwise the write-ahead log keeps it for the next start.
      if (sealed !== undefined) await wal.end(sessionId);
    },
    pending: new PendingBytes(limits.recorderPendingBytesMax),
    chunkBytes: new PendingBytes(limits.recorderChunkBytesMax),
  };
  const checkFreeSpace = createSpaceCheck(settings);
  let stopped = false;
  return {
    failed: fault.signal,
    openRecording: async (meta) => {
      fault.check();
      await checkFreeSpace();
      await settings.objects.admit();
      if (stopped) throw new GatewayError('recording_unavailable', 'The recorder has stopped.');
      return await openSession(meta, sessions, shared);
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
  meta: RecordingMeta,
  sessions: Map<string, SessionWriter>,
  shared: SharedSessionOptions,
): Promise<RecordingWriter> {
  const { sessionId } = meta;
  invariant(!sessions.has(sessionId), 'a session has one recording');
  const session = new SessionWriter(sessionId, shared);
  sessions.set(sessionId, session);
  try {
    await session.open(meta);
    return session;
  } catch (thrown) {
    sessions.delete(sessionId);
    throw thrown instanceof GatewayError ? thrown : unavailable(thrown);
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
