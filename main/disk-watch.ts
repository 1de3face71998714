/** Says once when the disk under the recorder is too full for new sessions, and once when it is not any more. */
import { statfs } from 'node:fs/promises';
import { asError, type Cleanup, type Clock, type Database, LIMITS, type Log } from '../foundation/index.ts';
import { appendAuditEvent } from '../recorder/index.ts';

export interface DiskWatchDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** The recorder's. */
  readonly directory: string;
  /** How much is free there; the file system's own answer by default. */
  readonly freeBytes?: (directory: string) => Promise<number>;
}

/**
 * Sessions are refused by the recorder itself, which asks the disk at each; the console and the commands go on, so that
 * somebody can make room. Goes on until `cleanup`.
 */
export function startDiskWatch(deps: DiskWatchDeps, cleanup: Cleanup): { look: () => Promise<void> } {
  const { log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let isLow = false;
  let isStopped = false;
  const look = async (): Promise<void> => {
    try {
      isLow = await compare(deps, isLow);
    } catch (thrown) {
      log.warn({ event: 'recorder.disk_unknown', err: asError(thrown) }, 'the disk is looked at again later');
    }
  };
  const wait = (): void => {
    if (isStopped) return;
    timer = setTimeout(() => {
      look().then(wait, wait);
    }, LIMITS.recorderDiskWatchMillis).unref();
  };
  wait();
  cleanup.defer(() => {
    isStopped = true;
    clearTimeout(timer);
  });
  return { look };
}

/** @returns whether it is low now, once that is told. */
async function compare(deps: DiskWatchDeps, wasLow: boolean): Promise<boolean> {
  const { clock, database, directory, freeBytes = freeOf, log } = deps;
  const free = await freeBytes(directory);
  const isLow = free < LIMITS.recorderFreeBytesMin;
  if (isLow === wasLow) return wasLow;
  const body = { free: String(free), needed: String(LIMITS.recorderFreeBytesMin) };
  const type = isLow ? 'recorder.disk_low' : 'recorder.disk_recovered';
  await appendAuditEvent(database, clock, { type, actor: null, body });
  log.warn({ event: type, ...body }, isLow ? 'the disk is too full for new sessions' : 'the disk has room again');
  return isLow;
}

async function freeOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
