/**
 * Moves objects from the spool into the object storage: a copy on the disk goes only when the storage has confirmed the
 * whole object and its lock. Whatever ends in between is done again at the next start, to the same end.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { asError, type Limits, type Log } from '../../foundation/index.ts';
import type { S3Objects } from './s3-store.ts';
import type { Spool } from './spool.ts';
import { hashOf, type StoredObject } from './store.ts';

export interface MoverOptions {
  readonly spool: Spool;
  readonly remote: S3Objects;
  readonly log: Log;
  readonly limits: Limits;
}

export class Mover implements AsyncDisposable {
  readonly #options: MoverOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #isChecked = false;
  /** What a stop left may stand in the storage already. */
  #isFirstRound = true;
  #failures = 0;
  readonly #damaged = new Set<string>();

  constructor(options: MoverOptions) {
    this.#options = options;
  }

  /** `isChecked`: the bucket was found to protect what it should. */
  start(isChecked: boolean): void {
    this.#isChecked = isChecked;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        if (!this.#isChecked) await this.#options.remote.check();
        this.#isChecked = true;
        await this.#moveAll();
        this.#succeeded();
      } catch (thrown) {
        this.#failed(thrown);
      }
      await this.#rest();
    }
  }

  /** @throws the first failure, when every move that began has ended. */
  async #moveAll(): Promise<void> {
    const objects = this.#options.spool.list()[Symbol.asyncIterator]();
    const lane = async (): Promise<void> => {
      while (!this.#stopping.signal.aborted) {
        const next = await objects.next();
        if (next.done === true) return;
        await this.#move(next.value);
      }
    };
    const lanes = Array.from({ length: this.#options.limits.storageMovesAtOnce }, lane);
    for (const outcome of await Promise.allSettled(lanes)) if (outcome.status === 'rejected') throw outcome.reason;
    this.#isFirstRound = false;
  }

  async #move({ id, bytes }: StoredObject): Promise<void> {
    const { spool, remote } = this.#options;
    if (this.#isFirstRound && (await remote.confirms(id, bytes))) {
      await spool.remove(id, bytes);
      return;
    }
    const whole = await spool.get(id);
    if (whole === undefined || this.#damaged.has(id)) return;
    if (hashOf(whole) !== id) {
      this.#keepDamaged(id);
      return;
    }
    await remote.put([whole], id);
    // A storage that says yes and keeps nothing, or does not lock it, loses no object of ours.
    if (!(await remote.confirms(id, bytes))) throw new Error(`the object storage does not confirm ${id}`);
    await spool.remove(id, bytes);
  }

  /** It stays where it is: locked for years beside the good ones it would look like one of them. */
  #keepDamaged(id: string): void {
    this.#damaged.add(id);
    this.#options.log.error({ event: 'storage.object_damaged', id }, 'an object on the disk is not what was stored');
  }

  #succeeded(): void {
    if (this.#failures > 0) this.#options.log.info({ event: 'storage.reachable' }, 'the object storage answers again');
    this.#failures = 0;
  }

  #failed(thrown: unknown): void {
    this.#failures += 1;
    if (this.#failures > 1) return; // Told once for each outage.
    this.#options.log.error(
      { event: 'storage.unreachable', err: asError(thrown), waitingBytes: this.#options.spool.waitingBytes() },
      'objects cannot be moved to the object storage; they wait on the disk',
    );
  }

  async #rest(): Promise<void> {
    const { storageLookMillis, storageRetryMillis, storageRetryMillisMax } = this.#options.limits;
    const millis =
      this.#failures === 0
        ? storageLookMillis
        : Math.min(storageRetryMillis * 2 ** Math.min(this.#failures - 1, 20), storageRetryMillisMax);
    await pause(millis, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }

  /** Ends after the moves that run; what waits stays on the disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }
}
