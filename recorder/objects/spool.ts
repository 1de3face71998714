/**
 * Objects on their way to an object storage: on the disk, which is what was acknowledged, until they stand there. An
 * unreachable storage makes the spool grow; from one bound on no session begins, at the next what is recorded waits.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, GatewayError, type Limits } from '../../foundation/index.ts';
import { sizeOf } from '../files.ts';
import type { FileObjects } from './file-store.ts';
import type { ObjectStore } from './store.ts';

export interface Spool extends ObjectStore, AsyncDisposable {
  remove(id: string, bytes: number): Promise<void>;
  /** Bytes that wait, as far as this process knows. */
  waitingBytes(): number;
}

interface SpoolOptions {
  readonly local: FileObjects;
  readonly clock: Clock;
  readonly limits: Limits;
}

const FULL = 'The object storage has not taken the recordings for long, and no more of them can wait for it.';

/** Counts what a stop left. @throws what the disk said. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { local, clock, limits } = options;
  let waiting = 0;
  let countedAt = 0;
  let counting: Promise<void> | undefined;

  const count = async (): Promise<void> => {
    countedAt = clock.now().getTime();
    let bytes = 0;
    for await (const object of local.list()) bytes += object.bytes;
    waiting = bytes;
  };
  /** Other processes put and remove here too, so a count is good for a while only. */
  const countAgain = async (millis: number): Promise<void> => {
    if (counting === undefined && clock.now().getTime() - countedAt < millis) return;
    counting ??= count().finally(() => {
      counting = undefined;
    });
    await counting;
  };
  const waitForRoom = async (): Promise<void> => {
    for (let waited = 0; waiting >= limits.storageSpoolBytesMax; waited += limits.storageSpoolPauseMillis) {
      await countAgain(limits.storageSpoolPauseMillis);
      if (waiting < limits.storageSpoolBytesMax) return;
      if (waited >= limits.storageSpoolWaitMillis) throw new GatewayError('storage_unavailable', FULL);
      await pause(limits.storageSpoolPauseMillis);
    }
  };

  await count();
  return {
    put: async (bytes, id, pages) => {
      if (waiting >= limits.storageSpoolBytesMax) await waitForRoom();
      await local.put(bytes, id, pages);
      waiting += sizeOf(bytes);
    },
    get: (id) => local.get(id),
    has: (id) => local.has(id),
    list: () => local.list(),
    protection: () => Promise.resolve({ mode: 'detected', detail: 'object_lock_unconfirmed' }),
    admit: async () => {
      await local.admit();
      await countAgain(
        waiting >= limits.storageSpoolRefuseBytes ? limits.storageSpoolPauseMillis : limits.storageSpoolCountMillis,
      );
      if (waiting >= limits.storageSpoolRefuseBytes) throw new GatewayError('storage_unavailable', FULL);
    },
    remove: async (id, bytes) => {
      await local.remove(id);
      waiting = Math.max(0, waiting - bytes);
    },
    waitingBytes: () => waiting,
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  };
}
