/**
 * The write-ahead log: one a process, shared by all sessions, so that one disk flush acknowledges everything that
 * queued while the flush before was under way (group commit).
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { invariant, type Limits } from '../foundation/index.ts';
import type { Fault } from './fault.ts';
import {
  FILE_MODE,
  type FileSystem,
  type OpenFile,
  removeFile,
  sizeOf,
  syncDirectory,
  writeAll,
  writeParts,
} from './files.ts';
import { FRAME_OVERHEAD_BYTES, HEADER_BYTES } from './frames.ts';
import {
  encodeRecord,
  encodeSegmentHeader,
  RECORD_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  type WalEntry,
} from './wal-segment.ts';

const BATCH_BYTES_MAX = 4 * 1024 * 1024;
const ZEROS = Buffer.alloc(1024 * 1024);

export interface WalOptions {
  readonly directory: string;
  readonly files: FileSystem;
  readonly limits: Limits;
  readonly fault: Fault;
  /** The number of the first segment: higher than any before. */
  readonly firstNumber: number;
}

interface Segment {
  readonly path: string;
  readonly file: OpenFile;
  readonly marker: Buffer;
  /** Unsealed sessions with records in here: the segment stays as long as there is one. */
  readonly sessions: Set<string>;
  end: number;
}

interface Waiting {
  readonly entry: WalEntry;
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

function segmentName(number: number): string {
  return `${String(number).padStart(12, '0')}.wal`;
}

export class WriteAheadLog implements AsyncDisposable {
  readonly #options: WalOptions;
  readonly #older: Segment[] = [];
  #queue: Waiting[] = [];
  #nextNumber: number;
  #segment: Segment | undefined;
  #spare: Promise<Segment> | undefined;
  #running: Promise<void> | undefined;

  constructor(options: WalOptions) {
    const { walSegmentBytes, recorderDirectBytesMin } = options.limits;
    const recordBytesMax = RECORD_HEADER_BYTES + HEADER_BYTES + FRAME_OVERHEAD_BYTES + recorderDirectBytesMin;
    invariant(SEGMENT_HEADER_BYTES + recordBytesMax <= walSegmentBytes, 'a segment holds the largest record');
    this.#options = options;
    this.#nextNumber = options.firstNumber;
  }

  /** Creates the first segment, so that a full disk is known before the first session. */
  async start(): Promise<void> {
    this.#segment = await this.#create();
    this.#prepareSpare();
  }

  /** Resolves when the record is on the disk. @throws {GatewayError} `recording_unavailable`. */
  append(entry: WalEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#options.fault.signal.aborted) {
        reject(this.#options.fault.trip(undefined));
        return;
      }
      const size = RECORD_HEADER_BYTES + entry.size;
      this.#queue.push({ entry, size, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** The session is sealed elsewhere: segments nobody else needs are removed. */
  async release(sessionId: string): Promise<void> {
    this.#segment?.sessions.delete(sessionId);
    for (const segment of this.#older.slice()) {
      segment.sessions.delete(sessionId);
      if (segment.sessions.size > 0) continue;
      this.#older.splice(this.#older.indexOf(segment), 1);
      await removeFile(this.#options.files, segment.path);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running;
    const spare = await this.#spare?.catch(() => undefined);
    for (const segment of [this.#segment, spare]) {
      if (segment === undefined) continue;
      await segment.file.close();
      if (segment.sessions.size === 0) await removeFile(this.#options.files, segment.path);
    }
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // Everything appended in this turn of the event loop goes into the first batch.
    while (this.#queue.length > 0) {
      try {
        await this.#commit();
      } catch (thrown) {
        this.#rejectAll(thrown);
      }
    }
    this.#running = undefined;
  }

  async #commit(): Promise<void> {
    this.#options.fault.check();
    const segment = await this.#segmentWithRoom();
    const batch = this.#takeBatch(segment);
    try {
      const parts = batch.flatMap(({ entry }) => encodeRecord(segment.marker, entry));
      for (const { entry } of batch) segment.sessions.add(entry.sessionId);
      await writeParts(segment.file, parts, segment.end);
      segment.end += sizeOf(parts);
    } catch (thrown) {
      this.#queue.unshift(...batch);
      throw thrown;
    }
    for (const { resolve } of batch) resolve();
  }

  /** As many waiting records as fit the segment and one batch; one at least. */
  #takeBatch(segment: Segment): Waiting[] {
    const room = Math.min(this.#options.limits.walSegmentBytes - segment.end, BATCH_BYTES_MAX);
    let bytes = 0;
    let count = 0;
    for (const { size } of this.#queue) {
      if (count > 0 && bytes + size > room) break;
      bytes += size;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #segmentWithRoom(): Promise<Segment> {
    const segment = this.#segment;
    const first = this.#queue[0];
    invariant(segment && first, 'the write-ahead log has started and has work');
    if (segment.end + first.size <= this.#options.limits.walSegmentBytes) return segment;
    const next = await (this.#spare ?? this.#create());
    await segment.file.close();
    if (segment.sessions.size > 0) this.#older.push(segment);
    else await removeFile(this.#options.files, segment.path);
    this.#segment = next;
    this.#prepareSpare();
    return next;
  }

  #prepareSpare(): void {
    this.#spare = this.#create();
    this.#spare.catch(() => undefined); // Its failure counts when the segment is needed, not before.
  }

  /** Zeros first, then the header: no write of a session ever waits for an allocation, and a half-made segment is empty. */
  async #create(): Promise<Segment> {
    const { directory, files, limits } = this.#options;
    const number = this.#nextNumber++;
    const path = join(directory, segmentName(number));
    const marker = randomBytes(8);
    const file = await files.open(path, 'wx', FILE_MODE);
    try {
      for (let at = 0; at < limits.walSegmentBytes; at += ZEROS.length) {
        await writeAll(file, ZEROS.subarray(0, limits.walSegmentBytes - at), at);
      }
      await writeAll(file, encodeSegmentHeader(number, marker), 0);
      await file.sync();
      await syncDirectory(files, directory);
    } finally {
      await file.close();
    }
    const durable = await files.open(path, 'durable');
    return { path, file: durable, marker, sessions: new Set(), end: SEGMENT_HEADER_BYTES };
  }

  #rejectAll(thrown: unknown): void {
    const error = this.#options.fault.trip(thrown);
    const waiting = this.#queue;
    this.#queue = [];
    for (const { reject } of waiting) reject(error);
  }
}
