/** From sealed to released or held: what a parcel carries beside what its ticket promised. */
import { asError, GatewayError, LIMITS, type Log } from '../../foundation/index.ts';
import { differencesOf } from '../../policy/index.ts';
import { about, type JourneyDeps, moveParcel, requireJourney } from '../journey/move.ts';
import { type Journey, parcelsIn, promiseOf, storeCounts, storeHold } from '../journey/queries.ts';
import { openParcel, type ReaderOptions } from '../vault/reader.ts';
import { inspectParcel, type Inspection, type InspectionOptions } from './contents.ts';

export interface InspectDeps extends JourneyDeps, ReaderOptions, InspectionOptions {
  readonly log: Log;
}

/** Inspects what waits for it, what a crash left in inspection too. @returns how many parcels were decided about. */
export async function inspectSealed(deps: InspectDeps): Promise<number> {
  const { database, log } = deps;
  let decided = 0;
  for (const id of await parcelsIn(database, ['sealed', 'scanning'], LIMITS.parcelsPerRound)) {
    try {
      if (await inspectOne(deps, id)) decided += 1;
    } catch (thrown) {
      // The scanner or the storage is away: it waits, and nobody gets it meanwhile.
      log.warn({ event: 'relay.not_inspected', parcel: id, err: asError(thrown) }, 'a parcel waits for its inspection');
    }
  }
  return decided;
}

async function inspectOne(deps: InspectDeps, id: string): Promise<boolean> {
  const { database, clock } = deps;
  const journey = await database.inTransaction(async (tx) => {
    const found = await requireJourney(tx, id);
    if (found.state === 'scanning') return found;
    if (found.state !== 'sealed') return undefined;
    const told = { type: 'parcel.scanning', ...about(found), body: { parcel: found.number } } as const;
    await moveParcel(tx, clock, found, { event: 'scan', told });
    return found;
  });
  if (journey === undefined) return false;
  if (journey.manifestSha256 === null) throw new GatewayError('vault_unavailable');
  using parcel = await openParcel(deps, { id, manifestSha256: journey.manifestSha256 });
  return await conclude(deps, journey, await inspectParcel(parcel, deps));
}

async function conclude(deps: InspectDeps, { id }: Journey, inspection: Inspection): Promise<boolean> {
  const { database, clock } = deps;
  const { rows, people, scanner } = inspection;
  return database.inTransaction(async (tx) => {
    const journey = await requireJourney(tx, id);
    if (journey.state !== 'scanning') return false; // Taken back, or run out, or another process was first.
    const promise = await promiseOf(tx, journey.ticket);
    const differences = [...inspection.findings, ...differencesOf(promise, inspection)];
    const { number: parcel } = journey;
    await storeCounts(tx, id, inspection);
    if (differences.length > 0) {
      await storeHold(tx, id, differences);
      const told = { type: 'parcel.held', ...about(journey), body: { parcel, differences } } as const;
      await moveParcel(tx, clock, journey, { event: 'hold', told });
      return true;
    }
    const body = { parcel, by: 'inspection', rows, people, scanner } as const;
    await moveParcel(tx, clock, journey, { event: 'pass', told: { type: 'parcel.released', ...about(journey), body } });
    return true;
  });
}
