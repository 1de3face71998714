/** One step of a parcel: its state, what follows from it for its ticket, and the event, in one transaction. */
import { endTransfer, transfersBegunFor } from '../../approvals/index.ts';
import { type Clock, type Database, GatewayError, type Transaction } from '../../foundation/index.ts';
import { nextParcelState, type ParcelEvent } from '../../policy/index.ts';
import { appendAuditEvent, type AuditEvent } from '../../recorder/index.ts';
import { type Journey, lockJourney, storeState } from './queries.ts';

export interface JourneyDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** @throws {GatewayError} `not_found`. */
export async function requireJourney(tx: Transaction, id: string): Promise<Journey> {
  const journey = await lockJourney(tx, id);
  if (journey === undefined) throw new GatewayError('not_found');
  return journey;
}

/** `journey` is locked. @throws {GatewayError} `parcel_unavailable` when its state has no such step. */
export async function moveParcel(
  tx: Transaction,
  clock: Clock,
  journey: Pick<Journey, 'id' | 'state'>,
  { event, told }: { readonly event: ParcelEvent; readonly told: AuditEvent | undefined },
): Promise<void> {
  const to = nextParcelState(journey.state, event);
  const moved = await storeState(tx, journey.id, { from: journey.state, to, now: clock.now() });
  if (moved !== 1) throw new GatewayError('parcel_unavailable');
  if (told !== undefined) await appendAuditEvent(tx, clock, told);
}

/** What an event says it is about. */
export function about(journey: Pick<Journey, 'ticket' | 'session'>, actor: string | null = null) {
  const { ticket, session } = journey;
  return { actor, ticket, ...(session === null ? {} : { session }) };
}

/** A transfer that was to hand it over has nothing to hand over any more. */
export async function giveUpTransfer(tx: Transaction, clock: Clock, { ticket, number }: Journey): Promise<void> {
  for (const begun of await transfersBegunFor(tx, { parcel: number, ticket })) {
    await endTransfer(tx, clock, { ticket: begun, parcel: number, outcome: 'aborted' });
  }
}
