/**
 * The way of one session's batches to the disk, in their order: a small batch through the write-ahead log once all
 * before it is durable; a flood's chunk is sealed and stored at once, and only its leaf waits for those before it.
 */
import { uint64 } from '../foundation/index.ts';
import type { Batch, Fill } from './batch.ts';
import type { PerStream } from './keys/session-keys.ts';
import type { StreamWriter } from './stream-writer.ts';
import type { WalHold } from './wal.ts';

export interface CommitsOptions {
  /** Makes frames durable. @throws {GatewayError} `recording_unavailable`. */
  readonly keep: (parts: readonly Buffer[]) => Promise<WalHold>;
  readonly streams: PerStream<StreamWriter>;
}

/** Where the way has come to: what is behind may go to the log when `handed` has, in this order. */
interface Tail {
  readonly handed: Promise<unknown>;
  readonly durable: Promise<unknown>;
}

export class Commits {
  readonly #options: CommitsOptions;
  #tail: Tail = { handed: Promise.resolve(), durable: Promise.resolve() };
  /** When the last small frames are where chunks are made of them. */
  #gathered: Promise<unknown> = Promise.resolve();

  constructor(options: CommitsOptions) {
    this.#options = options;
  }

  /** Resolves when the batch, and so every batch before it, is durable. @throws {GatewayError} `recording_unavailable`. */
  store(batch: Batch): Promise<unknown> {
    const before = this.#tail;
    const small = batch.small.length === 0 ? before.handed : before.durable.then(() => this.#storeSmall(batch));
    this.#tail =
      batch.fill === undefined ? { handed: small, durable: small } : this.#storeFlood(batch.fill, { before, small });
    if (batch.small.length > 0) this.#gathered = small;
    for (const promise of [this.#tail.handed, this.#tail.durable, small]) promise.catch(() => undefined);
    return this.#tail.durable;
  }

  /** Resolves when all of it is durable. @throws {GatewayError} `recording_unavailable`. */
  async done(): Promise<void> {
    await this.#tail.durable;
  }

  #storeFlood(fill: Fill, { before, small }: { readonly before: Tail; readonly small: Promise<unknown> }): Tail {
    // The frames that stand before it in its stream are gathered first: they are sealed in the chunk before it.
    const handed = this.#gathered.then(() => this.#options.streams[fill.stream].flood(fill, small));
    return { handed, durable: Promise.all([before.durable, small, handed.then(({ logged }) => logged)]) };
  }

  async #storeSmall({ small, before }: Batch): Promise<void> {
    const { keep, streams } = this.#options;
    const places = Buffer.concat([uint64(BigInt(before.screen)), uint64(BigInt(before.keystrokes))]);
    const hold = await keep([places, ...small.map(({ bytes }) => bytes)]);
    for (const frame of small) streams[frame.stream].add(frame, hold);
    hold.release();
  }
}
