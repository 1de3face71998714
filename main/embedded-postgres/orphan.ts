/**
 * Ends a postmaster that outlived the process which started it. After kill -9 of the gateway its database lives on
 * and holds the cluster, so that the next start would fail.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError, type Log } from '../../foundation/index.ts';
import { holdsWithin, processesIn, processState } from './processes.ts';

const FAST_STOP_MS = 10_000;
const HARD_STOP_MS = 5_000;
const UNBURIED_MS = 3_000;

/**
 * Call it only while holding the directory: then whoever still works in the cluster has lost its parent.
 * @throws {GatewayError} `start_refused` when it does not end.
 */
export async function endOrphan(cluster: string, log: Log): Promise<void> {
  const postmaster = await readPostmasterId(cluster);
  if ((await processesIn(cluster)).length > 0) {
    log.warn({ event: 'postgres.orphan', pid: postmaster }, 'ending a PostgreSQL that lost its gateway');
    await endAll(cluster, postmaster);
  }
  if (postmaster === undefined) return;
  // PostgreSQL takes any process of this number for its own: a dead one not yet waited for, or a stranger by now.
  await holdsWithin(UNBURIED_MS, async () => (await processState(postmaster)) !== 'Z');
  if ((await processState(postmaster)) !== undefined) await rm(join(cluster, 'postmaster.pid'), { force: true });
}

async function endAll(cluster: string, postmaster: number | undefined): Promise<void> {
  const empty = async (): Promise<boolean> => (await processesIn(cluster)).length === 0;
  const present = await processesIn(cluster);
  if (postmaster !== undefined && present.includes(postmaster)) signal([postmaster], 'SIGINT');
  if (await holdsWithin(FAST_STOP_MS, empty)) return;
  signal(await processesIn(cluster), 'SIGQUIT');
  if (await holdsWithin(HARD_STOP_MS, empty)) return;
  throw new GatewayError('start_refused', `An earlier PostgreSQL does not end; see the processes in ${cluster}.`);
}

function signal(ids: readonly number[], name: 'SIGINT' | 'SIGQUIT'): void {
  for (const id of ids) {
    try {
      process.kill(id, name);
    } catch {
      // It ended by itself meanwhile, or is not ours: then the wait that follows says so.
    }
  }
}

async function readPostmasterId(cluster: string): Promise<number | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const id = Number.parseInt(text, 10);
  return Number.isSafeInteger(id) && id > 1 ? id : undefined;
}
