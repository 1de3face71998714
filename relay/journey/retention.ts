/** Nothing is kept just in case: what ran out, was taken back or was received is destroyed, and its end is proven. */
import { asError, GatewayError, LIMITS, type Log } from '../../foundation/index.ts';
import type { PieceStore } from '../vault/store.ts';
import { about, giveUpTransfer, type JourneyDeps, moveParcel, requireJourney } from './move.ts';
import { duePending, isOnHold, type Journey } from './queries.ts';

export interface RetentionDeps extends JourneyDeps {
  readonly store: PieceStore;
  readonly log: Log;
}

/** Ends what is due. Two processes at once do it once; what fails is tried again. @returns how many were destroyed. */
export async function destroyDue(deps: RetentionDeps): Promise<number> {
  const { database, clock, log } = deps;
  let destroyed = 0;
  for (const id of await duePending(database, clock.now(), LIMITS.parcelsPerRound)) {
    try {
      if (await endOne(deps, id)) destroyed += 1;
    } catch (thrown) {
      log.warn(
        { event: 'relay.not_destroyed', parcel: id, err: asError(thrown) },
        'a parcel could not be destroyed yet',
      );
    }
  }
  return destroyed;
}

async function endOne(deps: RetentionDeps, id: string): Promise<boolean> {
  const { database, clock, store } = deps;
  const ended = await database.inTransaction(async (tx) => {
    const journey = await requireJourney(tx, id);
    if (['picked_up', 'expired', 'revoked'].includes(journey.state)) return journey;
    if (journey.keepUntil > clock.now()) return undefined; // It moved meanwhile.
    const { number: parcel, state: from } = journey;
    const told = { type: 'parcel.expired', ...about(journey), body: { parcel, from } } as const;
    await moveParcel(tx, clock, journey, { event: 'expire', told });
    await giveUpTransfer(tx, clock, journey);
    return { ...journey, state: 'expired' as const };
  });
  if (ended === undefined || (await isOnHold(database, ended.session))) return false;
  // Its state lets nobody have it any more: between this and the event a crash only makes it be removed again.
  await store.remove(id);
  return await tellDestroyed(deps, ended);
}

async function tellDestroyed({ database, clock }: RetentionDeps, { id }: Journey): Promise<boolean> {
  return database.inTransaction(async (tx) => {
    const journey = await requireJourney(tx, id);
    if (journey.state === 'destroyed') return false;
    const { number: parcel, manifestSha256, files, bytes, begunAt } = journey;
    if (manifestSha256 === null) throw new GatewayError('parcel_unavailable');
    const heldSeconds = Math.round((clock.now().getTime() - begunAt.getTime()) / 1_000);
    const body = { parcel, manifestSha256: manifestSha256.toString('hex'), files, bytes, heldSeconds };
    await moveParcel(tx, clock, journey, {
      event: 'destroy',
      told: { type: 'parcel.destroyed', ...about(journey), body },
    });
    return true;
  });
}
