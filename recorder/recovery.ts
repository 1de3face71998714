/**
 * After a crash: every session the write-ahead log still speaks of is brought to its end, so that no acknowledged byte is
 * lost and no session stays open. What the signed log names is done; what follows it stands in the write-ahead log.
 */
import { join } from 'node:path';
import { asError, type Clock, GatewayError, type Limits, type Log } from '../foundation/index.ts';
import { SealThread } from './chunks/seal-thread.ts';
import { unavailable } from './fault.ts';
import { type FileSystem, readWhole, removeFile, syncDirectory } from './files.ts';
import { isSessionId } from './frames.ts';
import { KeyFiles } from './keys/key-files.ts';
import type { LeafLog } from './log/leaf-log.ts';
import type { SessionFinder } from './log/session-leaves.ts';
import type { ObjectStore } from './objects/store.ts';
import { type Beginning, decodeBeginning } from './beginning.ts';
import { Rebuild } from './rebuild.ts';
import type { SealedRecording } from './recording.ts';
import { type ReadEntry, type ScannedSegment, scanSegment } from './wal-segment.ts';

const SEGMENT = /^\d{12}\.wal$/;
const SEGMENT_BYTES_MAX = 1024 * 1024 * 1024;

export interface WalScan {
  /** Names of the segments, oldest first. */
  readonly segments: readonly string[];
  readonly sessionIds: ReadonlySet<string>;
  /** Of every session whose beginning can be read: it may stand behind its first frames. */
  readonly beginnings: ReadonlyMap<string, Beginning>;
  readonly torn: boolean;
  /** Higher than the number of any segment there ever was in this directory. */
  readonly nextNumber: number;
}

export interface ScanOptions {
  readonly files: FileSystem;
  /** The directory of the write-ahead log. */
  readonly wal: string;
  readonly walKey: Uint8Array;
  readonly log: Log;
}

/**
 * Reads every segment of one write-ahead log once. A segment that cannot be read is put aside, never removed.
 * @throws {GatewayError} `start_refused` when a segment was sealed with another key.
 */
export async function scanWal(options: ScanOptions): Promise<WalScan> {
  const { files, wal, log } = options;
  const names = await files.readdir(wal);
  const sessionIds = new Set<string>();
  const beginnings = new Map<string, Beginning>();
  const segments: string[] = [];
  let torn = false;
  for (const name of names.filter((known) => SEGMENT.test(known)).sort()) {
    const scanned = await readSegment(options, name);
    if (scanned.condition === 'damaged') {
      await setAside({ files, wal, log }, name);
      torn = true;
      continue;
    }
    segments.push(name);
    torn ||= scanned.torn;
    for (const entry of scanned.entries) {
      sessionIds.add(entry.sessionId);
      if (entry.kind === 'begin') keepBeginning(beginnings, entry);
    }
  }
  const numbers = names.map((name) => Number(/^\d{12}/.exec(name)?.[0] ?? 0));
  return { segments, sessionIds, beginnings, torn, nextNumber: Math.max(0, ...numbers) + 1 };
}

/** The whole form says more than the later one. */
function keepBeginning(beginnings: Map<string, Beginning>, { sessionId, body }: ReadEntry): void {
  const beginning = decodeBeginning(body);
  if (beginnings.get(sessionId)?.leaf === undefined) beginnings.set(sessionId, beginning);
}

async function readSegment({ files, wal, walKey }: ScanOptions, name: string): Promise<ScannedSegment> {
  const bytes = (await readWhole(files, join(wal, name), SEGMENT_BYTES_MAX)) ?? Buffer.alloc(0);
  const scanned = scanSegment(bytes, walKey);
  if (scanned.condition === 'foreign') {
    throw new GatewayError(
      'start_refused',
      `${join(wal, name)} does not open with the key of the write-ahead log: the key is another, or the file was changed. Put the right key back, or move the file away and keep it.`,
    );
  }
  return scanned;
}

export interface RecoveryOptions extends ScanOptions {
  /** The recorder's directory. */
  readonly directory: string;
  readonly clock: Clock;
  readonly limits: Pick<Limits, 'chunkBytes'>;
  readonly leafLog: LeafLog;
  readonly objects: ObjectStore;
  readonly finder: SessionFinder;
  readonly scan: WalScan;
}

/** Rebuilds, seals, then empties the write-ahead log. Crashing in here loses nothing: the next start does it again. */
export async function recoverSessions(options: RecoveryOptions): Promise<SealedRecording[]> {
  const { files, scan, wal } = options;
  await using thread = new SealThread();
  await using keyFiles = new KeyFiles(options.directory, files);
  const rebuilds = new Map<string, Rebuild>();
  for (const [sessionId, beginning] of scan.beginnings) {
    const leaves = options.finder.leavesOf(sessionId);
    if (!isSessionId(sessionId) || leaves.some(({ leaf }) => leaf.type === 'session.close')) continue;
    rebuilds.set(sessionId, new Rebuild(sessionId, { ...options, beginning, leaves, thread, keyFiles }));
  }
  const damaged = await readFrames(options, rebuilds);
  const sealed: SealedRecording[] = [];
  for (const rebuild of rebuilds.values()) {
    if (rebuild.drop() && scan.torn) for (const name of rebuild.segments) damaged.add(name);
    sealed.push(await finish(options, rebuild));
  }
  for (const name of scan.segments) {
    if (damaged.has(name)) await setAside(options, name);
    else await removeFile(files, join(wal, name));
  }
  await syncDirectory(files, wal);
  return sealed.sort((left, right) => left.openLeaf - right.openLeaf);
}

/** @returns segments with frames of sessions whose beginning, and so whose keys, are lost: nothing can be made of them. */
async function readFrames(options: RecoveryOptions, rebuilds: ReadonlyMap<string, Rebuild>): Promise<Set<string>> {
  const { finder, log, scan } = options;
  const damaged = new Set<string>();
  for (const name of scan.segments) {
    for (const entry of (await readSegment(options, name)).entries) {
      if (entry.kind === 'frames') rebuilds.get(entry.sessionId)?.take(entry.body, name);
      const isClosed = finder.leavesOf(entry.sessionId).some(({ leaf }) => leaf.type === 'session.close');
      if (isClosed || scan.beginnings.has(entry.sessionId)) continue;
      if (!damaged.has(name)) {
        log.error(
          { event: 'recorder.unrecoverable', session: entry.sessionId },
          'a session in the write-ahead log has no beginning',
        );
      }
      damaged.add(name);
    }
  }
  return damaged;
}

async function finish({ log, scan }: RecoveryOptions, rebuild: Rebuild): Promise<SealedRecording> {
  const sealed = await rebuild.finish(scan.torn);
  const { sessionId, frames } = sealed;
  log.warn({ event: 'recorder.recovered', session: sessionId, frames, lost: rebuild.lost }, 'recording recovered');
  return sealed;
}

async function setAside({ files, wal, log }: Pick<ScanOptions, 'files' | 'wal' | 'log'>, name: string): Promise<void> {
  try {
    await files.rename(join(wal, name), join(wal, `${name}.damaged`));
  } catch (thrown) {
    throw unavailable(asError(thrown));
  }
  log.error({ event: 'recorder.segment_damaged', segment: name }, 'a segment of the write-ahead log was put aside');
}
