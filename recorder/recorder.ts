/** Starts the recorder of a gateway, and that of one of its workers. */
import { join } from 'node:path';
import { asError, Cleanup, type Clock, GatewayError, LIMITS, type Limits, type Log } from '../foundation/index.ts';
import { createFault, type Fault } from './fault.ts';
import { DIRECTORY_MODE, type FileSystem, nodeFiles, syncDirectory } from './files.ts';
import { takeLock } from './lock.ts';
import { type LeafLog, type OwnedLeafLog, startLeafLog, type TransparencySettings } from './log/leaf-log.ts';
import { type LogEntry, readLog } from './log/read-log.ts';
import { createSessionFinder } from './log/session-leaves.ts';
import { KEYS } from './keys/key-files.ts';
import type { SessionKeySource } from './keys/key-pool.ts';
import { checkFormat } from './format.ts';
import type { ObjectStore } from './objects/store.ts';
import { openRecordings, type Recorder, type RecorderSettings } from './open-recordings.ts';
import { createPseudonyms } from './pseudonyms.ts';
import { type Durability, isWalName, LOG, type SealedRecording, WAL, workerWalName } from './recording.ts';
import { recoverSessions, scanWal, type WalScan } from './recovery.ts';

export interface RecorderOptions {
  /** Holds `wal/`, `wal-N/` of each worker, `keys/` and `log/`; made when missing. */
  readonly directory: string;
  /** Where chunks go; closed by who opened it, after the recorder. */
  readonly objects: ObjectStore;
  /** Of new sessions. */
  readonly keys: SessionKeySource;
  readonly secrets: RecorderSecrets;
  /** Of the program, for the leaves: which one recorded. */
  readonly build: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  /** Default `strict`. */
  readonly durability?: Durability;
  readonly files?: FileSystem;
  /** Of the signed log: its name, where its head is kept, and who cosigns it. */
  readonly transparency?: Partial<TransparencySettings>;
  /** Sees every entry of the log at the start, in order. */
  readonly visitLog?: (entry: LogEntry) => void;
}

/** 32 bytes each, the same at every start. */
export interface RecorderSecrets {
  /** What waits in the write-ahead log is sealed with it. */
  readonly wal: Uint8Array;
  /** Makes the names under which persons, targets and connections stand in the log. */
  readonly pseudonym: Uint8Array;
}

/** The recorder of the process that owns the directory: the only one that writes the signed log. */
export interface OwningRecorder extends Recorder {
  /** Sessions a crash left open, of this process and of every worker there was, sealed at this start. */
  readonly recovered: readonly SealedRecording[];
  /** For the workers of this gateway, which have no log of their own. */
  readonly leafLog: LeafLog & Pick<OwnedLeafLog, 'accepted' | 'covered'>;
  /**
   * Seals what a worker that is gone left open; repeat it when it failed. Call it when nothing of that worker waits for
   * the log any more. @throws what the disk said; `start_refused` while the worker lives.
   */
  recoverWorker(slot: number): Promise<readonly SealedRecording[]>;
}

/** The log as a worker reaches it: in another process, which may end. */
export interface RemoteLeafLog extends LeafLog {
  /** Aborted when no leaf can be added any more. */
  readonly failed: AbortSignal;
}

const ORPHAN_PAUSE_MS = 200;

/**
 * Takes the directory for this process, checks the log against its signature and seals what a crash left open, here and
 * in every worker there was.
 * @throws {GatewayError} `start_refused`: another recorder has it, the log is not what it signed, or the disk fails.
 */
export function startRecorder(options: RecorderOptions): Promise<OwningRecorder> {
  return starting(options, async (settings, cleanup) => {
    const { directory, files } = settings;
    await makeDirectories(settings, [WAL, LOG, KEYS]);
    cleanup.defer(await takeLock(files, directory));
    await checkFormat(settings);
    const fault = createFault(() => undefined);
    const workers = (await files.readdir(directory)).filter((name) => name !== WAL && isWalName(name));
    const scans: { wal: string; scan: WalScan; release: () => Promise<void> }[] = [];
    for (const name of [WAL, ...workers.sort()]) {
      const wal = join(directory, name);
      const release = await takeOrphanLock(files, wal, name === WAL);
      cleanup.defer(release);
      scans.push({ wal, scan: await scanWal({ ...settings, wal }), release });
    }
    const finder = createSessionFinder(new Set(scans.flatMap(({ scan }) => [...scan.sessionIds])));
    const walIsEmpty = scans.every(({ scan }) => scan.sessionIds.size === 0);
    const visit = (entry: LogEntry): void => {
      finder.visit(entry);
      options.visitLog?.(entry);
    };
    const transparency = options.transparency ?? {};
    const leafLog = cleanup.use(await openLog(settings, { fault, visit, walIsEmpty, transparency }));
    const recovered: SealedRecording[] = [];
    let firstNumber = 1;
    for (const { wal, scan, release } of scans) {
      recovered.push(...(await recoverSessions({ ...settings, wal, leafLog, finder, scan })));
      if (wal === join(directory, WAL)) firstNumber = scan.nextNumber;
      else await release();
    }
    const recordings = await openRecordings(
      settings,
      { wal: join(directory, WAL), firstNumber, fault, leafLog },
      cleanup,
    );
    return { ...recordings, recovered, leafLog, recoverWorker: (slot) => recoverWorker(settings, leafLog, slot) };
  });
}

/**
 * The recorder of one worker: a write-ahead log of its own, the recordings beside everybody's, the log in the process
 * that started it.
 * @throws {GatewayError} `start_refused`: the slot is in use, or holds what has to be recovered first.
 */
export function startWorkerRecorder(
  options: RecorderOptions & { readonly slot: number; readonly leafLog: RemoteLeafLog },
): Promise<Recorder> {
  return starting(options, async (settings, cleanup) => {
    const { directory, files } = settings;
    const name = workerWalName(options.slot);
    await makeDirectories(settings, [name]);
    const wal = join(directory, name);
    cleanup.defer(await takeLock(files, wal));
    const scan = await scanWal({ ...settings, wal });
    if (scan.sessionIds.size > 0) throw new GatewayError('start_refused', `${wal} holds sessions to recover first.`);
    const fault = createFault(() => undefined);
    const { failed } = options.leafLog;
    const lost = (): unknown => fault.trip(failed.reason);
    failed.addEventListener('abort', lost, { once: true });
    if (failed.aborted) lost();
    const leafLog: LeafLog = {
      ...options.leafLog,
      append: (leaf) =>
        options.leafLog.append(leaf).catch((thrown: unknown) => {
          throw fault.trip(thrown);
        }),
    };
    return openRecordings(settings, { wal, firstNumber: scan.nextNumber, fault, leafLog }, cleanup);
  });
}

async function starting<Started>(
  { limits, durability = 'strict', files = nodeFiles, secrets, ...options }: RecorderOptions,
  start: (settings: RecorderSettings, cleanup: Cleanup) => Promise<Started>,
): Promise<Started> {
  const cleanup = new Cleanup();
  try {
    const { directory, clock, log, objects, keys, build } = options;
    const pseudonyms = createPseudonyms(secrets.pseudonym);
    const own = { files, durability, limits: { ...LIMITS, ...limits }, walKey: secrets.wal, pseudonyms };
    return await start({ directory, clock, log, objects, keys, build, ...own }, cleanup);
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    if (thrown instanceof GatewayError && thrown.code === 'start_refused') throw thrown;
    throw new GatewayError('start_refused', 'The recorder cannot start.', { cause: asError(thrown) });
  }
}

async function makeDirectories({ directory, files }: RecorderSettings, names: readonly string[]): Promise<void> {
  for (const name of names) await files.mkdir(join(directory, name), { recursive: true, mode: DIRECTORY_MODE });
  await syncDirectory(files, directory);
}

/** A worker outlives the process that started it by the moment it takes to notice: its lock is waited for. */
async function takeOrphanLock(files: FileSystem, wal: string, isOurs: boolean): Promise<() => Promise<void>> {
  if (isOurs) return () => Promise.resolve(); // The lock of the whole directory is ours.
  for (let waited = 0; ; waited += ORPHAN_PAUSE_MS) {
    try {
      return await takeLock(files, wal);
    } catch (thrown) {
      if (waited >= LIMITS.workerOrphanSeconds * 1_000) throw thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, ORPHAN_PAUSE_MS));
  }
}

async function recoverWorker(
  settings: RecorderSettings,
  leafLog: LeafLog,
  slot: number,
): Promise<readonly SealedRecording[]> {
  const { directory, files } = settings;
  const wal = join(directory, workerWalName(slot));
  await makeDirectories(settings, [workerWalName(slot)]);
  const release = await takeLock(files, wal);
  try {
    const scan = await scanWal({ ...settings, wal });
    if (scan.sessionIds.size === 0 && scan.segments.length === 0) return [];
    const finder = createSessionFinder(scan.sessionIds);
    // What the worker was told, and what it died before it heard, is in the log and nowhere else.
    const reading = await readLog({ directory: join(directory, LOG), files, visit: finder.visit });
    if (reading.condition !== 'sound') throw new GatewayError('recording_unavailable', reading.detail);
    return await recoverSessions({ ...settings, wal, leafLog, finder, scan });
  } finally {
    await release();
  }
}

async function openLog(
  { directory, files, clock, log, objects }: RecorderSettings,
  parts: {
    fault: Fault;
    visit: (entry: LogEntry) => void;
    walIsEmpty: boolean;
    transparency: Partial<TransparencySettings>;
  },
): Promise<OwnedLeafLog> {
  const { fault, visit, walIsEmpty, transparency: settings } = parts;
  const mayCreate = walIsEmpty && (await files.readdir(join(directory, KEYS))).length === 0 && (await isEmpty(objects));
  return await startLeafLog({ directory: join(directory, LOG), files, fault, clock, log, settings, visit, mayCreate });
}

async function isEmpty(objects: ObjectStore): Promise<boolean> {
  for await (const _object of objects.list()) return false;
  return true;
}
