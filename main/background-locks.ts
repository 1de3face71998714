/** Locks that were placed until a moment lift themselves when it is over. */
import { z } from 'zod';
import type { Clock, Database, JobKind, JobQueues } from '../foundation/index.ts';
import { liftOverdueLocks } from '../identity/index.ts';

export const LOCK_UPKEEP: JobKind<Record<string, never>> = { name: 'lock-upkeep', payload: z.strictObject({}) };

export function startLockUpkeep(work: {
  readonly database: Database;
  readonly clock: Clock;
  readonly queues: JobQueues;
}): void {
  work.queues.work(
    LOCK_UPKEEP,
    async () => {
      await liftOverdueLocks(work);
    },
    1,
  );
}
