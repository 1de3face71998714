/** Says in good time what ends: a contract the day before, a grant the week before. */
import { LIMITS } from '../../foundation/index.ts';
import type { IdentityDeps } from '../rows.ts';
import { noticeContracts, noticeGrants } from './notices/queries.ts';

const DAY_MS = 86_400_000;

/** Once for each end; to the person and to the owners of the systems concerned. @returns how many were told. */
export async function remindOfEnds({ database, clock }: IdentityDeps): Promise<number> {
  const now = clock.now();
  const before = (days: number): Date => new Date(now.getTime() + days * DAY_MS);
  return database.inTransaction(async (tx) => {
    const contracts = await noticeContracts(tx, { now, until: before(LIMITS.contractNoticeDays) });
    const grants = await noticeGrants(tx, { now, until: before(LIMITS.grantNoticeDays) });
    return contracts + grants;
  });
}
