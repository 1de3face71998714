/** A log on a disk in memory, and what can be done to it. */
import { createLog, systemClock } from '../../../../foundation/index.ts';
import { createFault } from '../../../../recorder/fault.ts';
import { type LeafLogOptions, startLeafLog } from '../../../../recorder/log/leaf-log.ts';
import type { Leaf } from '../../../../evidence/index.ts';
import type { MemoryDisk } from '../../support/memory-disk.ts';

export const DIRECTORY = '/log';
export const HEAD = '/log-head';

export function leaf(second = 0): Leaf {
  return { v: 2, type: 'heartbeat', at: new Date(second * 1_000).toISOString() };
}

export async function open(files: MemoryDisk, options: Partial<LeafLogOptions> = {}) {
  await files.mkdir(DIRECTORY);
  const fault = createFault(() => undefined);
  const log = await startLeafLog({
    ...{ directory: DIRECTORY, files, fault, clock: systemClock, log: createLog('silent') },
    visit: () => undefined,
    mayCreate: true,
    ...options,
  });
  return { log, fault };
}

/** What another start finds when the process is killed now. */
export function killed(disk: MemoryDisk): MemoryDisk {
  return disk.afterPowerCut({ torn: 0, namesKept: true });
}
