/** Who gets a parcel: one system, by its own identity, once. Each step is one transaction with its event. */
import { beginTransfer, endTransfer, findTransfer, type TransferTicket, transfersOf } from '../../approvals/index.ts';
import { type Clock, GatewayError, LIMITS, newUuid, type Transaction } from '../../foundation/index.ts';
import { type Difference, differencesOf, mayReceive } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { RelayIdentity } from '../identities/queries.ts';
import { about, type JourneyDeps, moveParcel, requireJourney } from '../journey/move.ts';
import { findParcelId, type Journey, storeHold } from '../journey/queries.ts';
import type { Handover } from './handover.ts';
import { countPickups, endPickup, extendLease, insertPickup, openPickup } from './queries.ts';

export type PickupRefusal =
  | 'unknown'
  | 'no_ticket'
  | 'locked'
  | 'protected_less'
  | 'taken'
  | 'not_released'
  | 'more_than_promised'
  | 'in_progress'
  | 'too_many_tries';

/** A parcel that one system is taking. */
export interface Claim {
  readonly id: string;
  readonly journey: Journey & { readonly manifestSha256: Buffer };
  readonly transfer: TransferTicket;
  readonly identity: RelayIdentity;
}

const SECOND_MS = 1_000;

/** @returns the claim, or why there is none; a refusal is an event too. */
export async function claimParcel(
  { database, clock }: JourneyDeps,
  identity: RelayIdentity,
  asked: { readonly parcel: number; readonly sourceAddress: string },
): Promise<Claim | PickupRefusal> {
  return database.inTransaction(async (tx) => {
    const claim = await tryClaim(tx, clock, identity, asked);
    if (typeof claim === 'string') {
      const parcel = claim === 'unknown' ? null : asked.parcel;
      const body = { parcel, identity: identity.name, sourceAddress: asked.sourceAddress, reason: claim };
      await appendAuditEvent(tx, clock, { type: 'parcel.pickup_refused', actor: null, body });
    }
    return claim;
  });
}

async function tryClaim(
  tx: Transaction,
  clock: Clock,
  identity: RelayIdentity,
  { parcel, sourceAddress }: { readonly parcel: number; readonly sourceAddress: string },
): Promise<Claim | PickupRefusal> {
  const id = await findParcelId(tx, parcel);
  if (id === undefined) return 'unknown';
  const journey = await requireJourney(tx, id);
  const { manifestSha256 } = journey;
  if (['picked_up', 'destroyed'].includes(journey.state)) return 'taken';
  if (journey.state !== 'released' || manifestSha256 === null) return 'not_released';
  const transfer = await usableTransfer(tx, clock, journey, identity);
  if (typeof transfer === 'string') return transfer;
  const beyond = beyondPromise(journey, transfer);
  if (beyond.length > 0) {
    await holdAgain(tx, clock, journey, beyond);
    return 'more_than_promised';
  }
  const busy = await takeOver(tx, clock, journey);
  if (busy !== undefined) return busy;
  await beginTransfer(tx, clock, { ticket: transfer.id, parcel });
  const now = clock.now();
  const pickup = newUuid(now);
  const from = { ticket: transfer.id, identity: identity.id, sourceAddress };
  await insertPickup(tx, { id: pickup, parcel: id, ...from, now, leaseUntil: leaseFrom(now) });
  await appendAuditEvent(tx, clock, {
    type: 'parcel.pickup_begun',
    ...about(journey),
    ticket: transfer.id,
    body: { parcel, identity: identity.name, sourceAddress },
  });
  return { id: pickup, journey: { ...journey, manifestSha256 }, transfer, identity };
}

async function usableTransfer(
  tx: Transaction,
  clock: Clock,
  journey: Journey,
  identity: RelayIdentity,
): Promise<TransferTicket | 'no_ticket' | 'locked' | 'protected_less'> {
  const now = clock.now();
  const { number: parcel, ticket } = journey;
  let refusal: 'no_ticket' | 'locked' | 'protected_less' = 'no_ticket';
  for (const number of await transfersOf(tx, { parcel, ticket, to: identity.system })) {
    const transfer = await findTransfer(tx, number);
    if (transfer === undefined || now < transfer.notBefore || now >= transfer.notAfter) continue;
    if (transfer.locked || identity.locked) refusal = 'locked';
    // As it is now, not as it was when somebody approved: a class may have been lowered since.
    else if (!mayReceive(transfer.fromClass, transfer.toClass)) refusal = 'protected_less';
    else return transfer;
  }
  return refusal;
}

/** What this transfer did not promise, and no owner has let go yet. */
function beyondPromise(journey: Journey, { promise }: TransferTicket): readonly Difference[] {
  const contents = { rows: journey.rows ?? 0, people: journey.people ?? 0, fields: journey.fields ?? [] };
  const accepted = journey.differences;
  return differencesOf(promise, contents).filter(
    ({ kind, found, promised }) =>
      !accepted.some((one) => one.kind === kind && one.found === found && one.promised === promised),
  );
}

async function holdAgain(
  tx: Transaction,
  clock: Clock,
  journey: Journey,
  differences: readonly Difference[],
): Promise<void> {
  const all = [...journey.differences, ...differences];
  await storeHold(tx, journey.id, all);
  const told = { type: 'parcel.held', ...about(journey), body: { parcel: journey.number, differences: all } } as const;
  await moveParcel(tx, clock, journey, { event: 'hold', told });
}

/** Ends what a process that died left behind. */
export async function takeOver(
  tx: Transaction,
  clock: Clock,
  journey: Journey,
): Promise<'in_progress' | 'too_many_tries' | undefined> {
  const now = clock.now();
  const open = await openPickup(tx, journey.id);
  if (open !== undefined) {
    if (open.lease_until > now) return 'in_progress';
    await endPickup(tx, { id: open.id, outcome: 'broken', now });
  }
  return (await countPickups(tx, journey.id)) >= LIMITS.parcelPickupsMax ? 'too_many_tries' : undefined;
}

/** While bytes move. @throws {GatewayError} `parcel_unavailable` when somebody else has taken it over. */
export async function keepClaim({ database, clock }: JourneyDeps, { id }: Pick<Claim, 'id'>): Promise<void> {
  if ((await extendLease(database, id, leaseFrom(clock.now()))) !== 1) throw new GatewayError('parcel_unavailable');
}

/**
 * Before the last bytes are sent: from then on nobody else gets it. Whoever dies between this and the sending has a
 * parcel that counts as taken, and the owners send it anew; never are there two copies.
 * @throws {GatewayError} `parcel_unavailable` when it was taken back, ran out, or somebody else has taken it over.
 */
async function finishPickup({ database, clock }: JourneyDeps, claim: Claim): Promise<void> {
  const { identity, transfer } = claim;
  await database.inTransaction(async (tx) => {
    const journey = await requireJourney(tx, claim.journey.id);
    if (journey.keepUntil <= clock.now()) throw new GatewayError('parcel_unavailable');
    if ((await endPickup(tx, { id: claim.id, outcome: 'whole', now: clock.now() })) !== 1) {
      throw new GatewayError('parcel_unavailable');
    }
    const manifestSha256 = claim.journey.manifestSha256.toString('hex');
    const body = { parcel: journey.number, identity: identity.name, system: identity.systemName, manifestSha256 };
    const told = { type: 'parcel.picked_up', ...about(journey), ticket: transfer.id, body } as const;
    await moveParcel(tx, clock, journey, { event: 'pick_up', told });
    await endTransfer(tx, clock, { ticket: transfer.id, parcel: journey.number, outcome: 'completed' });
  });
}

/** It was not taken whole: it may be taken again. */
export async function breakPickup({ database, clock }: JourneyDeps, claim: Claim): Promise<void> {
  const { identity, journey, transfer } = claim;
  await database.inTransaction(async (tx) => {
    if ((await endPickup(tx, { id: claim.id, outcome: 'broken', now: clock.now() })) !== 1) return;
    await appendAuditEvent(tx, clock, {
      type: 'parcel.pickup_broken',
      ...about(journey),
      ticket: transfer.id,
      body: { parcel: journey.number, identity: identity.name },
    });
  });
}

/** A claim, as what moves its bytes knows it. */
export function handoverOf(deps: JourneyDeps, claim: Claim): Handover {
  return { id: claim.id, finish: () => finishPickup(deps, claim), giveUp: () => breakPickup(deps, claim) };
}

export function leaseFrom(now: Date): Date {
  return new Date(now.getTime() + LIMITS.parcelLeaseSeconds * SECOND_MS);
}
