/** What owners say of a held parcel. */
import { GatewayError, LIMITS, type Transaction } from '../../foundation/index.ts';
import { type Principal, systemsUndecided } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { about, giveUpTransfer, type JourneyDeps, moveParcel, requireJourney } from './move.ts';
import { findParcelId, hasAskedFor, insertDecision, type Journey, releasesOf, systemsOfParcel } from './queries.ts';

export interface ParcelDecision {
  /** P-number. */
  readonly parcel: number;
  readonly decision: 'release' | 'revoke';
  readonly reason: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/**
 * A release takes a yes of each system it touches, of different people; taking it back takes one owner, whatever state
 * it is in until somebody has it. Malicious content is never released.
 * @throws {GatewayError} `not_found` (also for whoever owns none of its systems), `own_request`, `not_permitted`,
 * `parcel_unavailable`, `request_invalid`.
 */
export async function decideParcel(deps: JourneyDeps, { person }: Principal, asked: ParcelDecision): Promise<void> {
  const { database, clock } = deps;
  const reason = asked.reason.trim();
  if (reason === '' || reason.length > LIMITS.reasonCharactersMax || CONTROL.test(reason)) {
    throw new GatewayError('request_invalid', 'reason: must be plain text and not empty.');
  }
  const id = await findParcelId(database, asked.parcel);
  if (id === undefined) throw new GatewayError('not_found');
  await database.inTransaction(async (tx) => {
    const journey = await requireJourney(tx, id);
    const systems = await systemsOfParcel(tx, { id, person: person.id, now: clock.now() });
    const owned = systems.flatMap((system) => (system.owned ? [system.system_id] : []));
    // Whoever owns none of them does not learn that it exists; who asked for it learns why not.
    // Whoever asked for the transfer that it is held for would let go what they themselves promised too little of.
    const { number, ticket } = journey;
    if (await hasAskedFor(tx, { number, ticket, person: person.id })) throw new GatewayError('own_request');
    if (owned.length === 0) throw new GatewayError('not_found');
    const isHeld = journey.state === 'held';
    if (asked.decision === 'release') {
      if (!isHeld) throw new GatewayError('parcel_unavailable');
      if (journey.differences.some(({ kind }) => kind === 'malware')) throw new GatewayError('not_permitted');
    }
    const { decision } = asked;
    const said = { hold: journey.holds, person: person.id, decision, systems: owned, reason, now: clock.now() };
    if ((await insertDecision(tx, id, said)) === 0) {
      throw new GatewayError('parcel_unavailable', 'You have decided about this already.');
    }
    const yes = await releasesOf(tx, id, journey.holds);
    const all = systems.map(({ system_id }) => system_id);
    const undecided = systemsUndecided(all, yes).length;
    await appendAuditEvent(tx, clock, {
      type: 'parcel.decided',
      ...about(journey, person.id),
      body: { parcel: journey.number, decision, reason, undecided },
    });
    if (decision === 'revoke') await revoke(tx, deps, journey);
    else if (undecided === 0) await release(tx, deps, journey);
  });
}

async function revoke(tx: Transaction, { clock }: JourneyDeps, journey: Journey): Promise<void> {
  await moveParcel(tx, clock, journey, { event: 'revoke', told: undefined });
  await giveUpTransfer(tx, clock, journey);
}

async function release(tx: Transaction, { clock }: JourneyDeps, journey: Journey): Promise<void> {
  const { number: parcel, rows, people } = journey;
  await moveParcel(tx, clock, journey, {
    event: 'release',
    told: {
      type: 'parcel.released',
      ...about(journey),
      body: { parcel, by: 'owners', rows, people, scanner: null },
    },
  });
}
