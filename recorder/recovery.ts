/**
 * After a crash: every recording the write-ahead log still speaks of is rebuilt and sealed, so that no acknowledged
 * byte is lost and no session stays open. What is durable of a recording stands in its own file up to the last time
 * that was made durable, and in the log from there on.
 */
import { join } from 'node:path';
import { asError, type Clock, type Log, LIMITS } from '../foundation/index.ts';
import { unavailable } from './fault.ts';
import { type FileSystem, type OpenFile, openIfThere, readWhole, removeFile, syncDirectory } from './files.ts';
import {
  createFrameWriter,
  createRecordingParser,
  FRAME_OVERHEAD_BYTES,
  HEADER_BYTES,
  isSessionId,
  type RecordingParser,
} from './frames.ts';
import type { LeafLog } from './log/leaf-log.ts';
import type { SessionFinder } from './log/session-leaves.ts';
import { decodeMeta, openLeafOf, recordingPath, type SealedRecording } from './recording.ts';
import { createRecordingFile, type RecordingFile } from './recording-file.ts';
import { sealRecording } from './seal.ts';
import { scanSegment, type WalRecord } from './wal-segment.ts';

const SEGMENT = /^\d{12}\.wal$/;
const SEGMENT_BYTES_MAX = 1024 * 1024 * 1024;
const RECOVERED_NOTE = Buffer.from('recovered');
const TORN_NOTE = 'The last write before the crash was cut; it had not been acknowledged.';

export interface WalScan {
  /** Names of the segments, oldest first. */
  readonly segments: readonly string[];
  readonly sessionIds: ReadonlySet<string>;
  readonly torn: boolean;
  /** Higher than the number of any segment there ever was in this directory. */
  readonly nextNumber: number;
}

/** Reads every segment of one write-ahead log once. A segment that cannot be read is put aside, never removed. */
export async function scanWal(files: FileSystem, wal: string, log: Log): Promise<WalScan> {
  const names = await files.readdir(wal);
  const sessionIds = new Set<string>();
  const segments: string[] = [];
  let torn = false;
  for (const name of names.filter((known) => SEGMENT.test(known)).sort()) {
    const scanned = scanSegment((await readWhole(files, join(wal, name), SEGMENT_BYTES_MAX)) ?? Buffer.alloc(0));
    if (scanned.condition === 'damaged') {
      await setAside(files, wal, name, log);
      torn = true;
      continue;
    }
    segments.push(name);
    torn ||= scanned.torn;
    for (const { sessionId } of scanned.records) sessionIds.add(sessionId);
  }
  const numbers = names.map((name) => Number(/^\d{12}/.exec(name)?.[0] ?? 0));
  return { segments, sessionIds, torn, nextNumber: Math.max(0, ...numbers) + 1 };
}

export interface RecoveryOptions {
  readonly directory: string;
  /** The directory of the write-ahead log that `scan` is of. */
  readonly wal: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly log: Log;
  readonly leafLog: LeafLog;
  readonly finder: SessionFinder;
  readonly scan: WalScan;
}

/** Rebuilds, seals, then empties the write-ahead log. Crashing in here loses nothing: the next start does it again. */
export async function recoverSessions(options: RecoveryOptions): Promise<SealedRecording[]> {
  const { files, finder, log, scan, wal } = options;
  const rebuilds = new Map<string, Rebuild>();
  const damaged = new Set<string>();
  for (const name of scan.segments) {
    const { records } = scanSegment((await readWhole(files, join(wal, name), SEGMENT_BYTES_MAX)) ?? Buffer.alloc(0));
    for (const record of records) {
      if (!isSessionId(record.sessionId) || finder.leavesOf(record.sessionId).closes.length > 0) continue;
      const rebuild = rebuilds.get(record.sessionId) ?? (await startRebuild(options, record.sessionId));
      rebuilds.set(record.sessionId, rebuild);
      await rebuild.take(record);
      if (rebuild.lostBytes > 0) damaged.add(name);
    }
  }
  const sealed: SealedRecording[] = [];
  for (const rebuild of rebuilds.values()) {
    const recording = await finish(options, rebuild);
    if (recording !== undefined) sealed.push(recording);
  }
  for (const name of scan.segments) {
    if (damaged.has(name)) await setAside(files, wal, name, log);
    else await removeFile(files, join(wal, name));
  }
  await syncDirectory(files, wal);
  return sealed.sort((left, right) => left.openLeaf - right.openLeaf);
}

interface Rebuild {
  readonly file: RecordingFile;
  readonly parser: RecordingParser;
  /** The payload of the first frame, once it was read. */
  readonly meta: Buffer | undefined;
  /** Bytes of frames that follow a hole and so prove nothing. */
  readonly lostBytes: number;
  readonly take: (record: WalRecord) => Promise<void>;
}

async function startRebuild({ directory, files }: RecoveryOptions, sessionId: string): Promise<Rebuild> {
  const path = `${recordingPath(directory, sessionId)}.tmp`;
  await removeFile(files, path); // Of a recovery that was itself cut.
  const file = await createRecordingFile(files, path, () => undefined); // Sealing tells.
  const parser = createRecordingParser(sessionId);
  let meta: Buffer | undefined;
  let lostBytes = 0;
  const keep = async (data: Buffer): Promise<boolean> => {
    if (!chains(parser, data, (payload) => (meta ??= payload))) return false;
    file.push([data]);
    if (file.backlogBytes > LIMITS.recorderSessionPendingBytesMax) await file.flush();
    return true;
  };
  await takeWholeFrames(files, recordingPath(directory, sessionId), keep);
  return {
    file,
    parser,
    get meta() {
      return meta;
    },
    get lostBytes() {
      return lostBytes;
    },
    async take({ offset, data }) {
      const known = parser.offset - offset;
      if (known >= data.length) return; // It stood in the file already.
      if (lostBytes > 0 || known < 0 || !(await keep(data.subarray(known)))) lostBytes += data.length;
    },
  };
}

/**
 * Hands on the frames at the beginning of a file, one by one, for as long as they are whole and continue the chain.
 * What stands behind them was never made durable by the file, and is in the log if it was acknowledged.
 */
async function takeWholeFrames(
  files: FileSystem,
  path: string,
  keep: (frame: Buffer) => Promise<boolean>,
): Promise<void> {
  const file = await openIfThere(files, path);
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    let at = 0;
    for (
      let frame = await readFrameBytes(file, at, size);
      frame !== undefined;
      frame = await readFrameBytes(file, at, size)
    ) {
      if (!(await keep(frame))) return;
      at += frame.length;
    }
  } finally {
    await file.close();
  }
}

/** The bytes of the frame at `at`, the recording's header before the first one included; undefined when cut short. */
async function readFrameBytes(file: OpenFile, at: number, size: number): Promise<Buffer | undefined> {
  const start = at === 0 ? HEADER_BYTES : 0;
  const length = await readBytes(file, at + start, 4, size);
  if (length === undefined || length.readUInt32BE(0) > LIMITS.frameBytesMax) return undefined;
  return readBytes(file, at, start + FRAME_OVERHEAD_BYTES + length.readUInt32BE(0), size);
}

async function readBytes(file: OpenFile, at: number, wanted: number, size: number): Promise<Buffer | undefined> {
  if (at + wanted > size) return undefined;
  const bytes = Buffer.allocUnsafe(wanted);
  for (let done = 0; done < wanted; ) {
    const { bytesRead } = await file.read(bytes, done, wanted - done, at + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
}

/** A record may only hold whole frames that continue the chain. */
function chains(parser: RecordingParser, data: Buffer, onMeta: (payload: Buffer) => void): boolean {
  try {
    const before = parser.offset;
    const [first] = parser.push(data);
    if (first?.type === 'h') onMeta(first.payload);
    return parser.offset === before + data.length;
  } catch {
    return false; // The record is not what the recorder wrote; it counts as lost.
  }
}

async function finish(options: RecoveryOptions, rebuild: Rebuild): Promise<SealedRecording | undefined> {
  const { directory, clock, finder, leafLog, log, scan } = options;
  const { file, meta, lostBytes } = rebuild;
  const found = rebuild.parser.state;
  if (found === undefined || meta === undefined) {
    log.error({ event: 'recorder.unrecoverable', lostBytes }, 'a session in the write-ahead log has no beginning');
    await file.abandon();
    return undefined;
  }
  const { sessionId } = decodeMeta(meta);
  const writer = createFrameWriter(sessionId, found);
  if (!found.sealed) {
    const note = lostBytes > 0 ? `${lostBytes} bytes after this place are lost from the write-ahead log.` : TORN_NOTE;
    if (scan.torn || lostBytes > 0) file.push(writer.add('g', clock.micros(), Buffer.from(note)));
    file.push(writer.add('m', clock.micros(), RECOVERED_NOTE));
    file.push(writer.end(clock.micros()));
  }
  const [open] = finder.leavesOf(sessionId).opens;
  const openLeaf = open?.entry ?? (await leafLog.append(openLeafOf(meta, clock.now())));
  const state = writer.state;
  const sealed = await sealRecording({ directory, sessionId, file, state, openLeaf, recovered: true, leafLog, clock });
  log.warn(
    { event: 'recorder.recovered', session: sessionId, frames: sealed.frames, lostBytes },
    'recording recovered',
  );
  return sealed;
}

async function setAside(files: FileSystem, wal: string, name: string, log: Log): Promise<void> {
  try {
    await files.rename(join(wal, name), join(wal, `${name}.damaged`));
  } catch (thrown) {
    throw unavailable(asError(thrown));
  }
  log.error({ event: 'recorder.segment_damaged', segment: name }, 'a segment of the write-ahead log was put aside');
}
