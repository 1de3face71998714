/** A system puts one file for one transfer ticket: it becomes a parcel when its last byte is stored, or nothing of it stays. */
import { createHash } from 'node:crypto';
import {
  beginTransfer,
  discardParcels,
  endParcel,
  findTransfer,
  type Parcel,
  type ParcelFileWriter,
  type ParcelWriter,
  type SealedParcel,
  type Vault,
} from '../../approvals/index.ts';
import { asError, GatewayError, isUniqueViolation, LIMITS, type Log, newUuid } from '../../foundation/index.ts';
import { mayReceive, type TicketId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { RelayIdentity } from '../identities/queries.ts';
import type { JourneyDeps } from '../journey/move.ts';
import { hasParcel, insertPutParcel, stalePuts, touchFilling } from './queries.ts';

export interface PutDeps extends JourneyDeps {
  readonly vault: Vault;
  readonly log: Log;
}

export interface PutAsked {
  /** T-number. */
  readonly ticket: number;
  /** As its sender named it: checked by who asks. */
  readonly name: string;
  readonly sourceAddress: string;
}

/** @throws {GatewayError} `ticket_unusable`, `vault_unavailable`. */
export async function beginPut(deps: PutDeps, identity: RelayIdentity, asked: PutAsked): Promise<Put> {
  const { database, clock, vault } = deps;
  const begun = await database.inTransaction(async (tx) => {
    const transfer = await findTransfer(tx, asked.ticket);
    const isItsOwn = transfer !== undefined && transfer.from === identity.system && transfer.parcel === null;
    if (!isItsOwn || transfer.locked || identity.locked) throw new GatewayError('ticket_unusable');
    if (!mayReceive(transfer.fromClass, transfer.toClass)) throw new GatewayError('ticket_unusable');
    await beginTransfer(tx, clock, { ticket: transfer.id, parcel: null }); // The ticket is locked from here on.
    if (await hasParcel(tx, transfer.id)) throw new GatewayError('ticket_unusable');
    const now = clock.now();
    const parcel = await insertPutParcel(tx, { id: newUuid(now), ticket: transfer.id, identity: identity.id, now });
    const { name, sourceAddress } = asked;
    await appendAuditEvent(tx, clock, {
      type: 'parcel.put_begun',
      actor: null,
      ticket: transfer.id,
      body: { parcel: parcel.number, identity: identity.name, sourceAddress, name },
    });
    return { parcel, ticket: transfer.id, ticketNumber: transfer.number };
  });
  const { parcel, ticket, ticketNumber } = begun;
  const writer = await vault.begin({ ...parcel, ticket, ticketNumber, session: undefined });
  return new Put(deps, { parcel, ticket, writer, file: await writer.file(asked.name) });
}

interface Filling {
  readonly parcel: Parcel;
  readonly ticket: TicketId;
  readonly writer: ParcelWriter;
  readonly file: ParcelFileWriter;
}

/** What is being put. Exactly one of `seal` and `drop` ends it. */
export class Put {
  readonly #deps: PutDeps;
  readonly #filling: Filling;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #touchedAt: number;
  #isOver = false;

  constructor(deps: PutDeps, filling: Filling) {
    this.#deps = deps;
    this.#filling = filling;
    this.#touchedAt = deps.clock.now().getTime();
  }

  get parcel(): number {
    return this.#filling.parcel.number;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws {GatewayError} `request_too_large`, `vault_unavailable`. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#bytes + bytes.length > LIMITS.parcelPutBytesMax) throw new GatewayError('request_too_large');
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#filling.file.write(bytes);
    await this.#touch();
  }

  /** Durable, with its event, when it resolves. @throws {GatewayError} `vault_unavailable`; nothing of it stays. */
  async seal(): Promise<void> {
    this.#end();
    const { writer } = this.#filling;
    let sealed: SealedParcel;
    try {
      sealed = await writer.commit({ rows: null, bytes: this.#bytes, sha256: this.#hash.digest('hex') });
    } catch (thrown) {
      await this.#tell(undefined);
      throw thrown;
    }
    try {
      await this.#tell(sealed);
    } catch (thrown) {
      // It was silent for so long that another process has ended it: what was stored since must not stay.
      if (isUniqueViolation(thrown)) await this.#deps.vault.discard(this.#filling.parcel.id);
      throw thrown;
    }
  }

  /** It broke off. */
  async drop(): Promise<void> {
    if (this.#isOver) return;
    this.#end();
    await this.#filling.writer.abort().catch((thrown: unknown) => {
      this.#deps.log.warn({ event: 'relay.not_removed', err: asError(thrown) }, 'what a broken-off put left stays');
    });
    await this.#tell(undefined);
  }

  #end(): void {
    if (this.#isOver) throw new GatewayError('vault_unavailable');
    this.#isOver = true;
  }

  async #tell(sealed: SealedParcel | undefined): Promise<void> {
    const { database, clock } = this.#deps;
    const { parcel, ticket } = this.#filling;
    await database.inTransaction((tx) => endParcel(tx, clock, { parcel, sealed }, { ticket }));
  }

  async #touch(): Promise<void> {
    const { database, clock } = this.#deps;
    const now = clock.now();
    if (now.getTime() - this.#touchedAt < (LIMITS.parcelLeaseSeconds / 4) * 1_000) return;
    this.#touchedAt = now.getTime();
    await touchFilling(database, this.#filling.parcel.id, now);
  }
}

/** Removes what processes that died left half-way. @returns how many. */
export async function recoverPuts(deps: PutDeps): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - LIMITS.parcelLeaseSeconds * 1_000);
  return discardParcels(deps, await stalePuts(deps.database, before));
}
