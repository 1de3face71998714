/** What the relay does without being asked: it inspects, ends what ran out and destroys what may go. */
import { type InspectDeps, inspectSealed } from './inspect/inspect.ts';
import { destroyDue, type RetentionDeps } from './journey/retention.ts';
import { type PutDeps, recoverPuts } from './put/put.ts';

export interface UpkeepDeps extends InspectDeps, RetentionDeps, PutDeps {}

/** One round. Several processes may do it at the same time: each step is taken once. */
export async function keepUpRelay(deps: UpkeepDeps): Promise<void> {
  await recoverPuts(deps);
  await inspectSealed(deps);
  await destroyDue(deps);
}
