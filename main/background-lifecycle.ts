/** What falls due of people and their access: locks that lift themselves, access reviews that climb, ends that are told of. */
import { z } from 'zod';
import type { Clock, Database, JobKind, JobQueues } from '../foundation/index.ts';
import { climbOverdueAccessReviews, endContracts, liftOverdueLocks, remindOfEnds } from '../identity/index.ts';

export const LIFECYCLE_UPKEEP: JobKind<Record<string, never>> = {
  name: 'lifecycle-upkeep',
  payload: z.strictObject({}),
};

export function startLifecycleUpkeep(work: {
  readonly database: Database;
  readonly clock: Clock;
  readonly queues: JobQueues;
}): void {
  work.queues.work(
    LIFECYCLE_UPKEEP,
    async () => {
      await liftOverdueLocks(work);
      await climbOverdueAccessReviews(work);
      await remindOfEnds(work);
      await endContracts(work);
    },
    1,
  );
}
