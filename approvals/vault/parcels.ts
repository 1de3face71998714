/** What becomes of parcels in the database: one with each use of a ticket that does not go to a workstation, ended once. */
import { type Clock, type Database, isUniqueViolation, newUuid, type Transaction } from '../../foundation/index.ts';
import type { SessionId, TicketId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { Parcel, SealedParcel, Vault } from './model.ts';
import { brokenParcels, insertParcel, insertParcelEnd, insertParcelFiles } from './queries.ts';

export function beginParcel(
  tx: Transaction,
  clock: Clock,
  { ticket, use }: { readonly ticket: TicketId; readonly use: number },
): Promise<Parcel> {
  const now = clock.now();
  return insertParcel(tx, { id: newUuid(now), ticket, use, begunAt: now });
}

interface VaultDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly vault: Vault;
}

/** One that was begun and not ended, with the ticket it is of. */
type LeftParcel = Awaited<ReturnType<typeof brokenParcels>>[number];

/** How the parcel of a use ended; `sealed` is undefined when nothing was kept. */
export interface EndedParcel {
  readonly parcel: Parcel;
  readonly sealed: SealedParcel | undefined;
}

/** Part of the end of the use: the parcel and the ticket's result are told together or not at all. */
export async function endParcel(
  tx: Transaction,
  clock: Clock,
  { parcel, sealed }: EndedParcel,
  about: { readonly ticket: TicketId; readonly session?: SessionId | undefined },
): Promise<void> {
  const files = sealed?.files ?? [];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const manifestSha256 = sealed?.manifestSha256 ?? null;
  await insertParcelFiles(tx, parcel.id, files);
  await insertParcelEnd(tx, { id: parcel.id, files: files.length, bytes, manifestSha256, endedAt: clock.now() });
  const of = { actor: null, ticket: about.ticket, ...(about.session === undefined ? {} : { session: about.session }) };
  if (manifestSha256 === null) {
    await appendAuditEvent(tx, clock, { ...of, type: 'parcel.discarded', body: { parcel: parcel.number } });
    return;
  }
  const body = { parcel: parcel.number, files: files.length, bytes, manifestSha256: manifestSha256.toString('hex') };
  await appendAuditEvent(tx, clock, { ...of, type: 'parcel.sealed', body });
}

/** Removes what broken-off exports left in the vault. Call it at start, after their sessions were closed. */
export async function recoverParcels(deps: VaultDeps): Promise<number> {
  return discardParcels(deps, await brokenParcels(deps.database));
}

/** Removes parcels that nobody fills any more. @returns how many; one that another process ended meanwhile is none. */
export async function discardParcels(
  { database, clock, vault }: VaultDeps,
  left: readonly LeftParcel[],
): Promise<number> {
  let discarded = 0;
  for (const { ticket_id: ticket, ...parcel } of left) {
    await vault.discard(parcel.id);
    try {
      await database.inTransaction((tx) => endParcel(tx, clock, { parcel, sealed: undefined }, { ticket }));
      discarded += 1;
    } catch (thrown) {
      // Another process ended it between our look and now: that is what was wanted.
      if (!isUniqueViolation(thrown)) throw thrown;
    }
  }
  return discarded;
}
