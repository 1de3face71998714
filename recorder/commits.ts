/**
 * The way of one session's batches to the disk, in their order: a small batch through the write-ahead log once all
 * before it is durable; a flood's chunk is sealed and stored at once, and only its leaf waits for those before it.
 */
import { GatewayError, invariant, type Limits } from '../foundation/index.ts';
import { type Batch, bodySize, type Fill, type FrameQueue, writeBody } from './batch.ts';
import { unavailable } from './fault.ts';
import type { PerStream } from './keys/session-keys.ts';
import type { StreamWriter } from './stream-writer.ts';
import type { WriteAheadLog } from './wal.ts';
import { entryOf, type WalHold, type WalSource } from './wal-batch.ts';

export interface BatchListener {
  /** The batch, and so every batch before it, is durable. */
  readonly onDurable: (batch: Batch) => void;
  /** These are not, and nothing will be any more. */
  readonly onLost: (batches: readonly Batch[], error: GatewayError) => void;
}

export interface CommitsOptions extends BatchListener {
  /** Of the session, 16 bytes. */
  readonly id: Uint8Array;
  readonly frames: FrameQueue;
  readonly wal: Pick<WriteAheadLog, 'want'>;
  readonly streams: PerStream<StreamWriter>;
  readonly limits: Pick<Limits, 'recorderFloodChunksMax'>;
}

/** Where the way has come to: what is behind may go to the log when `handed` has, in this order. */
interface Tail {
  readonly handed: Promise<unknown>;
  readonly durable: Promise<unknown>;
}

export class Commits {
  readonly #options: CommitsOptions;
  readonly #source: WalSource;
  /** Taken and not durable yet, oldest first. */
  #underWay: Batch[] = [];
  /** How many of them have a flood. */
  #floods = 0;
  /** One without a flood is under way: what comes meanwhile is stored together. */
  #isSmallUnderWay = false;
  /** The write-ahead log is going to ask. */
  #isListed = false;
  #isPostponed = false;
  #isLost = false;
  #tail: Tail = { handed: Promise.resolve(), durable: Promise.resolve() };
  /** When the last small frames are where chunks are made of them. */
  #gathered: Promise<unknown> = Promise.resolve();

  constructor(options: CommitsOptions) {
    this.#options = options;
    this.#source = this.#newSource();
  }

  /** When the oldest came that is under way. */
  get since(): bigint | undefined {
    return this.#underWay[0]?.since;
  }

  /** To be called when something was put into the queue. */
  store(): void {
    const next = this.#options.frames.first;
    if (next === undefined || this.#isSmallUnderWay) return;
    if (next.fill === undefined && this.#floods === 0) {
      if (this.#isListed) return;
      this.#isListed = true;
      this.#options.wal.want(this.#source);
    } else if (!this.#isPostponed) {
      this.#isPostponed = true;
      queueMicrotask(() => {
        this.#isPostponed = false;
        this.#storeFloods(); // Everything that came in this turn of the event loop goes into the first chunk.
      });
    }
  }

  /** Resolves when all of it is durable. @throws {GatewayError} `recording_unavailable`. */
  async done(): Promise<void> {
    await this.#tail.durable;
  }

  /** The usual way, as the write-ahead log asks for it: nothing is before what it is given. */
  #newSource(): WalSource {
    const { id, frames, streams } = this.#options;
    const isNext = (): boolean => frames.first?.fill === undefined && this.#floods === 0 && !this.#isSmallUnderWay;
    let batch: Batch | undefined;
    return {
      id,
      kind: 'frames',
      size: () => (frames.first === undefined || !isNext() ? 0 : bodySize(frames.first)),
      passed: () => {
        this.#isListed = false;
        this.store();
      },
      write: (target, at) => {
        this.#isListed = false;
        batch = this.#take();
        writeBody(batch, target, at);
      },
      durable: (hold) => {
        invariant(batch, 'what is durable was written');
        for (const frame of batch.small) streams[frame.stream].add(frame, hold);
        this.#acknowledge(batch);
      },
      lost: (error) => this.#lose(error),
    };
  }

  /** What the write-ahead log alone does not do: a flood, and small frames behind one. */
  #storeFloods(): void {
    const { frames, limits } = this.#options;
    for (let next = frames.first; next !== undefined && !this.#isSmallUnderWay; next = frames.first) {
      if (next.fill === undefined && this.#floods === 0) break;
      // Of a flood the next chunk need not wait for the one before.
      if (next.fill !== undefined && this.#floods >= limits.recorderFloodChunksMax) return;
      const batch = this.#take();
      this.#storeBehind(batch).then(
        () => this.#acknowledge(batch),
        (thrown: unknown) => this.#lose(thrown),
      );
    }
    this.store();
  }

  #take(): Batch {
    const batch = this.#options.frames.take();
    invariant(batch, 'whoever takes a batch saw one');
    this.#underWay.push(batch);
    if (batch.fill === undefined) this.#isSmallUnderWay = true;
    else this.#floods += 1;
    return batch;
  }

  #acknowledge(batch: Batch): void {
    if (this.#isLost) return; // It was told as lost: whoever counts what waits has counted it.
    this.#underWay.shift();
    if (batch.fill === undefined) this.#isSmallUnderWay = false;
    else this.#floods -= 1;
    this.#options.onDurable(batch);
    this.store();
  }

  #lose(thrown: unknown): void {
    this.#isLost = true;
    const error = unavailable(thrown);
    this.#options.onLost(this.#underWay.splice(0), error);
  }

  /** Resolves when the batch, and so every batch before it, is durable. @throws {GatewayError} `recording_unavailable`. */
  #storeBehind(batch: Batch): Promise<unknown> {
    const before = this.#tail;
    const small = batch.small.length === 0 ? before.handed : this.#storeSmall(batch, before.durable);
    this.#tail =
      batch.fill === undefined ? { handed: small, durable: small } : this.#storeFlood(batch.fill, { before, small });
    if (batch.small.length > 0) this.#gathered = small;
    this.#keepQuiet(small);
    if (batch.fill !== undefined) {
      this.#keepQuiet(this.#tail.handed);
      this.#keepQuiet(this.#tail.durable);
    }
    return this.#tail.durable;
  }

  #storeFlood(fill: Fill, { before, small }: { readonly before: Tail; readonly small: Promise<unknown> }): Tail {
    // The frames that stand before it in its stream are gathered first: they are sealed in the chunk before it.
    const handed = this.#gathered.then(() => this.#options.streams[fill.stream].flood(fill, small));
    return { handed, durable: Promise.all([before.durable, small, handed.then(({ logged }) => logged)]) };
  }

  async #storeSmall(batch: Batch, ahead: Promise<unknown>): Promise<void> {
    await ahead;
    const { id, streams, wal } = this.#options;
    const body = Buffer.allocUnsafe(bodySize(batch));
    writeBody(batch, body, 0);
    const { source, durable } = entryOf({ id, kind: 'frames', body }, (hold: WalHold) => {
      for (const frame of batch.small) streams[frame.stream].add(frame, hold);
    });
    wal.want(source);
    await durable;
  }

  /** Whoever waits for it is told; nobody has to wait. */
  #keepQuiet(promise: Promise<unknown>): void {
    promise.catch(() => undefined);
  }
}
