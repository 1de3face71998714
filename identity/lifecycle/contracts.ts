/** Contracts that are over. */
import type { IdentityDeps } from '../rows.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { endEverythingOf } from './end.ts';
import { closeContract, lockEndedContracts, noticeContractEnd } from './notices/queries.ts';

const BATCH_PERSONS = 20;
const OVER = 'the contract is over';

/**
 * Ends everything of people whose contract is over, once for each end; their sponsor and the owners of what they had are
 * told. Nobody enters anything after the end anyway (`authorizeTarget`): this ends what would lie about after it.
 * @returns how many contracts ended.
 */
export async function endContracts({ database, clock }: IdentityDeps): Promise<number> {
  return database.inTransaction(async (tx) => {
    const now = clock.now();
    const over = await lockEndedContracts(tx, now, BATCH_PERSONS);
    for (const { person, endsAt, sponsor } of over) {
      // Before their grants end, by which it is known whose systems they worked on.
      await noticeContractEnd(tx, person, now);
      const ended = await endEverythingOf(tx, clock, { person, actor: null, reason: OVER });
      await closeContract(tx, person);
      const body = { person, endsAt: endsAt.toISOString(), sponsor, ended };
      await appendAuditEvent(tx, clock, { type: 'contract.ended', actor: null, body });
    }
    return over.length;
  });
}
