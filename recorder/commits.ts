/**
 * The way of one session's batches to the disk, in their order: a small batch through the write-ahead log once all
 * before it is durable; a flood's chunk is sealed and stored at once, and only its leaf waits for those before it.
 */
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

  /** Resolves when all of it is durable. @throws {GatewayError} `recording_unavailable`. */
  async done(): Promise<void> {
    await this.#tail.durable;
  }

  #storeFlood(fill: Fill, { before, small }: { readonly before: Tail; readonly small: Promise<unknown> }): Tail {
    // The frames that stand before it in its stream are gathered first: they are sealed in the chunk before it.
    const handed = this.#gathered.then(() => this.#options.streams[fill.stream].flood(fill, small));
    return { handed, durable: Promise.all([before.durable, small, handed.then(({ logged }) => logged)]) };
  }

  async #storeSmall({ small, before }: Batch, ahead: Promise<unknown>): Promise<void> {
    await ahead;
    const { keep, streams } = this.#options;
    const parts: Buffer[] = [encodePlaces(before)];
    for (const { bytes } of small) parts.push(bytes);
    const hold = await keep(parts);
    for (const frame of small) streams[frame.stream].add(frame, hold);
    hold.release();
  }

  /** Whoever waits for it is told; nobody has to wait. */
  #keepQuiet(promise: Promise<unknown>): void {
    promise.catch(() => undefined);
  }
}

/** How many frames stand before these, of the screen u64 and of the keystrokes u64. */
function encodePlaces({ screen, keystrokes }: PerStream<number>): Buffer {
  const places = Buffer.allocUnsafe(16);
  places.writeUInt32BE(Math.floor(screen / 2 ** 32), 0); // As halves: a BigInt a frame costs more than all the rest.
  places.writeUInt32BE(screen >>> 0, 4);
  places.writeUInt32BE(Math.floor(keystrokes / 2 ** 32), 8);
  places.writeUInt32BE(keystrokes >>> 0, 12);
  return places;
}
