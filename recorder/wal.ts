/**
 * The write-ahead log: one a process, shared by all sessions, so that one disk flush acknowledges everything that
 * queued while the flush before was under way (group commit).
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { asError, invariant, type Limits, type Log, parseUuid } from '../foundation/index.ts';
import type { Fault } from './fault.ts';
import { FILE_MODE, type FileSystem, type OpenFile, removeFile, syncDirectory, writeAll } from './files.ts';
import { entryOf, WalBatch, type WalHold, type WalSource } from './wal-batch.ts';
import {
  encodeRecord,
  encodeSegmentHeader,
  ENTRY_HEADER_BYTES,
  MARKER_BYTES,
  RECORD_OVERHEAD_BYTES,
  SEGMENT_HEADER_BYTES,
  segmentKey,
} from './wal-segment.ts';

/** Sealing this much takes a millisecond, for which every session waits. */
const BATCH_BYTES_MAX = 1024 * 1024;
/** Of the first flush after a pause: what is behind it is laid out while the disk works, and from then on in turns. */
const FIRST_BATCH_BYTES_MAX = 32 * 1024;
const ZEROS = Buffer.alloc(1024 * 1024);

export interface WalOptions {
  readonly directory: string;
  readonly files: FileSystem;
  readonly limits: Limits;
  readonly fault: Fault;
  readonly log: Log;
  /** Of all segments; each has a key made of it. */
  readonly walKey: Uint8Array;
  /** The number of the first segment: higher than any before. */
  readonly firstNumber: number;
}

class Segment implements WalHold {
  readonly path: string;
  readonly file: OpenFile;
  readonly marker: Buffer;
  readonly key: ReturnType<typeof segmentKey>;
  /** Sessions that go on and whose beginning stands here. */
  readonly begun = new Set<string>();
  readonly #onFree: () => void;
  records = 0;
  end = SEGMENT_HEADER_BYTES;
  holds = 0;

  constructor(
    { path, file, marker, walKey }: { path: string; file: OpenFile; marker: Buffer; walKey: Uint8Array },
    onFree: () => void,
  ) {
    this.path = path;
    this.file = file;
    this.marker = marker;
    this.key = segmentKey(walKey, marker);
    this.#onFree = onFree;
  }

  retain(): void {
    this.holds += 1;
  }

  release(): void {
    this.holds -= 1;
    if (this.holds === 0) this.#onFree();
  }
}

function segmentName(number: number): string {
  return `${String(number).padStart(12, '0')}.wal`;
}

export class WriteAheadLog implements AsyncDisposable {
  readonly #options: WalOptions;
  readonly #older = new Set<Segment>();
  /** Of every session that goes on: what a later segment has to say of it when the one with its beginning goes. */
  readonly #beginnings = new Map<string, Buffer>();
  #beginningBytes = 0;
  readonly #batch = new WalBatch();
  #queue: WalSource[] = [];
  #nextNumber: number;
  #segment: Segment | undefined;
  #spare: Promise<Segment> | undefined;
  #running: Promise<void> | undefined;
  #tidying: Promise<void> | undefined;

  constructor(options: WalOptions) {
    const { frameBytesMax, recorderDirectBytesMin, walSegmentBytes } = options.limits;
    const largest = Math.min(frameBytesMax, recorderDirectBytesMin) + 4_096;
    invariant(SEGMENT_HEADER_BYTES + RECORD_OVERHEAD_BYTES + largest <= walSegmentBytes, 'a segment holds any record');
    this.#options = options;
    this.#nextNumber = options.firstNumber;
  }

  /** Creates the first segment, so that a full disk is known before the first session. */
  async start(): Promise<void> {
    this.#segment = await this.#create();
    this.#prepareSpare();
  }

  /**
   * Resolves when a session's beginning is on the disk. It stays there until `end`, `later` in the place of `body` once
   * the segment that `body` is in is needed for nothing else. @throws {GatewayError} `recording_unavailable`.
   */
  async begin(sessionId: string, body: Buffer, later: Buffer): Promise<void> {
    await this.#begin(sessionId, body, () => {
      this.#beginnings.set(sessionId, later);
      this.#beginningBytes += ENTRY_HEADER_BYTES + later.length;
    });
  }

  /** Asks the source with the next flush; everything that wants in this turn of the event loop goes with the first. */
  want(source: WalSource): void {
    this.#queue.push(source);
    this.#running ??= this.#run();
  }

  /** The session is sealed elsewhere. */
  async end(sessionId: string): Promise<void> {
    const beginning = this.#beginnings.get(sessionId);
    this.#beginnings.delete(sessionId);
    if (beginning !== undefined) this.#beginningBytes -= ENTRY_HEADER_BYTES + beginning.length;
    for (const segment of [this.#segment, ...this.#older]) segment?.begun.delete(sessionId);
    await this.#tidy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tidying;
    await this.#running;
    const spare = await this.#spare?.catch(() => undefined);
    for (const segment of [this.#segment, spare]) {
      if (segment === undefined) continue;
      await segment.file.close();
      if (segment.holds === 0 && segment.begun.size === 0) await removeFile(this.#options.files, segment.path);
    }
  }

  #begin(sessionId: string, body: Buffer, onDurable: (segment: Segment) => void): Promise<void> {
    const { source, durable } = entryOf({ id: parseUuid(sessionId), kind: 'begin', body }, () => {
      const segment = this.#segment; // No other is written to while this one's record is told of.
      invariant(segment, 'what is durable stands in a segment');
      segment.begun.add(sessionId);
      onDurable(segment);
    });
    this.want(source);
    return durable;
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    let most = FIRST_BATCH_BYTES_MAX;
    while (this.#queue.length > 0) {
      try {
        // Between two flushes nobody waits for a turn: those that were just told work while the disk does.
        const segment = this.#roomySegment() ?? (await this.#nextSegment());
        const record = this.#seal(segment, most);
        if (record === undefined) continue;
        segment.retain();
        await writeAll(segment.file, record, segment.end);
        segment.end += record.length;
        for (const source of this.#batch.sources) source.durable(segment);
        this.#batch.empty();
        segment.release();
      } catch (thrown) {
        this.#loseAll(thrown);
      }
      most = BATCH_BYTES_MAX;
    }
    this.#running = undefined;
  }

  #seal(segment: Segment, most: number): Buffer | undefined {
    this.#options.fault.check();
    const room = this.#options.limits.walSegmentBytes - segment.end - RECORD_OVERHEAD_BYTES;
    const asked = this.#batch.fill(this.#queue, { room, most });
    // One that grew since it was looked at goes into the next segment.
    invariant(asked > 0 || segment.end > SEGMENT_HEADER_BYTES, 'a segment holds any record');
    this.#queue.splice(0, asked);
    const { plaintext } = this.#batch;
    if (plaintext.length === 0) return undefined;
    const record = encodeRecord(segment, segment.records, plaintext);
    segment.records += 1; // Before the write: a nonce that may be on the disk is never used again.
    return record;
  }

  #roomySegment(): Segment | undefined {
    const segment = this.#segment;
    const first = this.#queue[0];
    invariant(segment && first, 'the write-ahead log has started and has work');
    const end = segment.end + RECORD_OVERHEAD_BYTES + ENTRY_HEADER_BYTES + first.size();
    return end <= this.#options.limits.walSegmentBytes ? segment : undefined;
  }

  async #nextSegment(): Promise<Segment> {
    this.#options.fault.check();
    const segment = this.#segment;
    invariant(segment, 'the write-ahead log has started');
    const next = await (this.#spare ?? this.#create());
    await segment.file.close();
    this.#older.add(segment);
    this.#segment = next;
    this.#prepareSpare();
    this.#tidySoon();
    return next;
  }

  #prepareSpare(): void {
    this.#spare = this.#create();
    this.#spare.catch(() => undefined); // Its failure counts when the segment is needed, not before.
  }

  /** Zeros first, then the header: no write of a session ever waits for an allocation, and a half-made segment is empty. */
  async #create(): Promise<Segment> {
    const { directory, files, limits, walKey } = this.#options;
    const number = this.#nextNumber++;
    const path = join(directory, segmentName(number));
    const marker = randomBytes(MARKER_BYTES);
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
    return new Segment({ path, file: durable, marker, walKey }, () => this.#tidySoon());
  }

  #tidySoon(): void {
    void this.#tidy();
  }

  /** Removes every older segment that nothing needs any more. */
  #tidy(): Promise<void> {
    const before = this.#tidying ?? Promise.resolve();
    const tidied = before
      .then(() => this.#removeFree())
      .catch((thrown: unknown) => {
        const { fault, log } = this.#options;
        if (fault.signal.aborted) return;
        log.warn({ event: 'recorder.segment_kept', err: asError(thrown) }, 'a segment could not be removed');
      });
    this.#tidying = tidied;
    return tidied;
  }

  async #removeFree(): Promise<void> {
    for (const segment of [...this.#older]) {
      if (segment.holds > 0) continue;
      await this.#carry(segment);
      if (segment.holds > 0 || segment.begun.size > 0) continue;
      this.#older.delete(segment);
      await removeFile(this.#options.files, segment.path);
    }
  }

  /** The beginnings of sessions that go on are said again where the log stands now: long sessions pin no old segment. */
  async #carry(segment: Segment): Promise<void> {
    // Beginnings that fill segments of their own would be carried from one to the next without end.
    if (this.#beginningBytes > this.#options.limits.walSegmentBytes / 2) return;
    const carried = [...segment.begun].map(async (sessionId) => {
      const body = this.#beginnings.get(sessionId);
      if (body === undefined) return;
      await this.#begin(sessionId, body, (next) => {
        if (!this.#beginnings.has(sessionId)) next.begun.delete(sessionId); // It ended meanwhile.
        segment.begun.delete(sessionId);
      });
    });
    await Promise.all(carried);
  }

  #loseAll(thrown: unknown): void {
    const error = this.#options.fault.trip(thrown);
    const waiting = [...this.#batch.sources, ...this.#queue.splice(0)];
    this.#batch.empty();
    for (const source of waiting) source.lost(error);
  }
}
