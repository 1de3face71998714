/** The one use of a ticket for the vault: counted, hashed and cut as any other, and nothing of it reaches the person. */
import { completeRedemption, type Parcel, type ParcelWriter, type SealedParcel } from '../../../approvals/index.ts';
import { asError, GatewayError, hasCode } from '../../../foundation/index.ts';
import { createDelivery, type Delivery, type Redeemed } from '../../exports/delivery.ts';
import { tellResult } from '../delivery.ts';
import { REFUSED_STATUS } from '../gate.ts';
import type { ChannelWork, Exit } from '../model.ts';

export interface VaultRun {
  readonly exit: Exit;
  /** Undefined when nothing was kept. */
  readonly sealed: SealedParcel | undefined;
}

/**
 * Lets `fill` bring what leaves, and ends parcel and ticket together. What did not come to its end is not kept: half an
 * export would look like a whole one to whoever takes it out.
 */
export async function intoVault(
  work: ChannelWork,
  ticket: Redeemed,
  fill: (parcel: ParcelWriter, delivery: Delivery) => Promise<Exit>,
): Promise<VaultRun> {
  const { deps, session, person } = work;
  const { parcel, number, rowsMax: rows, bytesMax: bytes } = ticket;
  if (parcel === undefined) throw new GatewayError('internal', 'This ticket does not go to the vault.');
  const delivery = createDelivery(ticket, work.meter.identifiers);
  let writer: ParcelWriter | undefined;
  let exit: Exit = {};
  let fault: unknown;
  try {
    writer = await deps.vault.begin(originOf(work, ticket, parcel));
    await person.say('export.begun_vault', 'ticket_in_use', { number, parcel: parcel.number, rows, bytes });
    exit = await fill(writer, delivery);
  } catch (thrown) {
    fault = thrown;
  }
  const result = delivery.finish(exit, session.signal.aborted);
  const isWhole = fault === undefined && result.outcome === 'completed';
  const { rows: told, bytes: size, sha256 } = result;
  const totals = { rows: told, bytes: size, sha256: sha256.toString('hex') };
  const sealed = await end(work, writer, isWhole ? totals : undefined).catch((thrown: unknown) => {
    fault ??= thrown;
    return undefined;
  });
  const outcome = fault !== undefined && result.outcome === 'completed' ? 'failed' : result.outcome;
  await completeRedemption(deps, ticket.ticketId, { ...result, outcome }, { parcel, sealed });
  const label = sealed === undefined ? 'discarded' : `${size} ${totals.sha256}`;
  // The recording may be failing: then the session ends for it.
  await session.mark(`vault P-${parcel.number} ${label}`).catch(() => undefined);
  if (!session.signal.aborted) await tell(work, ticket, { result: { ...result, outcome }, sealed, parcel, fault });
  if (fault !== undefined && !hasCode(fault, 'vault_unavailable')) throw asError(fault);
  if (delivery.exceeded()) session.conclude('limit_exceeded');
  return { exit: fault === undefined && !delivery.exceeded() ? exit : { status: REFUSED_STATUS }, sealed };
}

function originOf({ session }: ChannelWork, ticket: Redeemed, parcel: Parcel) {
  return { ...parcel, ticket: ticket.ticketId, ticketNumber: ticket.number, session: session.id };
}

async function end(
  { deps, session }: ChannelWork,
  writer: ParcelWriter | undefined,
  totals: Parameters<ParcelWriter['commit']>[0] | undefined,
): Promise<SealedParcel | undefined> {
  if (totals !== undefined) return writer?.commit(totals);
  await writer?.abort().catch((thrown: unknown) => {
    const err = asError(thrown);
    deps.log.error({ event: 'vault.not_removed', sessionId: session.id, err }, 'what a broken-off export left stays');
  });
  return undefined;
}

async function tell(
  work: ChannelWork,
  ticket: Redeemed,
  ended: {
    readonly result: ReturnType<Delivery['finish']>;
    readonly sealed: SealedParcel | undefined;
    readonly parcel: Parcel;
    readonly fault: unknown;
  },
): Promise<void> {
  const { result, sealed, parcel, fault } = ended;
  const { number } = ticket;
  const { rows, bytes } = result;
  if (sealed !== undefined) {
    const sha256 = result.sha256.toString('hex');
    const of = { number, parcel: parcel.number, files: sealed.files.length, rows, bytes, sha256 };
    await work.person.say('export.sealed', 'ticket_used', of);
    return;
  }
  if (hasCode(fault, 'vault_unavailable')) await work.person.say('export.vault_failed', 'vault_unavailable');
  else if (result.outcome === 'limit_exceeded') await tellResult(work, ticket, result);
  await work.person.say('export.discarded', 'ticket_used', { number, parcel: parcel.number });
}
