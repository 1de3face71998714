/** The shapes of the vault: where approved exports go that are not meant for a workstation. */
import type { SessionId, TicketId } from '../../policy/index.ts';

export const DESTINATIONS = ['workstation', 'vault', 'system', 'outside', 'page'] as const;
/**
 * `vault`: nothing of the export reaches the person's machine. `system` and `outside` say for whom it lies in the vault:
 * another system, or somebody outside; what hands it on is a transfer. `page`: whoever asked takes it from the vault over
 * the console, once.
 */
export type Destination = (typeof DESTINATIONS)[number];

/** One export in the vault. */
export interface Parcel {
  readonly id: string;
  /** As people name it: P-number. */
  readonly number: number;
}

/** What a parcel's manifest says beside its files. */
export interface ParcelOrigin extends Parcel {
  readonly ticket: TicketId;
  readonly ticketNumber: number;
  /** Undefined: a system put it itself. */
  readonly session: SessionId | undefined;
}

export interface ParcelFile {
  /** Where it stood on the target, or which stream it was. Never a name in the vault. */
  readonly path: string;
  readonly bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** All that is in it, as the ticket's result says: `sha256` is over the bytes in the order they came, 64 hex digits. */
export interface ParcelTotals {
  /** Null: the inspection counts them. */
  readonly rows: number | null;
  readonly bytes: number;
  readonly sha256: string;
}

export interface SealedParcel {
  readonly files: readonly ParcelFile[];
  /** Of the manifest's bytes. */
  readonly manifestSha256: Buffer;
}

export interface ParcelFileWriter {
  /** Resolves when the bytes are taken over, in order: what waits is bounded. They must not change until then. */
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing is added to it any more. */
  end(): Promise<void>;
}

/** One that is being filled. Exactly one of `commit` and `abort` ends it. */
export interface ParcelWriter {
  /** Begins a file; several may be open at once. */
  file(path: string): Promise<ParcelFileWriter>;
  /** Makes it durable with its manifest; nothing is added afterwards. */
  commit(totals: ParcelTotals): Promise<SealedParcel>;
  /** Removes what was written. */
  abort(): Promise<void>;
}

/** @throws {GatewayError} `vault_unavailable` from everything that stores. */
export interface Vault {
  begin(origin: ParcelOrigin): Promise<ParcelWriter>;
  /** Removes what a broken-off export left of this parcel, sealed or not. */
  discard(id: string): Promise<void>;
}
